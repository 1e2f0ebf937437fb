package dev.tilewright.oracle;

/** What the references share: the step from single to double precision. */
public final class Oracles {
  private Oracles() {}

  /** The same values in float64, or null for null. */
  public static double[] widen(float[] values) {
    if (values == null) {
      return null;
    }
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  static void require(String name, double[] values, long elements) {
    if (values == null || values.length != elements) {
      throw new IllegalArgumentException(
          name
              + ": "
              + (values == null ? "null" : values.length + " elements")
              + ", need "
              + elements);
    }
  }
}
