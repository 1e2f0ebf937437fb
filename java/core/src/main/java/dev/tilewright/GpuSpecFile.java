package dev.tilewright;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads machines from JSON: the shipped resource and users' files, which have one format. */
final class GpuSpecFile {
  private static final String RESOURCE = "machines.json";

  /** The largest user file that is read; a machine takes about 1 KiB. */
  private static final long MAX_BYTES = 1 << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(8)
                  .maxStringLength(4096)
                  .maxNumberLength(40)
                  .maxDocumentLength(MAX_BYTES)
                  .build())
          .build();

  private GpuSpecFile() {}

  /** Loaded at first use, so that a process that names no GPU does not read it. */
  private static final class Shipped {
    static final Map<String, Object> FILE;
    static final Map<String, GpuSpec> MACHINES = new LinkedHashMap<>();

    static {
      try (InputStream in = GpuSpecFile.class.getResourceAsStream(RESOURCE)) {
        FILE = parse(RESOURCE, in);
      } catch (IOException e) {
        throw new TilewrightException(RESOURCE + " is not in the jar: rebuild it", e);
      }
      Map<String, Object> machines = object(RESOURCE, "machines", FILE.get("machines"));
      for (String name : machines.keySet()) {
        MACHINES.put(name, machine(RESOURCE, name, machines, new ArrayList<>()));
      }
    }
  }

  static GpuSpec shipped(String name) {
    GpuSpec spec = name == null ? null : Shipped.MACHINES.get(name.toLowerCase(Locale.ROOT));
    if (spec == null) {
      throw new InvalidSpecException("gpu", name, String.join(", ", shippedNames()));
    }
    return spec;
  }

  static List<String> shippedNames() {
    return List.copyOf(Shipped.MACHINES.keySet());
  }

  static Map<String, String> shippedSources(String name) {
    GpuSpec spec = shipped(name);
    Map<String, String> sources = new LinkedHashMap<>();
    Map<String, Object> architectures = section("architectures");
    addSources(sources, architectures.get(Integer.toString(spec.computeCapability())));
    addSources(sources, section("machines").get(spec.name()));
    return sources;
  }

  private static Map<String, Object> section(String key) {
    return object(RESOURCE, key, Shipped.FILE.get(key));
  }

  private static void addSources(Map<String, String> sources, Object holder) {
    if (holder instanceof Map<?, ?> map && map.get("sources") instanceof Map<?, ?> listed) {
      listed.forEach((key, value) -> sources.put((String) key, String.valueOf(value)));
    }
  }

  static GpuSpec readOne(Path json) {
    Map<String, GpuSpec> all = readAll(json);
    if (all.size() != 1) {
      throw new InvalidSpecException(
          json + ", key machines", all.keySet(), "one machine where one is asked for");
    }
    return all.values().iterator().next();
  }

  static Map<String, GpuSpec> readAll(Path json) {
    String file = json.toString();
    Map<String, Object> root;
    try {
      if (!Files.isRegularFile(json) || Files.size(json) > MAX_BYTES) {
        throw new InvalidSpecException(
            file, "no such file, or not one of at most 1 MiB", "a JSON file of machines");
      }
      try (InputStream in = Files.newInputStream(json)) {
        root = parse(file, in);
      }
    } catch (IOException e) {
      throw new InvalidSpecException(file, e.getMessage(), "a JSON file that can be read");
    }
    Map<String, Object> machines;
    if (root.containsKey("machines")) {
      machines = object(file, "machines", root.get("machines"));
      for (String key : root.keySet()) {
        if (!key.equals("machines") && !key.equals("comment")) {
          throw new InvalidSpecException(file + ", key " + key, root.get(key), "machines, comment");
        }
      }
    } else {
      Object name = root.get("name");
      Object base = root.get("base");
      machines = new LinkedHashMap<>();
      machines.put(String.valueOf(name != null ? name : base != null ? base : "gpu"), root);
    }
    if (machines.isEmpty()) {
      throw new InvalidSpecException(file + ", key machines", "no machine", "at least one");
    }
    Map<String, GpuSpec> specs = new LinkedHashMap<>();
    for (String name : machines.keySet()) {
      specs.put(name, machine(file, name, machines, new ArrayList<>()));
    }
    return specs;
  }

  /** Builds one machine of a file; {@code chain} holds the names whose base this is. */
  private static GpuSpec machine(
      String file, String name, Map<String, Object> machines, List<String> chain) {
    String where = file + ", machine " + name;
    if (chain.contains(name)) {
      throw new InvalidSpecException(where + ", key base", chain, "a chain that ends");
    }
    chain.add(name);
    Map<String, Object> figures = object(where, name, machines.get(name));
    GpuSpecFields fields = GpuSpecFields.empty();
    Object base = figures.get("base");
    if (base != null) {
      boolean here = base instanceof String && machines.containsKey(base) && !base.equals(name);
      try {
        fields =
            GpuSpecFields.of(
                here
                    ? machine(file, (String) base, machines, chain)
                    : shipped(String.valueOf(base)));
      } catch (InvalidSpecException e) {
        throw here ? e : new InvalidSpecException(where + ", key base", base, e.allowed());
      }
    }
    try {
      if (figures.containsKey("computeCapability")) {
        fields.put("computeCapability", figures.get("computeCapability"));
        if (base == null) {
          addArchitecture(fields, figures.get("computeCapability"));
        }
      }
      fields.put("name", name);
      // The settings of shared memory follow its size, so the size goes in first.
      if (figures.containsKey("sharedPerSm")) {
        fields.put("sharedPerSm", figures.get("sharedPerSm"));
      }
      for (Map.Entry<String, Object> figure : figures.entrySet()) {
        String key = figure.getKey();
        if (GpuSpecFields.isKey(key)) {
          if (!key.equals("sharedPerSm")) {
            fields.put(key, figure.getValue());
          }
        } else if (!List.of("base", "sources", "comment").contains(key)) {
          throw new InvalidSpecException(
              "key " + key, figure.getValue(), GpuSpecFields.keys() + ", base, sources, comment");
        }
      }
      return fields.build();
    } catch (InvalidSpecException e) {
      String key = e.argument().startsWith("key ") ? e.argument() : "key " + e.argument();
      throw new InvalidSpecException(where + ", " + key, e.got(), e.allowed());
    }
  }

  /** Figures of the SM that follow from the compute capability. */
  private static void addArchitecture(GpuSpecFields fields, Object capability) {
    // While the shipped file itself loads, FILE is set already.
    Map<String, Object> known = section("architectures");
    if (known.get(String.valueOf(capability)) instanceof Map<?, ?> figures) {
      fields.put("sharedPerSm", figures.get("sharedPerSm"));
      figures.forEach(
          (key, value) -> {
            if (!key.equals("sources")) {
              fields.put((String) key, value);
            }
          });
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(String file, String key, Object value) {
    if (value instanceof Map<?, ?>) {
      return (Map<String, Object>) value;
    }
    throw new InvalidSpecException(file + ", key " + key, value, "an object {…}");
  }

  private static Map<String, Object> parse(String file, InputStream in) throws IOException {
    try (JsonParser parser = JSON.createParser(in)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidSpecException(file, "no object", "a JSON object {…}");
      }
      Map<String, Object> root = readObject(parser);
      if (parser.nextToken() != null) {
        throw new InvalidSpecException(
            file, "text after the object, " + place(parser), "one JSON object");
      }
      return root;
    } catch (JsonProcessingException e) {
      throw new InvalidSpecException(
          file,
          e.getOriginalMessage()
              + (e.getLocation() == null
                  ? ""
                  : " at line "
                      + e.getLocation().getLineNr()
                      + ", column "
                      + e.getLocation().getColumnNr()),
          "a JSON object of machines");
    }
  }

  private static String place(JsonParser parser) {
    return "line " + parser.currentLocation().getLineNr();
  }

  private static Map<String, Object> readObject(JsonParser parser) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      object.put(key, readValue(parser));
    }
    return object;
  }

  private static Object readValue(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT:
        return readObject(parser);
      case START_ARRAY:
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(readValue(parser));
        }
        return list;
      case VALUE_NUMBER_INT:
      case VALUE_NUMBER_FLOAT:
        return parser.getNumberValue();
      case VALUE_STRING:
        return parser.getText();
      case VALUE_TRUE:
      case VALUE_FALSE:
        return parser.getBooleanValue();
      default:
        return null;
    }
  }
}
