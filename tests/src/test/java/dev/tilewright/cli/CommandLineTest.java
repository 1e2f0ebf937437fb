package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tilewright.Cuda;
import dev.tilewright.GpuSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  @Test
  void saysWhatItIs() {
    assertTrue(Tw.run("--version").expect(0).out().startsWith("tilewright "));
    String help = Tw.run("--help").expect(0).out();
    for (String verb :
        List.of(
            "demo", "test", "doctor", "devices", "ops", "run", "bench", "explain", "tune",
            "cache")) {
      assertTrue(help.contains("\n  " + verb), help);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"demo", "test", "doctor", "devices", "ops", "run", "explain", "tune", "cache"})
  void everyVerbHasHelp(String verb) {
    Tw call = Tw.run(verb, "--help").expect(0);
    assertTrue(call.out().contains("tw " + verb), call.out());
    assertEquals("", call.err());
  }

  @Test
  void faultyCommandsAreOneLineAndCodeTwo() {
    Tw.run().fails(2, "a verb is missing: demo, test, doctor");
    Tw.run("frobnicate").fails(2, "no verb 'frobnicate'");
    Tw.run("--frobnicate").fails(2, "Unknown option: '--frobnicate'");
    Tw.run("devices", "--frobnicate").fails(2, "see ./tw devices --help");
    Tw.run("run").fails(2, "OP");
    Tw.run("run", "nope").fails(2, "no op 'nope'; there: fftconv");
    Tw.run("test").fails(2, "./tw test");
    Tw.run("demo", "--seconds", "0").fails(2, "--seconds 0.0: allowed are");
    Tw.run("demo", "--seconds", "NaN").fails(2, "--seconds NaN: allowed are");
  }

  @Test
  void doctorNamesWhatCudaLacksAndThatTheCpuIsUsed() throws Exception {
    String text = Tw.run("doctor").expect(0).out();
    assertTrue(text.contains("native library  ok       loads from "), text);
    assertTrue(text.contains("device used     ok       cpu"), text);
    if (!Cuda.isAvailable()) {
      assertTrue(text.contains(Cuda.unavailabilityCause()), text);
    }
    JsonNode json = Tw.run("doctor", "--json").expect(0).json();
    assertTrue(json.get("ok").booleanValue());
    assertEquals("cpu", json.get("device").textValue());
    assertEquals("Java", json.get("findings").get(0).get("name").textValue());
  }

  @Test
  void devicesListsUsableOnesAndReasons() throws Exception {
    String text = Tw.run("devices").expect(0).out();
    assertTrue(text.startsWith("cpu          usable      "), text);
    JsonNode devices = Tw.run("devices", "--json", "-").expect(0).json().get("devices");
    assertTrue(devices.get(0).get("usable").booleanValue());
    assertTrue(text.contains("sim:h100     usable      simulated NVIDIA H100 SXM"), text);
    assertEquals(2 + GpuSpec.names().size(), devices.size());
    for (JsonNode device : devices) {
      assertFalse(device.get("detail").textValue().isBlank());
    }
  }

  @Test
  void theThreadsThatWereAskedForAreShown() {
    String before = System.getProperty("tilewright.cpu.threads");
    try {
      System.setProperty("tilewright.cpu.threads", "3");
      for (String verb : new String[] {"doctor", "devices"}) {
        String text = Tw.run(verb).expect(0).out();
        assertTrue(text.contains("3 threads by -Dtilewright.cpu.threads"), text);
      }
      System.setProperty("tilewright.cpu.threads", "many");
      String devices = Tw.run("devices").expect(0).out();
      assertTrue(
          devices.startsWith("cpu          not usable  tilewright.cpu.threads: got many"), devices);
      String doctor = Tw.run("doctor").expect(3).out();
      assertTrue(doctor.contains("failed   tilewright.cpu.threads: got many"), doctor);
    } finally {
      if (before == null) {
        System.clearProperty("tilewright.cpu.threads");
      } else {
        System.setProperty("tilewright.cpu.threads", before);
      }
    }
  }

  @Test
  void opsDescribesWhatRunTakes() throws Exception {
    JsonNode ops = Tw.run("ops", "--json").expect(0).json().get("ops");
    assertEquals(OpRunner.all().size(), ops.size());
    JsonNode fftconv = ops.get(0);
    assertEquals("fftconv", fftconv.get("name").textValue());
    assertEquals("u", fftconv.get("inputs").get(0).get("name").textValue());
    assertEquals("[\"f32\",\"f16\",\"bf16\"]", fftconv.get("dtypes").toString());
    assertTrue(Tw.run("ops").expect(0).out().contains("causal|circular|bidirectional"));
  }

  @Test
  void jsonGoesIntoAFileToo(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("report.json");
    assertEquals("", Tw.run("ops", "--json", file).expect(0).out());
    assertEquals(1, new ObjectMapper().readTree(file.toFile()).get("schema").intValue());
    Tw.run("ops", "--json", folder.resolve("no/r.json")).fails(2, "cannot write");
  }

  @Test
  void resultsThatAreLostAreAFailure() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    PrintWriter out = new PrintWriter(full, true);
    StringWriter err = new StringWriter();
    int code = Main.run(out, new PrintWriter(err), "ops");
    assertEquals(1, Main.delivered(code, out, new PrintWriter(err)));
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertEquals(2, Main.delivered(2, out, new PrintWriter(err)));
  }
}
