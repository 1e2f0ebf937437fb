package dev.tilewright.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The result of one case.
 *
 * @param relError against the float64 oracle, the worst over the outputs
 * @param baselines by name, in the order in which they were asked for
 * @param passed whether relError keeps the dtype's bound
 * @param callOverheadMicros what a call costs beside its arithmetic; NaN where it was not asked for
 */
public record BenchRow(
    FftConvCase problem,
    String device,
    double medianMs,
    double p20Ms,
    double p80Ms,
    double floorMs,
    double relError,
    boolean passed,
    long workspaceBytes,
    String plan,
    double callOverheadMicros,
    Map<String, BaselineTime> baselines) {

  /**
   * One baseline's result.
   *
   * @param relError NaN where it was not checked
   * @param workspaceBytes -1 when unknown
   * @param failure why there are no times, else null
   */
  public record BaselineTime(
      double medianMs,
      double p20Ms,
      double p80Ms,
      double relError,
      long workspaceBytes,
      String failure) {}

  /** The baseline's median over ours; NaN when it has none. */
  public double speedup(String baseline) {
    BaselineTime time = baselines.get(baseline);
    return time == null ? Double.NaN : time.medianMs / medianMs;
  }

  /** This row as the report has it. */
  public Map<String, Object> toMap() {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("op", "fftconv");
    row.put("case", problem.toMap());
    row.put("dtype", problem.dtype().label());
    row.put("pass", problem.pass().label());
    row.put("device", device);
    put(row, "medianMs", medianMs);
    put(row, "p20Ms", p20Ms);
    put(row, "p80Ms", p80Ms);
    put(row, "floorMs", floorMs);
    put(row, "shareOfFloor", floorMs / medianMs);
    put(row, "relError", relError);
    row.put("workspaceBytes", workspaceBytes);
    row.put("plan", plan);
    if (!Double.isNaN(callOverheadMicros)) {
      put(row, "callOverheadUs", callOverheadMicros);
    }
    Map<String, Object> others = new LinkedHashMap<>();
    baselines.forEach(
        (name, time) -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          if (time.failure != null) {
            entry.put("failure", time.failure);
          } else {
            put(entry, "medianMs", time.medianMs);
            put(entry, "speedup", speedup(name));
            put(entry, "p20Ms", time.p20Ms);
            put(entry, "p80Ms", time.p80Ms);
            put(entry, "relError", time.relError);
            if (time.workspaceBytes >= 0) {
              entry.put("workspaceBytes", time.workspaceBytes);
            }
          }
          others.put(name, entry);
        });
    row.put("baselines", others);
    return row;
  }

  /** Four digits say all that a measurement knows; JSON has no NaN. */
  private static void put(Map<String, Object> map, String key, double value) {
    if (Double.isFinite(value)) {
      map.put(key, Double.parseDouble(String.format(Locale.ROOT, "%.4g", value)));
    } else {
      map.put(key, null);
    }
  }
}
