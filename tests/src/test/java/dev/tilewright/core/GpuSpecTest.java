package dev.tilewright.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.CpuSpec;
import dev.tilewright.GpuSpec;
import dev.tilewright.InvalidSpecException;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of GPUs, users' files of machines, and what a driver reports. */
class GpuSpecTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("gpu.json"), text.replace('\'', '"'));
  }

  private InvalidSpecException fault(String text) throws IOException {
    Path file = file(text);
    return assertThrows(InvalidSpecException.class, () -> GpuSpec.readAll(file));
  }

  @Test
  void allMachinesAreThere() {
    assertEquals(
        List.of(
            "t4", "a100", "a10", "rtx3090", "rtx4090", "l4", "l40s", "h100", "h200", "b200",
            "rtx5090"),
        GpuSpec.names());
    assertEquals(GpuSpec.of("h100"), GpuSpec.of("H100"));
    String message =
        assertThrows(InvalidSpecException.class, () -> GpuSpec.of("h1000")).getMessage();
    assertTrue(message.contains("h1000") && message.contains("rtx5090"), message);
    assertThrows(InvalidSpecException.class, () -> GpuSpec.of(null));
  }

  @Test
  void eachFigureNamesItsSource() {
    for (String name : GpuSpec.names()) {
      Map<String, String> sources = GpuSpec.sources(name);
      for (RecordComponent figure : GpuSpec.class.getRecordComponents()) {
        if (!figure.getName().equals("name") && !figure.getName().equals("model")) {
          String source = sources.get(figure.getName());
          assertTrue(source != null && source.length() > 10, name + " " + figure.getName());
        }
      }
    }
  }

  /**
   * Figures against the peaks that NVIDIA publishes: SMs, lanes and clock must give them. Dense f16
   * with f32 accumulation and f32, in TFLOPS, from the data sheet of each product or the appendix
   * of its architecture's whitepaper; H100 and H200 state f32 at a higher clock, 1980 MHz.
   */
  @ParameterizedTest
  @CsvSource({
    "t4, 65, 8.1, 1",
    "a100, 312, 19.5, 1",
    "a10, 125, 31.2, 1",
    "rtx3090, 71, 35.6, 1",
    "rtx4090, 165.2, 82.6, 1",
    "l4, 121, 30.3, 1",
    "l40s, 362.05, 91.6, 1",
    "h100, 989.4, 66.9, 1.082",
    "h200, 989, 67, 1.082",
    "b200, 2250, 75, 1.06",
    "rtx5090, 209.5, 104.8, 1"
  })
  void peaksAreThePublishedOnes(String name, double f16, double f32, double f32Clock) {
    GpuSpec gpu = GpuSpec.of(name);
    assertEquals(f16, gpu.f16Tflops(), 0.02 * f16, name);
    assertEquals(f32, gpu.f32Tflops() * f32Clock, 0.02 * f32, name);
  }

  @Test
  void fingerprintsDifferAndDoNotDependOnTheLanguage() {
    HashSet<String> prints = new HashSet<>();
    Locale before = Locale.getDefault();
    try {
      for (String name : GpuSpec.names()) {
        Locale.setDefault(Locale.ROOT);
        String print = GpuSpec.of(name).fingerprint();
        assertTrue(prints.add(print), print);
        assertTrue(print.matches("[\\x20-\\x7e]{1,400}"), print);
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        assertEquals(print, GpuSpec.of(name).fingerprint());
      }
    } finally {
      Locale.setDefault(before);
    }
    String cpu = CpuSpec.detect().fingerprint();
    assertEquals(cpu, CpuSpec.detect().fingerprint());
    assertTrue(cpu.contains(CpuSpec.detect().name()), cpu);
    GpuSpec h100 = GpuSpec.of("h100");
    for (String figure :
        List.of("sms", "clockMHz", "dramGBps", "l2Bytes", "regsPerSm", "sharedPerBlockOptin")) {
      GpuSpec other = h100.with(Map.of(figure, 2048));
      assertFalse(other.fingerprint().equals(h100.fingerprint()), figure);
    }
  }

  @Test
  void aBaseIsOverridden() throws IOException {
    GpuSpec pcie =
        GpuSpec.read(
            file(
                "{'name': 'h100-pcie', 'base': 'h100', 'model': 'NVIDIA H100 PCIe', 'sms': 114,"
                    + " 'clockMHz': 1755, 'dramGBps': 2039, 'comment': 'a board of ours'}"));
    assertEquals("h100-pcie", pcie.name());
    assertEquals(114, pcie.sms());
    assertEquals(2039, pcie.dramGBps());
    assertEquals(GpuSpec.of("h100").sharedConfigsKb(), pcie.sharedConfigsKb());
    GpuSpec half = GpuSpec.read(file("{'base': 'h100', 'sms': 66}"));
    assertEquals("h100", half.name());
    assertEquals(66, half.sms());
  }

  @Test
  void aFileHoldsSeveralMachinesThatBuildOnEachOther() throws IOException {
    Path file =
        file(
            "{'machines': {'mine': {'base': 'theirs', 'sms': 10}, 'theirs': {'base': 'a100',"
                + " 'l2Bytes': 1048576}}}");
    Map<String, GpuSpec> all = GpuSpec.readAll(file);
    assertEquals(List.of("mine", "theirs"), new ArrayList<>(all.keySet()));
    assertEquals(1 << 20, all.get("mine").l2Bytes());
    assertEquals(10, all.get("mine").sms());
    assertThrows(InvalidSpecException.class, () -> GpuSpec.read(file));
  }

  @Test
  void aMachineWithoutBaseTakesItsSmFromItsComputeCapability() throws IOException {
    GpuSpec v100 =
        GpuSpec.read(
            file(
                "{'name': 'v100', 'model': 'V100', 'computeCapability': 70, 'sms': 80, 'clockMHz':"
                    + " 1530, 'dramGBps': 900, 'l2Bytes': 6291456, 'l2BytesPerClock': 2048}"));
    assertEquals(96 << 10, v100.sharedPerSm());
    assertEquals(125, v100.f16Tflops(), 1);
  }

  @Test
  void aFaultNamesFileAndKey() throws IOException {
    Map<String, String> faults = new LinkedHashMap<>();
    faults.put("{'base': 'h100', 'smz': 1}", "smz");
    faults.put("{'base': 'h100', 'sms': -1}", "sms");
    faults.put("{'base': 'h100', 'sms': 1.5}", "sms");
    faults.put("{'base': 'h100', 'sms': '114'}", "sms");
    faults.put("{'base': 'h100', 'sms': null}", "sms");
    faults.put("{'base': 'h100', 'sms': 1e300}", "sms");
    faults.put("{'base': 'h100', 'sms': [1]}", "sms");
    faults.put("{'base': 'h100', 'dramGBps': 'fast'}", "dramGBps");
    faults.put("{'base': 'h100', 'clockMHz': 1e999}", "clockMHz");
    faults.put("{'base': 'h100', 'model': 7}", "model");
    faults.put("{'base': 'h100', 'name': 'no spaces'}", "name");
    faults.put("{'base': 'h100', 'sharedPerSm': 1024}", "sharedPerBlockOptin");
    faults.put("{'base': 'h100', 'sharedConfigsKb': [8, 4, 228]}", "sharedConfigsKb");
    faults.put("{'base': 'h100', 'sharedConfigsKb': 7}", "sharedConfigsKb");
    faults.put("{'base': 'gtx9', 'sms': 1}", "base");
    faults.put("{'base': 5}", "base");
    faults.put("{'name': 'x', 'sms': 1}", "model");
    faults.put("{'machines': {}}", "machines");
    faults.put("{'machines': []}", "machines");
    faults.put("{'machines': {'a': 1}}", "a");
    faults.put("{'machines': {'a': {'base': 'b'}, 'b': {'base': 'a'}}}", "base");
    faults.put("{'machines': {'a': {'base': 'h100'}}, 'sms': 1}", "sms");
    faults.forEach(
        (text, key) -> {
          try {
            String message = fault(text).getMessage();
            assertTrue(
                message.contains("gpu.json") && message.contains(key), text + ": " + message);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void aFileThatIsNotJsonSaysWhere() throws IOException {
    for (String text :
        List.of(
            "",
            "[]",
            "7",
            "{'base': 'h100'",
            "{'base': 'h100'} x",
            "{'base': 'h100', 'base': 'a100'}",
            "{'sms': NaN}",
            "{'a':".repeat(5000))) {
      String message = fault(text).getMessage();
      assertTrue(message.contains("gpu.json"), message);
    }
    assertTrue(fault("{'base':\n  oops}").getMessage().contains("line 2"));
    InvalidSpecException missing =
        assertThrows(InvalidSpecException.class, () -> GpuSpec.read(folder.resolve("none.json")));
    assertTrue(missing.getMessage().contains("none.json"), missing.getMessage());
    assertThrows(InvalidSpecException.class, () -> GpuSpec.read(folder));
    Path large = Files.write(folder.resolve("large.json"), new byte[2 << 20]);
    assertThrows(InvalidSpecException.class, () -> GpuSpec.read(large));
  }

  @Test
  void aDriverOverrides() {
    GpuSpec mig =
        GpuSpec.of("a100")
            .withDriverAttributes(
                Map.of(
                    "MULTIPROCESSOR_COUNT", 14,
                    "CLOCK_RATE", 1_410_000,
                    "MEMORY_CLOCK_RATE", 1_593_000,
                    "CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH", 5120,
                    "L2_CACHE_SIZE", 5 << 20,
                    "MAX_THREADS_PER_MULTIPROCESSOR", 2048,
                    "COMPUTE_CAPABILITY_MAJOR", 8,
                    "COMPUTE_CAPABILITY_MINOR", 0,
                    "SOMETHING_NEW", 3));
    assertEquals(14, mig.sms());
    assertEquals(2039, mig.dramGBps(), 1); // 1593 MHz, two transfers a clock, 5120 bits
    assertEquals(5 << 20, mig.l2Bytes());
    assertEquals(64, mig.maxWarpsPerSm());
    GpuSpec smaller =
        GpuSpec.of("h100")
            .withDriverAttributes(
                Map.of(
                    "MAX_SHARED_MEMORY_PER_BLOCK_OPTIN", 99 << 10,
                    "MAX_SHARED_MEMORY_PER_MULTIPROCESSOR", 100 << 10,
                    "CLOCK_RATE", 0));
    assertEquals(100, smaller.sharedConfigsKb().get(smaller.sharedConfigsKb().size() - 1));
    assertEquals(GpuSpec.of("h100").clockMHz(), smaller.clockMHz());
  }

  @Test
  void figuresAreReplacedByName() {
    GpuSpec h100 = GpuSpec.of("h100");
    assertEquals(h100, h100.with(Map.of()));
    assertEquals(66, h100.with(Map.of("sms", 66L)).sms());
    assertThrows(InvalidSpecException.class, () -> h100.with(Map.of("cores", 1)));
    assertThrows(InvalidSpecException.class, () -> h100.with(Map.of("sms", "many")));
  }
}
