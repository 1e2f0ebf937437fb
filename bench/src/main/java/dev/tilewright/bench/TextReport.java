package dev.tilewright.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report for a reader. */
final class TextReport {
  private TextReport() {}

  static String of(Map<String, Object> environment, List<BenchRow> rows) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s, %s, %s threads; copy %.1f GB/s, peak %.0f GFLOP/s; %s; %s%n",
            environment.get("cpu"),
            environment.get("level"),
            environment.get("threads"),
            environment.get("copyGBs"),
            environment.get("peakGflops"),
            environment.get("jdk"),
            environment.get("date")));
    if (environment.get("libraries") instanceof Map<?, ?> libraries) {
      libraries.forEach((name, version) -> text.append(name + ": " + version + "\n"));
    }
    text.append('\n').append(table(rows)).append(summary(rows));
    return text.toString();
  }

  private static String table(List<BenchRow> rows) {
    List<String> names = new ArrayList<>();
    for (BenchRow row : rows) {
      for (String name : row.baselines().keySet()) {
        if (!names.contains(name)) {
          names.add(name);
        }
      }
    }
    List<List<String>> cells = new ArrayList<>();
    List<String> head =
        new ArrayList<>(List.of("case", "ms", "p20..p80", "of floor", "error", "workspace"));
    head.addAll(names);
    cells.add(head);
    for (BenchRow row : rows) {
      List<String> line = new ArrayList<>();
      line.add(row.problem().label());
      line.add(number(row.medianMs()));
      line.add(number(row.p20Ms()) + ".." + number(row.p80Ms()));
      line.add(String.format(Locale.ROOT, "%.0f %%", 100 * row.floorMs() / row.medianMs()));
      line.add(String.format(Locale.ROOT, "%.1e%s", row.relError(), row.passed() ? "" : " WRONG"));
      line.add(bytes(row.workspaceBytes()));
      for (String name : names) {
        BenchRow.BaselineTime time = row.baselines().get(name);
        line.add(
            time == null
                ? "-"
                : time.failure() != null
                    ? "failed"
                    : number(time.medianMs())
                        + String.format(Locale.ROOT, " (%.2fx)", row.speedup(name)));
      }
      cells.add(line);
    }
    return aligned(cells) + failures(rows) + overhead(rows);
  }

  /** Cells in columns, the first to the left, the others to the right. */
  static String aligned(List<List<String>> cells) {
    int columns = cells.get(0).size();
    int[] width = new int[columns];
    for (List<String> line : cells) {
      for (int i = 0; i < columns; i++) {
        width[i] = Math.max(width[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : cells) {
      StringBuilder row = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String pad = " ".repeat(width[i] - line.get(i).length());
        row.append(i == 0 ? line.get(i) + pad : "  " + pad + line.get(i));
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static String failures(List<BenchRow> rows) {
    StringBuilder text = new StringBuilder();
    for (BenchRow row : rows) {
      row.baselines()
          .forEach(
              (name, time) -> {
                if (time.failure() != null) {
                  text.append(row.problem().label() + ", " + name + ": " + time.failure() + "\n");
                }
              });
    }
    return text.toString();
  }

  private static String overhead(List<BenchRow> rows) {
    StringBuilder text = new StringBuilder();
    for (BenchRow row : rows) {
      if (!Double.isNaN(row.callOverheadMicros())) {
        text.append(
            String.format(
                Locale.ROOT,
                "call overhead, %s: %.2f us%n",
                row.problem().label(),
                row.callOverheadMicros()));
      }
    }
    return text.toString();
  }

  /** Geometric mean and minimum of the speed-ups of alike cases that differ in length only. */
  private static String summary(List<BenchRow> rows) {
    Map<String, List<Double>> groups = new LinkedHashMap<>();
    for (BenchRow row : rows) {
      FftConvCase c = row.problem();
      String kind =
          c.withShape(c.batch(), c.channels(), 1, c.taps() == c.length() ? 1 : c.taps()).label();
      for (String name : row.baselines().keySet()) {
        double speedup = row.speedup(name);
        if (speedup > 0) {
          String group = kind.replace(" L1 ", " ") + ", over " + name;
          groups.computeIfAbsent(group, g -> new ArrayList<>()).add(speedup);
        }
      }
    }
    StringBuilder text = new StringBuilder();
    groups.forEach(
        (group, speedups) -> {
          double logs = 0;
          double least = Double.POSITIVE_INFINITY;
          for (double s : speedups) {
            logs += Math.log(s);
            least = Math.min(least, s);
          }
          if (speedups.size() > 1) {
            text.append(
                String.format(
                    Locale.ROOT,
                    "%s: geometric mean %.2fx, least %.2fx%n",
                    group,
                    Math.exp(logs / speedups.size()),
                    least));
          }
        });
    return text.isEmpty() ? "" : "\n" + text;
  }

  private static String number(double millis) {
    return millis >= 100
        ? String.format(Locale.ROOT, "%.0f", millis)
        : String.format(Locale.ROOT, "%.3g", millis);
  }

  private static String bytes(long bytes) {
    return bytes >= 10L << 20 ? (bytes >> 20) + " MiB" : (bytes >> 10) + " KiB";
  }
}
