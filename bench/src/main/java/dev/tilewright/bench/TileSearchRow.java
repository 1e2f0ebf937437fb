package dev.tilewright.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How long the contenders take to answer one query about one shape's tiles.
 *
 * @param query {@code all} or {@code first}
 * @param tiles how many there are
 * @param times of each contender, ours included, by name
 * @param failures why a contender has no times, by name
 */
record TileSearchRow(
    RnnShape shape,
    String query,
    int tiles,
    Map<String, Samples> times,
    Map<String, String> failures) {
  static final String OURS = "ours";

  /** A contender's median over ours; NaN when one has none. */
  double speedup(String name) {
    Samples samples = times.get(name);
    Samples ours = times.get(OURS);
    return samples == null || ours == null ? Double.NaN : samples.median() / ours.median();
  }

  /** Whether our tiles are the right ones. */
  boolean passed() {
    return !failures.containsKey(OURS);
  }

  /** This row as the report has it. */
  Map<String, Object> toMap() {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("op", "constrint");
    row.put("case", shape.toMap());
    row.put("pass", shape.pass());
    row.put("query", query);
    row.put("tiles", tiles);
    Map<String, Object> others = new LinkedHashMap<>();
    times.forEach(
        (name, samples) -> {
          Map<String, Object> entry = name.equals(OURS) ? row : new LinkedHashMap<>();
          put(entry, "medianMs", samples.median());
          put(entry, "p20Ms", samples.quantile(0.2));
          put(entry, "p80Ms", samples.quantile(0.8));
          if (!name.equals(OURS)) {
            put(entry, "speedup", speedup(name));
            others.put(name, entry);
          }
        });
    failures.forEach((name, why) -> others.put(name, Map.of("failure", why)));
    row.put("baselines", others);
    return row;
  }

  private static void put(Map<String, Object> map, String key, double value) {
    map.put(
        key,
        Double.isFinite(value) ? Double.valueOf(String.format(Locale.ROOT, "%.4g", value)) : null);
  }
}
