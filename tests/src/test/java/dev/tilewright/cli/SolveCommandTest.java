package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SolveCommandTest {
  private static final String RULES =
      """
      # Pairs of factors
      const N = 24;
      var A in 1..30; var B in 1..30;
      A * B == N;
      A % 2 == 0;
      maximize A + 3 * B
      """;

  @TempDir Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("rules.tiles"), text);
  }

  private Tw solve(String text, Object... words) throws Exception {
    List<Object> all = new ArrayList<>(List.of("solve", file(text)));
    all.addAll(List.of(words));
    return Tw.run(all.toArray());
  }

  private static List<String> keys(JsonNode node) {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  @Test
  void findsTheFirstInTheOrderAskedFor() throws Exception {
    JsonNode found = solve(RULES, "--json").expect(0).json();
    assertEquals(
        List.of(
            "satisfiable",
            "count",
            "solutions",
            "objective",
            "nodes",
            "millis",
            "complete",
            "conflict"),
        keys(found));
    assertEquals("[{\"A\":2,\"B\":12}]", found.get("solutions").toString());
    assertTrue(found.get("satisfiable").booleanValue());
    assertTrue(found.get("objective").isNull());
    assertEquals("[]", found.get("conflict").toString());
    found = solve(RULES, "--first", "--order", "A:largest", "--json").expect(0).json();
    assertEquals("[{\"A\":24,\"B\":1}]", found.get("solutions").toString());
    found = solve(RULES, "--order=B:smallest,A:Largest", "--json").expect(0).json();
    assertEquals("[{\"A\":24,\"B\":1}]", found.get("solutions").toString());
    found = solve(RULES, "--order=B", "--limit=2", "--json").expect(0).json();
    assertEquals("[{\"A\":24,\"B\":1},{\"A\":12,\"B\":2}]", found.get("solutions").toString());
    Tw text = solve(RULES).expect(0);
    assertTrue(text.out().startsWith("  A   2\n  B  12\nfirst solution ("), text.out());
    assertEquals("", text.err());
  }

  @Test
  void listsAllCountsAndFindsTheBest() throws Exception {
    JsonNode all = solve(RULES, "--all", "--order", "A,B", "--json").expect(0).json();
    assertEquals(
        "[{\"A\":2,\"B\":12},{\"A\":4,\"B\":6},{\"A\":6,\"B\":4},{\"A\":8,\"B\":3},"
            + "{\"A\":12,\"B\":2},{\"A\":24,\"B\":1}]",
        all.get("solutions").toString());
    assertEquals(6, all.get("count").asInt());
    assertTrue(all.get("complete").booleanValue());
    Tw text = solve(RULES, "--all", "--order", "A,B").expect(0);
    assertTrue(text.out().startsWith("   A   B\n   2  12\n   4   6\n"), text.out());
    assertTrue(text.out().lines().skip(7).findFirst().orElse("").startsWith("6 solutions ("));
    JsonNode count = solve(RULES, "--count", "--json").expect(0).json();
    assertEquals(6, count.get("count").asInt());
    assertEquals("[]", count.get("solutions").toString());
    assertTrue(solve(RULES, "--count").expect(0).out().startsWith("6 solutions ("));
    JsonNode best = solve(RULES, "--best", "--json").expect(0).json();
    assertEquals(38, best.get("objective").asInt());
    assertEquals("[{\"A\":2,\"B\":12}]", best.get("solutions").toString());
    text = solve(RULES, "--best").expect(0);
    assertTrue(
        text.out().startsWith("maximize A + 3 * B = 38\n  A   2\n  B  12\nproven best ("),
        text.out());
  }

  @Test
  void constantsComeFromTheCaller() throws Exception {
    JsonNode found = solve(RULES, "--const", "N=7", "--const", "B=1", "--json").expect(1).json();
    assertEquals("false", found.get("satisfiable").toString());
    found = solve(RULES, "--const", "N=14", "--const", "B=7", "--json").expect(0).json();
    assertEquals("[{\"A\":2}]", found.get("solutions").toString());
  }

  @Test
  void namesTheConstraintsThatConflict() throws Exception {
    String rules = "var A in 1..40;\nA <= 20;\nA % 7 == 0; B == 2;\n  A % 5 == 0 # never\n";
    JsonNode found = solve(rules, "--json").expect(1).json();
    assertEquals(
        "[\"line 2: A <= 20\",\"line 3: A % 7 == 0\",\"line 4: A % 5 == 0\"]",
        found.get("conflict").toString());
    assertEquals("true", found.get("complete").toString());
    assertEquals("0", found.get("count").toString());
    Tw text = solve(rules).expect(1);
    assertTrue(text.out().startsWith("not satisfiable ("), text.out());
    assertTrue(
        text.out()
            .endsWith(
                "; these conflict:\n  line 2: A <= 20\n  line 3: A % 7 == 0\n"
                    + "  line 4: A % 5 == 0\n"),
        text.out());
    assertTrue(solve("A == 0", "--all").expect(1).out().contains("cannot hold:\n  line 1: A == 0"));
  }

  @Test
  void readsStdin() throws Exception {
    InputStream stdin = System.in;
    System.setIn(new ByteArrayInputStream("A ^ 2 == 49".getBytes(StandardCharsets.UTF_8)));
    try {
      JsonNode found = Tw.run("solve", "-", "--json").expect(0).json();
      assertEquals("[{\"A\":7}]", found.get("solutions").toString());
    } finally {
      System.setIn(stdin);
    }
  }

  @Test
  void jsonGoesIntoAFile() throws Exception {
    Path json = folder.resolve("out.json");
    Tw text = solve(RULES, "--count", "--json", json).expect(0);
    assertEquals("", text.out());
    assertEquals(6, new ObjectMapper().readTree(json.toFile()).get("count").asInt());
    solve(RULES, "--json", folder.resolve("no/out.json")).fails(2, "cannot write");
  }

  /** Longer than any test may take, if the limits did not hold. */
  @Test
  void limitsEndTheSearch() throws Exception {
    String endless = "A * A + B * B + C * C + D * D == E * E + 7 * F * F";
    JsonNode some = solve(endless, "--all", "--limit", "5", "--json").expect(0).json();
    assertEquals(5, some.get("count").asInt());
    JsonNode cut = solve(endless, "--count", "--time", "200ms", "--json").json();
    assertEquals("false", cut.get("complete").toString());
    Tw text = solve(endless, "--count", "--nodes", "1000");
    assertTrue(text.out().contains("; stopped by --nodes 1000"), text.out());
  }

  @Test
  void saysThatItIsUnknown() throws Exception {
    String hard = "A ^ 3 + B ^ 3 + C ^ 3 == 33 + D ^ 3; A <= B; B <= C; A >= 1000";
    Tw text = solve(hard, "--nodes", "50").expect(1);
    assertTrue(text.out().startsWith("unknown whether it is satisfiable ("), text.out());
    assertTrue(text.out().strip().endsWith("; stopped by --nodes 50"), text.out());
    JsonNode json = solve(hard, "--nodes", "50", "--json").expect(1).json();
    assertEquals("false", json.get("complete").toString());
    assertEquals("false", json.get("satisfiable").toString());
    assertEquals("[]", json.get("conflict").toString());
  }

  @Test
  void faultyFilesShowTheirLine() throws Exception {
    Tw text = solve("A == 1;\n  A % % 2 == 0\n").expect(2);
    assertEquals("", text.out());
    List<String> lines = text.err().lines().toList();
    assertTrue(lines.get(0).contains("rules.tiles:2:7: found '%'; expected a number"), text.err());
    assertEquals("    A % % 2 == 0", lines.get(1));
    assertEquals("        ^", lines.get(2));
    assertTrue(
        solve("const A = 1; var B in 1..A", "--const", "A=0").expect(2).err().contains("empty"));
  }

  @Test
  void upstreamFilesKeepTheirMeaning() throws Exception {
    Path upstream = folder.resolve("old.constrint");
    Files.writeString(upstream, "(A + B) * C == 7; A <= 2; B <= 2; C == 3");
    Tw text = Tw.run("solve", upstream).expect(0);
    assertTrue(text.err().contains("parentheses do not group"), text.err());
    assertEquals("", Tw.run("solve", upstream, "--quiet").expect(0).err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "--const N                    ~ --const N: not NAME=VALUE",
        "--const =3                   ~ not NAME=VALUE",
        "--const N=x                  ~ 'x' is not an integer",
        "--const N=99999999999999999999 ~ is not an integer of 64 bits",
        "--const X=3                  ~ no constant or variable 'X'; there: N, A, B",
        "--const A=99                 ~ A = 99 is not in its domain 1..30",
        "--order X:largest            ~ no variable 'X'; there: A, B",
        "--order A:most               ~ allowed: largest, smallest",
        "--order A,A                  ~ A twice",
        "--limit 0                    ~ --limit 0: at least 1",
        "--limit x                    ~ --limit",
        "--time 3x                    ~ not a time",
        "--time 0                     ~ at least 1ms",
        "--nodes 0                    ~ at least 1",
        "--first --all                ~ mutually exclusive",
      })
  void faultyCommandsExitWithTwo(String words, String message) throws Exception {
    solve(RULES, (Object[]) words.split(" ")).fails(2, message);
  }

  @Test
  void faultyFilesExitWithTwo() throws Exception {
    Tw.run("solve", folder.resolve("none")).fails(2, "no such file");
    Tw.run("solve", folder).fails(2, "cannot read");
    Tw.run("solve").fails(2, "FILE");
    solve("A == 1", "--best").fails(2, "has no maximize or minimize");
  }
}
