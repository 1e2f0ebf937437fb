package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tilewright.schedule.ScheduleStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tw explain} with the op {@code toy} of {@link dev.tilewright.tune.ToyTunable}. */
class ExplainCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void useAStoreOfItsOwn() {
    System.setProperty(ScheduleStore.PATH_PROPERTY, folder.resolve("schedules.json").toString());
  }

  @AfterEach
  void giveTheStoreBack() {
    System.clearProperty(ScheduleStore.PATH_PROPERTY);
  }

  private static Tw explain(String words) {
    return Tw.run((Object[]) ("explain " + words).split(" "));
  }

  @Test
  void saysWhatIsPickedAndWhy() {
    String text = explain("toy --gpu h100 --shape N=6").expect(0).out();
    for (String part :
        new String[] {
          "toy on h100: ",
          "problem      N=6,NAP=50,SUM=128,fault=none,f32\n",
          "kernel       toy_kernel, rules of toy.tiles\n",
          "N=6",
          "constraints  line 4    A <= N\n",
          "             line 6    A + B <= SUM\n",
          "legal tiles  36\n",
          "pick         A=4 B=2\n",
          "source       the time model; ./tw tune",
          "predicted    50.0 us; its terms\n",
          "             a            50.0 us   of A\n",
          "bound by     A\n",
          "runners-up   +100.0 % with A=3\n"
        }) {
      assertTrue(text.contains(part), "'" + part + "' is not in\n" + text);
    }
  }

  @Test
  void jsonHasIt() throws Exception {
    JsonNode json = explain("toy --shape N=6 --dtype bf16 --json").expect(0).json();
    assertEquals(1, json.get("schema").intValue());
    assertEquals("N=6,NAP=50,SUM=128,fault=none,bf16", json.get("problem").textValue());
    assertEquals(6, json.get("constants").get("N").intValue());
    assertEquals(3, json.get("constraints").size());
    assertEquals("A <= N", json.get("constraints").get(0).get("rule").textValue());
    assertEquals(4, json.get("constraints").get(0).get("line").intValue());
    assertEquals(36, json.get("legalTiles").intValue());
    assertEquals("model", json.get("source").textValue());
    assertEquals("{\"A\":4,\"B\":2}", json.get("pick").get("tile").toString());
    assertEquals(0.05, json.get("pick").get("predictedMs").doubleValue(), 1e-9);
    assertEquals("of A", json.get("pick").get("terms").get(0).get("note").textValue());
    assertEquals(3, json.get("runnersUp").size());
    assertTrue(json.get("machine").get("fingerprint").textValue().startsWith("cpu "));
  }

  @Test
  void saysWhyNothingIsLegal() throws Exception {
    String text = explain("toy --shape N=6,SUM=1").expect(1).out();
    assertTrue(text.contains("legal tiles  none: these cannot hold together\n"), text);
    assertTrue(text.endsWith("             line 6    A + B <= SUM\n"), text);
    JsonNode json = explain("toy --shape N=6,SUM=1 --json").expect(1).json();
    assertEquals(0, json.get("legalTiles").intValue());
    assertTrue(json.get("conflict").toString().contains("line 6: A + B <= SUM"));
  }

  @Test
  void faultyCommandsSayWhatIsAllowed() {
    explain("conv1d --shape L=5").fails(2, "op: got conv1d, allowed: an op with a tile space");
    explain("toy --shape M=6").fails(2, "the keys N, NAP");
    explain("toy --shape N=6 --gpu t4").fails(3, "toy has no tile space for t4");
    explain("toy --shape N=6 --gpu 3dfx").fails(2, "h100");
    explain("toy --shape N=6 --device cuda:9").fails(3, "cuda:9");
  }

  /** A change of the rules or the time model shows in README.md, where its outputs must follow. */
  @Test
  void readmeShowsWhatItPrints() throws IOException {
    Path root = Path.of(System.getProperty("basedir", "")).resolve("..");
    List<String> readme = Files.readAllLines(root.resolve("README.md"));
    int found = 0;
    for (int i = 0; i < readme.size(); i++) {
      if (readme.get(i).startsWith("$ ./tw explain rnn ")) {
        found++;
        String words = readme.get(i).substring("$ ./tw explain ".length());
        String text = explain(words).expect(0).out();
        for (i++; !readme.get(i).isEmpty() && !readme.get(i).equals("```"); i++) {
          String line = readme.get(i);
          assertTrue(
              line.endsWith("…") || text.contains(line + "\n"),
              "README.md has\n" + line + "\nwhere tw explain " + words + " prints\n" + text);
        }
      }
    }
    assertTrue(found >= 3, found + " outputs");
  }
}
