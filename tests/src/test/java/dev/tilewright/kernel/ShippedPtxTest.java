package dev.tilewright.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The checked-in PTX belongs to the checked-in sources, and the cases of tests/cases to the PTX.
 * Needs no compiler: {@code ptx/generate --check} is the proof that the compilers make these very
 * files.
 */
final class ShippedPtxTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "")).resolve("..");
  private static final Path PTX = ROOT.resolve("ptx");
  private static final Path CASES = ROOT.resolve("tests/cases");
  private static final Pattern INCLUDE =
      Pattern.compile("^\\s*#\\s*include\\s+\"([^\"]+)\"", Pattern.MULTILINE);
  private static final Set<String> KINDS =
      Set.of(
          ("out-of-bounds misaligned uninitialised shared-race warp-race global-race"
                  + " barrier-divergence barrier-misuse async-unwaited deadlock shfl-absent-lane"
                  + " resources trap timeout unsupported")
              .split(" "));

  @Test
  void eachImageIsMadeFromTheSourceThatIsHere() throws Exception {
    for (JsonNode image : images()) {
      assertEquals(
          fingerprint(image),
          image.get("sha256").asText(),
          image.get("file").asText() + " is older than its source: run ptx/generate");
    }
  }

  @Test
  void theManifestListsTheFilesThatAreThere() throws IOException {
    Set<String> listed = new TreeSet<>();
    for (JsonNode image : images()) listed.add(image.get("file").asText());
    Set<String> there = new TreeSet<>();
    try (Stream<Path> files = Files.walk(PTX)) {
      files
          .filter(file -> file.toString().endsWith(".ptx"))
          .forEach(file -> there.add(PTX.relativize(file).toString().replace('\\', '/')));
    }
    assertEquals(listed, there);
  }

  @Test
  void noImageNamesTheMachineThatCompiledIt() throws IOException {
    for (JsonNode image : images()) {
      String text = Files.readString(PTX.resolve(image.get("file").asText()));
      Matcher file = Pattern.compile("\\.file\\s+\\d+\\s+\"(/[^\"]*)\"").matcher(text);
      assertTrue(!file.find(), () -> image.get("file").asText() + " names " + file.group(1));
    }
  }

  @Test
  void eachCaseFitsItsKernel() throws IOException {
    Map<String, JsonNode> kernels = new HashMap<>();
    for (JsonNode image : images()) {
      for (JsonNode kernel : image.get("kernels")) {
        kernels.put(image.get("file").asText() + " " + kernel.get("kernel").asText(), kernel);
      }
    }
    for (Path file : cases()) {
      JsonNode test = new ObjectMapper().readTree(file.toFile());
      Path module = CASES.resolve(test.get("module").asText()).normalize();
      String key =
          PTX.normalize().relativize(module).toString().replace('\\', '/')
              + " "
              + test.get("kernel").asText();
      assertTrue(kernels.containsKey(key), () -> file + ": no kernel " + key);
      assertEquals(kernels.get(key).get("args").size(), test.get("args").size(), file.toString());
      for (JsonNode argument : test.get("args")) {
        for (String field : List.of("in", "inout", "expected")) {
          if (argument.has(field)) {
            assertTrue(Files.exists(CASES.resolve(argument.get(field).asText())), file.toString());
          }
        }
      }
      for (String field : List.of("expect", "allow")) {
        for (JsonNode kinds : test.path(field)) {
          for (String kind : kinds.asText().split("\\|")) {
            assertTrue(KINDS.contains(kind), () -> file + ": no finding is called " + kind);
          }
        }
      }
      for (JsonNode source : test.path("sources")) {
        String[] place = source.asText().split(":");
        String line =
            Files.readAllLines(ROOT.resolve(place[0])).get(Integer.parseInt(place[1]) - 1);
        assertTrue(line.contains("// planted: "), () -> file + ": " + source.asText());
      }
    }
  }

  @Test
  void theArraysOfTheCasesStaySmall() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(CASES.resolve("data"))) {
      for (Path file : (Iterable<Path>) files::iterator) bytes += Files.size(file);
    }
    assertTrue(bytes < 1_000_000, bytes + " bytes in tests/cases/data");
  }

  private static JsonNode images() throws IOException {
    return new ObjectMapper().readTree(PTX.resolve("manifest.json").toFile()).get("images");
  }

  private static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(CASES)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  /**
   * The hash that ptx/generator/build.py writes: source, headers included by quotes, compiler and
   * flags.
   */
  private static String fingerprint(JsonNode image) throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (String source : sources(image.get("source").asText())) {
      digest.update((source + "\0").getBytes(StandardCharsets.UTF_8));
      digest.update(Files.readAllBytes(ROOT.resolve(source)));
      digest.update((byte) 0);
    }
    List<String> words = new ArrayList<>(List.of(image.get("compiler").asText()));
    image.get("flags").forEach(flag -> words.add(flag.asText()));
    digest.update(String.join("\0", words).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static Set<String> sources(String first) throws IOException {
    Set<String> found = new TreeSet<>();
    Deque<String> pending = new ArrayDeque<>(List.of(first));
    while (!pending.isEmpty()) {
      String source = pending.pop();
      if (!found.add(source)) continue;
      Matcher include = INCLUDE.matcher(Files.readString(ROOT.resolve(source)));
      while (include.find()) {
        Path beside = Path.of(source).resolveSibling(include.group(1)).normalize();
        Path common = Path.of("cuda").resolve(include.group(1)).normalize();
        Stream.of(beside, common)
            .filter(path -> Files.exists(ROOT.resolve(path)))
            .findFirst()
            .ifPresent(path -> pending.add(path.toString().replace('\\', '/')));
      }
    }
    return found;
  }
}
