package dev.tilewright.schedule;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tilewright.InvalidSpecException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a tuner measured of one problem, candidate by candidate, so that a run that was cut off goes
 * on from what it had. One file a problem, JSON lines, append only: the first line holds the key,
 * each further line one candidate. A line that is torn or not understood is skipped; a file of
 * another key is set aside. When the file cannot be written, the measurements stay in memory and
 * the reason is reported once. Thread-safe, and safe with another process that tunes the same.
 */
public final class TuneJournal {
  /** The largest line that is written or read. */
  private static final int MAX_LINE = 16 << 10;

  /** The longest reason that is kept. */
  private static final int MAX_REASON = 500;

  /**
   * One measured candidate.
   *
   * @param tile the candidate
   * @param seconds measured time of one run; NaN when the candidate failed
   * @param failure why it failed; null when it did not
   */
  public record Measurement(Tile tile, double seconds, String failure) {
    /** Whether the candidate failed. */
    public boolean failed() {
      return failure != null;
    }
  }

  private final Path file; // null: memory only
  private final ScheduleKey key;
  private final Reports reports = new Reports();
  private final List<Measurement> memory = new ArrayList<>();

  TuneJournal(Path file, ScheduleKey key) {
    this.file = file;
    this.key = key;
  }

  /**
   * The journal of a key, in the folder {@code NAME.journal} beside the store {@code NAME.json}.
   */
  static Path file(Path store, ScheduleKey key) {
    String hash =
        TileSpace.sha256(
            String.join(
                "\n",
                key.kernel(),
                key.problem(),
                key.machine(),
                key.kernelHash(),
                key.rulesHash()));
    return folder(store).resolve(key.kernel() + "-" + hash.substring(0, 16) + ".jsonl");
  }

  private static Path folder(Path store) {
    String name = store.getFileName().toString().replaceFirst("\\.json$", "");
    return store.resolveSibling(name + ".journal");
  }

  /** Deletes every journal beside a store, those that were set aside included. */
  static void deleteAll(Path store, Reports reports) {
    Path folder = folder(store);
    try (DirectoryStream<Path> journals = Files.newDirectoryStream(folder, "*.jsonl*")) {
      for (Path journal : journals) {
        Files.deleteIfExists(journal);
      }
    } catch (NoSuchFileException e) {
      // Nothing was measured yet.
    } catch (IOException | DirectoryIteratorException e) {
      reports.once("cannot delete the journals in " + folder + ": " + e.getMessage());
    }
  }

  /** The measurements so far, in order; a tile that was measured twice is there twice. */
  @SuppressWarnings("try") // held for its closing
  public synchronized List<Measurement> measurements() {
    List<Measurement> all = new ArrayList<>();
    if (file != null) {
      try (Interrupts held = Interrupts.hold()) {
        read(StoreFiles.readBytes(file, true), all);
      } catch (NoSuchFileException e) {
        // Nothing was measured yet.
      } catch (ScheduleFile.BadFileException e) {
        all.clear();
        StoreFiles.setAside(file, e.getMessage(), reports);
      } catch (IOException e) {
        all.clear();
        reports.once(file + " is not used: " + StoreFiles.reason(e));
      }
    }
    all.addAll(memory);
    return List.copyOf(all);
  }

  /**
   * Appends a time.
   *
   * @throws InvalidSpecException when it is not above 0 and finite
   */
  public void add(Tile tile, double seconds) {
    if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
      throw new InvalidSpecException("seconds", seconds, "above 0 and finite");
    }
    append(new Measurement(tile, seconds, null));
  }

  /** Appends a failure. */
  public void addFailure(Tile tile, String reason) {
    String text = reason == null || reason.isBlank() ? "no reason given" : reason;
    text = text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON) + "…";
    append(new Measurement(tile, Double.NaN, text));
  }

  /** Forgets all measurements of the problem. */
  public synchronized void delete() {
    memory.clear();
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        reports.once("cannot delete " + file + ": " + StoreFiles.reason(e));
      }
    }
  }

  @SuppressWarnings("try") // held for its closing
  private synchronized void append(Measurement measurement) {
    if (file != null) {
      try (Interrupts held = Interrupts.hold()) {
        Files.createDirectories(file.getParent());
        try (FileChannel channel =
                FileChannel.open(
                    file,
                    Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS));
            FileLock lock = StoreFiles.await(channel)) {
          long end = channel.size();
          if (end >= StoreFiles.MAX_BYTES) {
            throw new IOException("the journal is full");
          }
          ByteArrayOutputStream text = new ByteArrayOutputStream();
          if (end == 0) {
            text.writeBytes(header());
          } else if (!endsLine(channel, end)) {
            text.write('\n'); // closes the line that a killed process left
          }
          text.writeBytes(line(measurement));
          ByteBuffer bytes = ByteBuffer.wrap(text.toByteArray());
          while (bytes.hasRemaining()) {
            end += channel.write(bytes, end);
          }
          channel.force(false);
          return;
        }
      } catch (IOException e) {
        reports.once(
            "measurements are kept in memory only: cannot write "
                + file
                + ": "
                + StoreFiles.reason(e));
      }
    }
    memory.add(measurement);
  }

  private static boolean endsLine(FileChannel channel, long end) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    channel.read(last, end - 1);
    return last.get(0) == '\n';
  }

  private byte[] header() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = ScheduleFile.JSON.createGenerator(bytes, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeNumberField("schema", ScheduleFile.SCHEMA);
      ScheduleFile.writeKey(json, key);
      json.writeEndObject();
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private static byte[] line(Measurement measurement) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = ScheduleFile.JSON.createGenerator(bytes, JsonEncoding.UTF8)) {
      json.writeStartObject();
      ScheduleFile.writeTile(json, measurement.tile());
      if (measurement.failed()) {
        json.writeStringField("failure", measurement.failure());
      } else {
        json.writeNumberField("seconds", measurement.seconds());
      }
      json.writeEndObject();
    }
    bytes.write('\n');
    if (bytes.size() > MAX_LINE) {
      throw new IOException("a tile of more than " + MAX_LINE + " bytes");
    }
    return bytes.toByteArray();
  }

  private void read(byte[] bytes, List<Measurement> into) throws IOException {
    int lines = 0;
    int skipped = 0;
    for (int start = 0; start < bytes.length; lines++) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      if (lines == 0) {
        checkHeader(bytes, start, end - start);
      } else if (end > start) {
        Measurement measurement = end - start > MAX_LINE ? null : parse(bytes, start, end - start);
        if (measurement != null) {
          into.add(measurement);
        } else {
          skipped++;
        }
      }
      start = end + 1;
    }
    if (skipped > 0) {
      reports.once(file + ": " + skipped + " damaged lines were skipped");
    }
  }

  private void checkHeader(byte[] bytes, int offset, int length) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    long schema = 0;
    try (JsonParser json = ScheduleFile.JSON.createParser(bytes, offset, length)) {
      ScheduleFile.expect(json.nextToken() == JsonToken.START_OBJECT, json, "an object");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("schema") && value == JsonToken.VALUE_NUMBER_INT) {
          schema = json.getLongValue();
        } else if (value == JsonToken.VALUE_STRING) {
          texts.put(name, json.getText());
        } else {
          json.skipChildren();
        }
      }
      if (schema == ScheduleFile.SCHEMA && ScheduleFile.readKey(texts).equals(key)) {
        return;
      }
    } catch (IOException | InvalidSpecException e) {
      throw new ScheduleFile.BadFileException("its first line is damaged");
    }
    throw new ScheduleFile.BadFileException("it belongs to another problem or version");
  }

  private static Measurement parse(byte[] bytes, int offset, int length) {
    try (JsonParser json = ScheduleFile.JSON.createParser(bytes, offset, length)) {
      ScheduleFile.expect(json.nextToken() == JsonToken.START_OBJECT, json, "an object");
      Tile tile = null;
      double seconds = Double.NaN;
      String failure = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("tile")) {
          tile = ScheduleFile.readTile(json);
        } else if (name.equals("seconds")) {
          seconds = ScheduleFile.readSeconds(json, name);
        } else if (name.equals("failure") && value == JsonToken.VALUE_STRING) {
          failure = json.getText();
        } else {
          json.skipChildren();
        }
      }
      boolean whole = json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null;
      boolean one = failure == null ? seconds > 0 : Double.isNaN(seconds);
      return whole && tile != null && one ? new Measurement(tile, seconds, failure) : null;
    } catch (IOException | InvalidSpecException e) {
      return null;
    }
  }
}
