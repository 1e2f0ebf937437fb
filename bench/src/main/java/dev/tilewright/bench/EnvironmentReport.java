package dev.tilewright.bench;

import dev.tilewright.CpuSpec;
import dev.tilewright.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The "environment" object of a report: where and with what the numbers were measured. */
final class EnvironmentReport {
  private EnvironmentReport() {}

  static Map<String, Object> of(Device device, int threads, Floor peaks, List<Baseline> baselines) {
    Map<String, Object> map = machine(device);
    map.put("threads", threads);
    map.put("copyGBs", peaks.bytesPerSecond() * 1e-9);
    map.put("peakGflops", peaks.flopsPerSecond() * 1e-9);
    software(map);
    Map<String, String> libraries = new LinkedHashMap<>();
    baselines.forEach(b -> libraries.put(b.name(), b.describe()));
    map.put("libraries", libraries);
    return map;
  }

  /** For what one thread computes on the host alone. */
  static Map<String, Object> of(Device device, Map<String, String> libraries) {
    Map<String, Object> map = machine(device);
    software(map);
    map.put("libraries", libraries);
    return map;
  }

  private static Map<String, Object> machine(Device device) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("date", ZonedDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS).toString());
    if (device.spec() instanceof CpuSpec cpu) {
      map.put("cpu", cpu.model());
      map.put("level", cpu.level().label());
      map.put("cores", cpu.cores());
      map.put("l1Bytes", cpu.l1Bytes());
      map.put("l2Bytes", cpu.l2Bytes());
      map.put("l3Bytes", cpu.l3Bytes());
    } else {
      map.put("machine", device.spec().toString());
    }
    return map;
  }

  private static void software(Map<String, Object> map) {
    map.put(
        "jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    map.put("os", operatingSystem());
    map.put("kernel", System.getProperty("os.version"));
  }

  /** What /proc/cpuinfo says the first processor is and can do. */
  static String cpuFlags() throws IOException {
    StringBuilder flags = new StringBuilder();
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      if (line.isBlank()) {
        break;
      }
      if (line.startsWith("model name") || line.startsWith("flags")) {
        flags.append(line);
      }
    }
    return flags.toString();
  }

  private static String operatingSystem() {
    try {
      for (String line : Files.readAllLines(Path.of("/etc/os-release"))) {
        if (line.startsWith("PRETTY_NAME=")) {
          return line.substring("PRETTY_NAME=".length()).replace("\"", "");
        }
      }
    } catch (IOException e) {
      // not every Linux says
    }
    return System.getProperty("os.name");
  }
}
