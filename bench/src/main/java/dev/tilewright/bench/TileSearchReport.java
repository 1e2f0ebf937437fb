package dev.tilewright.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The report of {@code bench constrint}. */
final class TileSearchReport {
  private TileSearchReport() {}

  static Map<String, Object> json(Map<String, Object> environment, List<TileSearchRow> rows) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("schema", 1);
    report.put("environment", environment);
    report.put("rows", rows.stream().map(TileSearchRow::toMap).toList());
    List<Object> means = new ArrayList<>();
    groups(rows)
        .forEach(
            (group, ratios) -> {
              Map<String, Object> mean = new LinkedHashMap<>();
              mean.put("pass", group.pass());
              mean.put("query", group.query());
              mean.put("baseline", group.baseline());
              mean.put("geometricMean", rounded(geometricMean(ratios)));
              mean.put("least", rounded(least(ratios)));
              means.add(mean);
            });
    report.put("speedups", means);
    return report;
  }

  static String text(Map<String, Object> environment, List<TileSearchRow> rows) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%s, one thread; %s; %s%n",
            environment.get("cpu"), environment.get("jdk"), environment.get("date")));
    if (environment.get("libraries") instanceof Map<?, ?> libraries) {
      libraries.forEach((name, version) -> text.append(name + ": " + version + "\n"));
    }
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> names.addAll(row.times().keySet()));
    rows.forEach(row -> names.addAll(row.failures().keySet()));
    names.remove(TileSearchRow.OURS);
    List<List<String>> cells = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("case", "query", "tiles", "ms", "p20..p80"));
    head.addAll(names);
    cells.add(head);
    for (TileSearchRow row : rows) {
      cells.add(line(row, names));
    }
    text.append('\n').append(TextReport.aligned(cells));
    for (TileSearchRow row : rows) {
      row.failures()
          .forEach(
              (name, why) -> text.append(row.shape().label() + ", " + name + ": " + why + "\n"));
    }
    text.append('\n');
    groups(rows)
        .forEach(
            (group, ratios) ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "%s, %s, over %s: geometric mean %.3gx, least %.3gx%n",
                        group.pass(),
                        group.query(),
                        group.baseline(),
                        geometricMean(ratios),
                        least(ratios))));
    return text.toString();
  }

  private static List<String> line(TileSearchRow row, Set<String> names) {
    List<String> line =
        new ArrayList<>(List.of(row.shape().label(), row.query(), Integer.toString(row.tiles())));
    Samples ours = row.times().get(TileSearchRow.OURS);
    line.add(ours == null ? "WRONG" : number(ours.median()));
    line.add(ours == null ? "-" : number(ours.quantile(0.2)) + ".." + number(ours.quantile(0.8)));
    for (String name : names) {
      Samples samples = row.times().get(name);
      line.add(
          samples == null
              ? (row.failures().containsKey(name) ? "wrong" : "-")
              : String.format(
                  Locale.ROOT, "%s (%.3gx)", number(samples.median()), row.speedup(name)));
    }
    return line;
  }

  private record Group(String pass, String query, String baseline) {}

  private static Map<Group, List<Double>> groups(List<TileSearchRow> rows) {
    Map<Group, List<Double>> groups = new LinkedHashMap<>();
    for (TileSearchRow row : rows) {
      for (String name : row.times().keySet()) {
        double ratio = row.speedup(name);
        if (!name.equals(TileSearchRow.OURS) && ratio > 0) {
          Group group = new Group(row.shape().pass(), row.query(), name);
          groups.computeIfAbsent(group, g -> new ArrayList<>()).add(ratio);
        }
      }
    }
    return groups;
  }

  private static double geometricMean(List<Double> ratios) {
    return Math.exp(ratios.stream().mapToDouble(Math::log).average().orElseThrow());
  }

  private static double least(List<Double> ratios) {
    return ratios.stream().mapToDouble(ratio -> ratio).min().orElseThrow();
  }

  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4g", value));
  }

  private static String number(double millis) {
    return millis >= 100
        ? String.format(Locale.ROOT, "%.0f", millis)
        : String.format(Locale.ROOT, "%.3g", millis);
  }
}
