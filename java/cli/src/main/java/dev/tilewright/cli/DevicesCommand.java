package dev.tilewright.cli;

import dev.tilewright.CpuSpec;
import dev.tilewright.Cuda;
import dev.tilewright.Device;
import dev.tilewright.GpuSpec;
import dev.tilewright.TilewrightException;
import dev.tilewright.cpu.CpuDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists what {@code --device} may name, and why the rest cannot be used. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description = "List the devices that can be used, and why others cannot.")
final class DevicesCommand implements Runnable {
  @Mixin private ReportOptions report;

  /** One line of the list; {@code detail} is what the device is, or why it cannot be used. */
  record Row(String name, boolean usable, String detail) {}

  /** Every kind of device. Opens none: a pool of threads would be started for nothing. */
  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.add(
        row(
            "cpu",
            () -> {
              CpuSpec cpu = CpuSpec.detect();
              return cpu.describe() + ", " + threads(cpu);
            }));
    rows.add(
        row(
            "cuda:0",
            () -> {
              if (!Cuda.isAvailable()) {
                throw new TilewrightException(Cuda.unavailabilityCause());
              }
              return "NVIDIA GPU";
            }));
    for (String gpu : GpuSpec.names()) {
      String name = "sim:" + gpu;
      rows.add(
          row(
              name,
              () -> {
                try (Device device = Device.open(name)) {
                  return "simulated " + device.spec().describe();
                }
              }));
    }
    return rows;
  }

  /** How many threads compute, and who said so. */
  static String threads(CpuSpec cpu) {
    int threads = CpuDevice.defaultThreads(cpu);
    return threads
        + (threads == 1 ? " thread" : " threads")
        + (System.getProperty("tilewright.cpu.threads", "").isBlank()
            ? ""
            : " by -Dtilewright.cpu.threads");
  }

  private static Row row(String name, Supplier<String> describe) {
    try {
      return new Row(name, true, describe.get());
    } catch (TilewrightException e) {
      return new Row(name, false, e.getMessage());
    }
  }

  @Override
  public void run() {
    List<Row> rows = rows();
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      text.append(
          String.format(
              "%-12s %-11s %s%n",
              row.name(), row.usable() ? "usable" : "not usable", row.detail()));
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("schema", 1);
    data.put("devices", rows);
    report.report(data, text.toString());
  }
}
