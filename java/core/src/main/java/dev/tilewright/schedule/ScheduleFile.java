package dev.tilewright.schedule;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.tilewright.InvalidSpecException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The format of a {@link ScheduleStore}: {@code {"schema": 1, "schedules": [{…}, …]}}. Reading
 * accepts what {@link #format} writes, with fields that it does not know, and nothing else.
 */
final class ScheduleFile {
  static final int SCHEMA = 1;

  /** Parameters that a tile may have. */
  private static final int MAX_PARAMETERS = 64;

  static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Names come from a file: do not keep them for the life of the process.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(8)
                  .maxStringLength(1024)
                  .maxNameLength(256)
                  .maxNumberLength(40)
                  .build())
          .build();

  /** The contents are not what this class writes. */
  static class BadFileException extends IOException {
    private static final long serialVersionUID = 1L;

    BadFileException(String message) {
      super(message);
    }
  }

  /** A later version of the library wrote the file; it is left to that version. */
  static final class NewerException extends IOException {
    private static final long serialVersionUID = 1L;

    NewerException(int schema) {
      super("a newer Tilewright wrote it (schema " + schema + ", here " + SCHEMA + ")");
    }
  }

  private ScheduleFile() {}

  static byte[] format(Collection<ScheduleStore.Entry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes, JsonEncoding.UTF8)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartObject();
      json.writeNumberField("schema", SCHEMA);
      json.writeArrayFieldStart("schedules");
      for (ScheduleStore.Entry entry : entries) {
        json.writeStartObject();
        writeKey(json, entry.key());
        writeTile(json, entry.schedule().tile());
        writeSeconds(json, "predictedSeconds", entry.schedule().predictedSeconds());
        writeSeconds(json, "measuredSeconds", entry.schedule().measuredSeconds());
        json.writeNumberField("legalTiles", entry.schedule().legalTiles());
        json.writeStringField("stored", entry.stored().toString());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return bytes.toByteArray();
  }

  static void writeKey(JsonGenerator json, ScheduleKey key) throws IOException {
    json.writeStringField("kernel", key.kernel());
    json.writeStringField("problem", key.problem());
    json.writeStringField("machine", key.machine());
    json.writeStringField("kernelHash", key.kernelHash());
    json.writeStringField("rulesHash", key.rulesHash());
  }

  static void writeTile(JsonGenerator json, Tile tile) throws IOException {
    json.writeObjectFieldStart("tile");
    for (Map.Entry<String, Long> value : tile.values().entrySet()) {
      json.writeNumberField(value.getKey(), value.getValue());
    }
    json.writeEndObject();
  }

  /** JSON has no NaN: a time that is not known is left out. */
  private static void writeSeconds(JsonGenerator json, String name, double seconds)
      throws IOException {
    if (Double.isFinite(seconds)) {
      json.writeNumberField(name, seconds);
    }
  }

  /**
   * Reads a whole file.
   *
   * @throws BadFileException when it is not one
   * @throws NewerException when its schema is above {@link #SCHEMA}
   */
  static List<ScheduleStore.Entry> parse(byte[] bytes) throws IOException {
    try (JsonParser json = JSON.createParser(bytes)) {
      expect(json.nextToken() == JsonToken.START_OBJECT, json, "an object");
      // The schema comes first, so that nothing of another one is interpreted.
      expect("schema".equals(json.nextFieldName()), json, "\"schema\" as the first field");
      json.nextToken();
      long schema = readLong(json, "schema");
      if (schema > SCHEMA && schema < 1000) {
        throw new NewerException((int) schema);
      }
      if (schema != SCHEMA) {
        throw new BadFileException("its schema is " + schema + ", here " + SCHEMA);
      }
      List<ScheduleStore.Entry> entries = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean schedules = "schedules".equals(json.currentName());
        json.nextToken();
        if (schedules) {
          entries = readEntries(json);
        } else {
          json.skipChildren();
        }
      }
      expect(json.currentToken() == JsonToken.END_OBJECT, json, "the end of the object");
      expect(entries != null, json, "\"schedules\"");
      expect(json.nextToken() == null, json, "nothing after the object");
      return entries;
    } catch (JsonProcessingException e) {
      throw new BadFileException("not JSON as written here: " + shorten(e.getOriginalMessage()));
    } catch (InvalidSpecException e) {
      throw new BadFileException(shorten(e.getMessage()));
    }
  }

  private static List<ScheduleStore.Entry> readEntries(JsonParser json) throws IOException {
    expect(json.currentToken() == JsonToken.START_ARRAY, json, "an array of schedules");
    List<ScheduleStore.Entry> entries = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(entries.size() < ScheduleStore.MAX_ENTRIES, json, "fewer schedules");
      entries.add(readEntry(json));
    }
    return entries;
  }

  private static ScheduleStore.Entry readEntry(JsonParser json) throws IOException {
    expect(json.currentToken() == JsonToken.START_OBJECT, json, "a schedule");
    Map<String, String> texts = new LinkedHashMap<>();
    Tile tile = null;
    double predicted = Double.NaN;
    double measured = Double.NaN;
    long legal = 0;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "kernel", "problem", "machine", "kernelHash", "rulesHash", "stored" -> {
          expect(json.currentToken() == JsonToken.VALUE_STRING, json, name + " as a text");
          texts.put(name, json.getText());
        }
        case "tile" -> tile = readTile(json);
        case "predictedSeconds" -> predicted = readSeconds(json, name);
        case "measuredSeconds" -> measured = readSeconds(json, name);
        case "legalTiles" -> legal = readLong(json, name);
        default -> json.skipChildren();
      }
    }
    expect(json.currentToken() == JsonToken.END_OBJECT, json, "the end of the schedule");
    expect(tile != null, json, "a tile");
    expect(legal >= 0, json, "legalTiles of at least 0");
    ScheduleKey key = readKey(texts);
    Instant stored;
    try {
      stored = Instant.parse(texts.getOrDefault("stored", ""));
    } catch (DateTimeException e) {
      throw new BadFileException("a schedule's \"stored\" is not a time");
    }
    Schedule schedule =
        new Schedule(
            key.kernel(),
            key.problem(),
            key.machine(),
            tile,
            Schedule.Source.STORE,
            predicted,
            measured,
            legal);
    return new ScheduleStore.Entry(key, schedule, stored);
  }

  /**
   * The key out of its texts.
   *
   * @throws InvalidSpecException when one is missing or malformed
   */
  static ScheduleKey readKey(Map<String, String> texts) {
    return new ScheduleKey(
        texts.get("kernel"),
        texts.get("problem"),
        texts.get("machine"),
        texts.get("kernelHash"),
        texts.get("rulesHash"));
  }

  static Tile readTile(JsonParser json) throws IOException {
    expect(json.currentToken() == JsonToken.START_OBJECT, json, "a tile");
    Map<String, Long> values = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      expect(values.size() < MAX_PARAMETERS, json, "at most " + MAX_PARAMETERS + " parameters");
      String name = json.currentName();
      json.nextToken();
      values.put(name, readLong(json, name));
    }
    expect(json.currentToken() == JsonToken.END_OBJECT, json, "the end of the tile");
    return Tile.of(values);
  }

  static double readSeconds(JsonParser json, String name) throws IOException {
    expect(json.currentToken().isNumeric(), json, name + " as a number");
    double seconds = json.getDoubleValue();
    expect(Double.isFinite(seconds) && seconds >= 0, json, name + " finite and not negative");
    return seconds;
  }

  private static long readLong(JsonParser json, String name) throws IOException {
    expect(json.currentToken() == JsonToken.VALUE_NUMBER_INT, json, shorten(name) + " as a number");
    return json.getLongValue(); // throws beyond 64 bits
  }

  static void expect(boolean fine, JsonParser json, String what) throws BadFileException {
    if (!fine) {
      throw new BadFileException(
          "expected " + what + " at line " + json.currentLocation().getLineNr());
    }
  }

  static String shorten(String text) {
    String line = String.valueOf(text).replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= 200 ? line : line.substring(0, 200) + "…";
  }
}
