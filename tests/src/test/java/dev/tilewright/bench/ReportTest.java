package dev.tilewright.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tilewright.bench.BenchRow.BaselineTime;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class ReportTest {
  private static BenchRow row(long length, double ours, double mkl) {
    Map<String, BaselineTime> baselines = new LinkedHashMap<>();
    baselines.put("mkl", new BaselineTime(mkl, mkl, mkl, 1e-7, 4096, null));
    baselines.put("torch", new BaselineTime(0, 0, 0, 0, -1, "would not start"));
    return new BenchRow(
        FftConvCase.of(2, 64, length),
        "cpu",
        ours,
        ours,
        ours,
        ours / 2,
        2e-7,
        true,
        100,
        "plan",
        Double.NaN,
        baselines);
  }

  @Test
  void quantilesLieBetweenSamples() {
    Samples samples = new Samples();
    samples.add(new double[] {4e6, 1e6});
    samples.add(new double[] {3e6, 2e6, 5e6});
    assertEquals(5, samples.count());
    assertEquals(3, samples.median(), 1e-12);
    assertEquals(1.8, samples.quantile(0.2), 1e-12);
  }

  @Test
  void jsonHasThePromisedKeys() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode json = mapper.readTree(mapper.writeValueAsString(row(1024, 0.5, 1.25).toMap()));
    for (String key :
        List.of(
            "op",
            "case",
            "dtype",
            "pass",
            "device",
            "medianMs",
            "p20Ms",
            "p80Ms",
            "floorMs",
            "shareOfFloor",
            "relError",
            "workspaceBytes",
            "baselines")) {
      assertTrue(json.has(key), key);
    }
    assertEquals(0.5, json.get("shareOfFloor").asDouble());
    assertEquals(2.5, json.at("/baselines/mkl/speedup").asDouble());
    assertEquals("would not start", json.at("/baselines/torch/failure").asText());
    assertNull(json.get("callOverheadUs"));
  }

  @Test
  void textSumsUpLengthsByTheirGeometricMean() {
    String text = TextReport.of(Map.of(), List.of(row(1024, 1, 2), row(4096, 1, 8)));
    assertTrue(text.contains("over mkl: geometric mean 4.00x, least 2.00x"), text);
    assertTrue(text.contains("would not start"), text);
  }

  @Test
  void floorIsTheLargerOfBytesAndOperations() {
    FftConvCase c = FftConvCase.of(1, 1, 1024);
    double bytes = Floor.bytes(c);
    assertEquals(3 * 4096, bytes);
    assertEquals(1e3 * bytes, new Floor(1, 1e30).millis(c), 1e-6);
    double operations = Floor.operations(c);
    assertEquals(3 * (4 * 1024 * 10 - 6 * 1024 + 8) + 6 * 1024, operations);
    assertEquals(1e3 * operations, new Floor(1e30, 1).millis(c), 1e-6);
    assertTrue(Floor.operations(FftConvCase.of(1, 1, 65536).withTaps(2)) <= 4 * 65536);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rnn",
        "fftconv --rounds 0",
        "fftconv --baseline foo",
        "fftconv --baseline pytorch",
        "fftconv --case L=4,x=1",
        "fftconv --case B=65536,H=65536,L=8"
      })
  void faultyCommandsExitWithTwo(String words) {
    StringWriter err = new StringWriter();
    CommandLine line = new CommandLine(new BenchCommand()).setErr(new PrintWriter(err));
    assertEquals(2, line.execute(words.split(" ")));
    assertTrue(!err.toString().isBlank());
  }
}
