package dev.tilewright.cli;

import dev.tilewright.CpuLevel;
import dev.tilewright.CpuSpec;
import dev.tilewright.Cuda;
import dev.tilewright.GpuSpec;
import dev.tilewright.NativeLibrary;
import dev.tilewright.TilewrightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bytedeco.javacpp.Loader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what Tilewright finds on this machine, what is missing for more, and what it will use. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Say what was found on this machine, what is missing, and what will be used.")
final class DoctorCommand implements Callable<Integer> {
  private static final List<String> VARIABLES =
      List.of(
          "TILEWRIGHT_CPU_LEVEL",
          "TILEWRIGHT_DEBUG",
          "JAVA_HOME",
          "JAVA_TOOL_OPTIONS",
          "CUDA_PATH",
          "CUDA_VISIBLE_DEVICES",
          "LD_LIBRARY_PATH");
  private static final List<String> PROPERTIES =
      List.of(
          "tilewright.cpu.level",
          "tilewright.cpu.threads",
          "tilewright.leaks",
          "tilewright.sim.checks",
          "tilewright.sim.seed",
          "tilewright.sim.limit",
          "org.bytedeco.javacpp.cachedir");

  @Mixin private ReportOptions report;

  /** One finding: {@code status} is ok, missing (something optional), failed or info. */
  private record Finding(String name, String status, String detail) {}

  private final List<Finding> findings = new ArrayList<>();

  @Override
  public Integer call() {
    java();
    system();
    boolean works = nativeLibrary();
    if (works) {
      works = cpu();
      cuda();
      simulated();
    }
    environment();
    String use =
        works
            ? "cpu" + (Cuda.isAvailable() ? " and cuda:0" : " (no GPU is needed)")
            : "nothing: see the line marked failed";
    add("device used", works ? "ok" : "failed", use);
    print(works);
    return works ? Main.FINE : Main.NO_DEVICE;
  }

  private void add(String name, String status, String detail) {
    findings.add(new Finding(name, status, detail));
  }

  private void java() {
    add(
        "Java",
        "ok",
        Runtime.version()
            + " ("
            + System.getProperty("java.vm.name")
            + ") in "
            + System.getProperty("java.home")
            + ", heap up to "
            + Numbers.bytes(Runtime.getRuntime().maxMemory()));
  }

  private void system() {
    add(
        "system",
        "ok",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch")
            + distribution()
            + memory());
  }

  private static String distribution() {
    return line("/etc/os-release", "PRETTY_NAME=")
        .map(name -> ", " + name.replace("\"", ""))
        .orElse("");
  }

  private static String memory() {
    return line("/proc/meminfo", "MemTotal:")
        .map(kib -> kib.replaceAll("[^0-9]", ""))
        .filter(kib -> !kib.isEmpty())
        .map(kib -> ", memory " + Numbers.bytes(1024 * Long.parseLong(kib)))
        .orElse("");
  }

  /** What follows {@code start} on the first line of the file that begins so. */
  private static java.util.Optional<String> line(String file, String start) {
    try {
      return Files.readAllLines(Path.of(file)).stream()
          .filter(l -> l.startsWith(start))
          .map(l -> l.substring(start.length()).strip())
          .findFirst();
    } catch (IOException e) {
      return java.util.Optional.empty();
    }
  }

  private boolean nativeLibrary() {
    try {
      NativeLibrary.require();
      add("native library", "ok", "loads from " + libraryPath());
      return true;
    } catch (TilewrightException e) {
      add("native library", "failed", e.getMessage());
      return false;
    }
  }

  private static String libraryPath() {
    return Loader.getLoadedLibraries().entrySet().stream()
        .filter(library -> library.getKey().startsWith("jniNative"))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("an unknown place");
  }

  private boolean cpu() {
    try {
      CpuSpec cpu = CpuSpec.detect();
      add("CPU", "ok", cpu.describe() + ", " + cpu.logicalCpus() + " logical");
      add("threads", "ok", DevicesCommand.threads(cpu));
      CpuLevel machine = CpuLevel.machine();
      add(
          "CPU level",
          "ok",
          cpu.level() == machine
              ? "code for " + machine.label() + ", the highest that this CPU runs"
              : "code for "
                  + cpu.level().label()
                  + " by request; this CPU runs "
                  + machine.label());
      return true;
    } catch (TilewrightException e) {
      add("CPU", "failed", e.getMessage());
      return false;
    }
  }

  private void cuda() {
    boolean there = Cuda.isAvailable();
    add("CUDA", there ? "ok" : "missing", there ? "usable" : Cuda.unavailabilityCause());
  }

  private void simulated() {
    DevicesCommand.Row row =
        DevicesCommand.rows().stream()
            .filter(r -> r.name().startsWith("sim:"))
            .findFirst()
            .orElseThrow();
    add(
        "simulated GPUs",
        row.usable() ? "ok" : "missing",
        row.usable()
            ? "sim:"
                + String.join(" sim:", GpuSpec.names())
                + "; they run PTX with checks: ./tw check"
            : row.detail());
  }

  private void environment() {
    List<String> set = new ArrayList<>();
    for (String name : VARIABLES) {
      if (System.getenv(name) != null) {
        set.add(name + "=" + System.getenv(name));
      }
    }
    for (String name : PROPERTIES) {
      if (System.getProperty(name) != null) {
        set.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    add(
        "environment",
        "info",
        set.isEmpty()
            ? "nothing set; TILEWRIGHT_CPU_LEVEL=x86-64|avx2|avx512 lowers the CPU level,"
                + " -Dtilewright.cpu.threads=N sets the threads"
            : String.join(", ", set));
  }

  private void print(boolean works) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("schema", 1);
    data.put("ok", works);
    data.put("device", works ? "cpu" : null);
    data.put("findings", findings);
    StringBuilder text = new StringBuilder();
    for (Finding f : findings) {
      text.append(String.format("%-15s %-8s %s%n", f.name(), f.status(), f.detail()));
    }
    text.append(works ? "Ready. Try: ./tw demo\n" : "Not ready: see the line marked failed.\n");
    report.report(data, text.toString());
  }
}
