package dev.tilewright.sim;

/** Powers of two with an error below 2^-50, faster than {@link Math#pow}. */
final class ExpTable {
  private static final int STEPS = 64;
  private static final double LIMIT = 1000;
  private static final double LN2 = Math.log(2);
  private static final double[] PARTS = new double[STEPS];

  static {
    for (int i = 0; i < STEPS; i++) {
      PARTS[i] = Math.pow(2, (double) i / STEPS);
    }
  }

  private ExpTable() {}

  /** 2^x; of an integer exact. */
  static double exp2(double x) {
    if (!(Math.abs(x) < LIMIT)) {
      return Math.pow(2, x);
    }
    double steps = Math.rint(x * STEPS);
    int n = (int) steps;
    double t = (x - steps / STEPS) * LN2; // Below 0.0055: t^6 / 720 is below 2^-54.
    double series = 1 + t * (1 + t * (0.5 + t * (1.0 / 6 + t * (1.0 / 24 + t * (1.0 / 120)))));
    double power = Double.longBitsToDouble((long) (1023 + (n >> 6)) << 52);
    return PARTS[n & STEPS - 1] * series * power;
  }
}
