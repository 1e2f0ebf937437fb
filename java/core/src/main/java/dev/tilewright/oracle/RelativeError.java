package dev.tilewright.oracle;

/**
 * The error measure of the whole project: the L2 norm of the difference over the L2 norm of the
 * reference.
 */
public final class RelativeError {
  private RelativeError() {}

  /**
   * ‖out − ref‖₂ / ‖ref‖₂. A NaN or infinity in {@code out} gives NaN or infinity, so {@code l2(..)
   * <= bound} never passes it; a reference that is zero everywhere gives 0 for zeros and infinity
   * for anything else.
   *
   * @throws IllegalArgumentException when the lengths differ
   */
  public static double l2(float[] out, double[] ref) {
    return l2(Oracles.widen(out), ref);
  }

  /** As {@link #l2(float[], double[])}, for results that are float64 themselves. */
  public static double l2(double[] out, double[] ref) {
    Oracles.require("out", out, ref.length);
    double error = 0;
    double norm = 0;
    for (int i = 0; i < ref.length; i++) {
      double difference = out[i] - ref[i];
      error += difference * difference;
      norm += ref[i] * ref[i];
    }
    if (norm == 0) {
      return error == 0 ? 0 : error > 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    }
    return Math.sqrt(error / norm);
  }
}
