package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** {@code tw bench tiles}: the shape of its reports, not the times. */
class BenchTilesTest {
  private static final String[] TINY = {
    "bench", "tiles", "-q", "--rounds", "1", "--case", "B=1,H=2,L=300", "--case", "B=4,H=1,L=128"
  };

  @Test
  void reportsEachCaseAndTheMedian() throws Exception {
    JsonNode report = run("--json", "-").expect(0).json();
    assertEquals(2, report.get("rows").size());
    double worst = 0;
    for (JsonNode row : report.get("rows")) {
      assertTrue(row.get("tiles").asInt() > 1, row::toString);
      assertTrue(row.get("pick").asText().matches("points=\\d+,group=\\d+,radix=\\d,rows=\\d+"));
      assertTrue(row.get("bestMs").asDouble() > 0, row::toString);
      assertTrue(row.get("predictedMs").asDouble() > 0, row::toString);
      assertTrue(row.get("ratio").asDouble() >= 1, row::toString);
      worst = Math.max(worst, row.get("ratio").asDouble());
    }
    assertEquals(worst, report.get("worstRatio").asDouble());
    assertTrue(report.get("medianRatio").asDouble() <= worst);
  }

  @Test
  void printsATable() throws Exception {
    String text = run().expect(0).out();
    assertTrue(text.contains("B1 H2 L300 f32 forward"), text);
    assertTrue(text.contains("the pick over the best of all tiles: median "), text);
  }

  private static Tw run(String... more) {
    String[] all = Arrays.copyOf(TINY, TINY.length + more.length);
    System.arraycopy(more, 0, all, TINY.length, more.length);
    return Tw.run((Object[]) all);
  }
}
