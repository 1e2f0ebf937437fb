package dev.tilewright.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TileSearchReportTest {
  private static Map<String, TileSearchRow> rows(RnnShape... shapes) {
    Map<String, TileSearchRow> rows = new LinkedHashMap<>();
    for (RnnShape shape : shapes) {
      for (String query : List.of("all", "first")) {
        rows.put(
            shape.label() + " " + query,
            new TileSearchRow(shape, query, 0, new LinkedHashMap<>(), new LinkedHashMap<>()));
      }
    }
    return rows;
  }

  private static void say(Map<String, TileSearchRow> rows, String line) {
    TileSearchBench.take(line.split(" "), rows);
  }

  private static Map<String, TileSearchRow> measured() {
    RnnShape[] shapes = {new RnnShape(64, 12, 16, false), new RnnShape(2560, 1, 8, false)};
    Map<String, TileSearchRow> rows = rows(shapes);
    int factor = 2;
    for (RnnShape shape : shapes) {
      say(rows, "check " + shape.label() + " ours 16");
      say(rows, "check " + shape.label() + " choco 16");
      say(rows, "wrong " + shape.label() + " cpsat 15 tiles that are not the 16");
      say(rows, "time " + shape.label() + " ours all 1e6 3e6 2e6");
      say(rows, "time " + shape.label() + " choco all " + factor * 2e6);
      factor *= 4;
    }
    say(rows, "done");
    return rows;
  }

  @Test
  void jsonHasTimesRatiosAndTheirMeans() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    List<TileSearchRow> rows = List.copyOf(measured().values());
    JsonNode report =
        mapper.readTree(mapper.writeValueAsString(TileSearchReport.json(Map.of(), rows)));
    JsonNode row = report.get("rows").get(0);
    assertEquals("constrint", row.get("op").asText());
    assertEquals(64, row.get("case").get("D").asInt());
    assertEquals("forward", row.get("pass").asText());
    assertEquals("all", row.get("query").asText());
    assertEquals(16, row.get("tiles").asInt());
    assertEquals(2, row.get("medianMs").asDouble());
    assertEquals(2, row.get("baselines").get("choco").get("speedup").asDouble());
    assertEquals(
        "15 tiles that are not the 16", row.get("baselines").get("cpsat").get("failure").asText());
    JsonNode mean = report.get("speedups").get(0);
    assertEquals("choco", mean.get("baseline").asText());
    assertEquals(4, mean.get("geometricMean").asDouble());
    assertEquals(2, mean.get("least").asDouble());
  }

  @Test
  void textHasEveryContender() {
    String text =
        TileSearchReport.text(Map.of("cpu", "a processor"), List.copyOf(measured().values()));
    assertTrue(text.contains("D=64,H=12,B=16,pass=forward"), text);
    assertTrue(text.contains("4.00 (2.00x)"), text);
    assertTrue(text.contains("over choco: geometric mean 4.00x, least 2.00x"), text);
    assertTrue(text.contains("cpsat: 15 tiles that are not the 16"), text);
  }

  @Test
  void wrongTilesOfOursFailTheRow() {
    RnnShape shape = RnnShape.parse("D=64,B=16");
    Map<String, TileSearchRow> rows = rows(shape);
    say(rows, "wrong " + shape.label() + " ours first [8, 16]");
    assertFalse(rows.values().iterator().next().passed());
  }

  @Test
  void labelsAreCases() {
    for (RnnShape shape : RnnShape.five(true)) {
      assertEquals(shape, RnnShape.parse(shape.label()));
    }
    assertEquals(new RnnShape(768, 1, 16, false), RnnShape.parse("D=768, B=16"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "D=64", "B=8", "D=64,B=12", "D=0,B=8", "D=x,B=8", "D=64,B=8,pass=up", "L=1"})
  void faultyCasesSaySo(String text) {
    assertThrows(IllegalArgumentException.class, () -> RnnShape.parse(text));
  }
}
