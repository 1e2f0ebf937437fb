package dev.tilewright.bench;

import dev.tilewright.bench.TileBench.Regret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report of {@code bench tiles}. */
final class TileReport {
  private TileReport() {}

  static Map<String, Object> json(Map<String, Object> environment, List<Regret> rows) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("schema", 1);
    report.put("environment", environment);
    report.put("rows", rows.stream().map(TileReport::row).toList());
    report.put("medianRatio", digits(median(rows)));
    report.put("worstRatio", digits(worst(rows)));
    return report;
  }

  private static Map<String, Object> row(Regret row) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("op", "fftconv");
    map.put("case", row.problem().toMap());
    map.put("tiles", row.tiles());
    map.put("pick", row.pick());
    map.put("pickMs", digits(row.pickMs()));
    map.put("best", row.best());
    map.put("bestMs", digits(row.bestMs()));
    map.put("ratio", digits(row.ratio()));
    map.put("predictedMs", digits(row.predictedMs()));
    return map;
  }

  static String text(Map<String, Object> environment, List<Regret> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(List.of("case", "tiles", "predicted", "pick ms", "best ms", "pick/best", "best"));
    for (Regret row : rows) {
      cells.add(
          List.of(
              row.problem().label(),
              Integer.toString(row.tiles()),
              text("%.3g", row.predictedMs()),
              text("%.3g", row.pickMs()),
              text("%.3g", row.bestMs()),
              text("%.3f", row.ratio()),
              row.pick().equals(row.best()) ? "the pick" : row.best()));
    }
    return text(
            "%s, %s, %s threads; %s; %s%n%n",
            environment.get("cpu"),
            environment.get("level"),
            environment.get("cores"),
            environment.get("jdk"),
            environment.get("date"))
        + TextReport.aligned(cells)
        + text(
            "%nthe pick over the best of all tiles: median %.3f, worst %.3f, %d cases%n",
            median(rows), worst(rows), rows.size());
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static double median(List<Regret> rows) {
    double[] ratios = rows.stream().mapToDouble(Regret::ratio).sorted().toArray();
    int half = ratios.length / 2;
    return ratios.length % 2 == 1 ? ratios[half] : (ratios[half - 1] + ratios[half]) / 2;
  }

  private static double worst(List<Regret> rows) {
    return rows.stream().mapToDouble(Regret::ratio).max().orElse(Double.NaN);
  }

  private static double digits(double value) {
    return Double.parseDouble(text("%.4g", value));
  }
}
