package dev.tilewright.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report of {@code bench sim}. */
final class SimReport {
  private SimReport() {}

  static Map<String, Object> json(Map<String, Object> environment, List<SimBench.Row> rows) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("schema", 1);
    report.put("environment", environment);
    report.put("rows", rows.stream().map(SimReport::row).toList());
    return report;
  }

  private static Map<String, Object> row(SimBench.Row row) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("op", "sim");
    map.put("case", Map.of("kernel", row.kernel));
    map.put("threadInstructions", row.threadInstructions);
    map.put("warpInstructions", row.warpInstructions);
    if (!row.failure.isEmpty()) {
      map.put("failure", row.failure);
    }
    Map<String, Object> modes = new LinkedHashMap<>();
    row.times.forEach(
        (mode, samples) -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("medianMs", digits(samples.median()));
          entry.put("p20Ms", digits(samples.quantile(0.2)));
          entry.put("p80Ms", digits(samples.quantile(0.8)));
          entry.put("leastMs", digits(samples.quantile(0)));
          entry.put("threadInstructionsPerSecond", digits(row.perSecond(mode)));
          modes.put(mode, entry);
        });
    map.put("modes", modes);
    return map;
  }

  static String text(Map<String, Object> environment, List<SimBench.Row> rows) {
    List<List<String>> cells = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("kernel", "M thread instr."));
    SimBench.MODES.forEach(mode -> head.add(mode + ": ms (G/s)"));
    cells.add(head);
    StringBuilder failures = new StringBuilder();
    for (SimBench.Row row : rows) {
      List<String> line =
          new ArrayList<>(List.of(row.kernel, text("%.3g", row.threadInstructions * 1e-6)));
      for (String mode : SimBench.MODES) {
        Samples samples = row.times.get(mode);
        line.add(
            samples == null
                ? "-"
                : text("%.3g (%.3g)", samples.median(), row.perSecond(mode) * 1e-9));
      }
      cells.add(line);
      if (!row.failure.isEmpty()) {
        failures.append(row.kernel + ": " + row.failure + "\n");
      }
    }
    return text(
            "%s, one thread but for checked-all; %s; %s%n%n",
            environment.get("cpu"), environment.get("jdk"), environment.get("date"))
        + TextReport.aligned(cells)
        + failures;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static double digits(double value) {
    return Double.parseDouble(text("%.4g", value));
  }
}
