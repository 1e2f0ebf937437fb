package dev.tilewright.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the ops from the descriptions that {@code run} goes by. */
@Command(
    name = "ops",
    mixinStandardHelpOptions = true,
    description = "List the ops with their inputs, outputs, settings, dtypes and devices.")
final class OpsCommand implements Runnable {
  @Mixin private ReportOptions report;

  @Override
  public void run() {
    List<Map<String, Object>> data = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (OpRunner op : OpRunner.all()) {
      data.add(data(op));
      text.append(text.isEmpty() ? "" : "\n").append(text(op));
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("schema", 1);
    all.put("ops", data);
    report.report(all, text.toString());
  }

  private static Map<String, Object> data(OpRunner op) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("name", op.name());
    data.put("summary", op.summary());
    data.put("inputs", op.inputs());
    data.put("outputs", op.outputs());
    data.put("settings", op.settings());
    data.put("dtypes", op.dtypes());
    data.put("devices", op.devices());
    return data;
  }

  private static String text(OpRunner op) {
    StringBuilder text = new StringBuilder();
    text.append(op.name()).append("  ").append(op.summary()).append('\n');
    for (OpRunner.Port port : op.inputs()) {
      text.append(port("in", port));
    }
    for (OpRunner.Port port : op.outputs()) {
      text.append(port("out", port));
    }
    for (OpRunner.Setting s : op.settings()) {
      text.append(
          String.format(
              "  %-5s%-10s %s (default %s)  %s%n",
              "set", s.name(), String.join("|", s.allowed()), s.defaultValue(), s.help()));
    }
    text.append("  devices   ").append(String.join(", ", op.devices())).append('\n');
    return text.toString();
  }

  private static String port(String kind, OpRunner.Port port) {
    return String.format("  %-5s%-10s %-10s %s%n", kind, port.name(), port.shape(), port.help());
  }
}
