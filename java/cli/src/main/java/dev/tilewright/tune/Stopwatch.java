package dev.tilewright.tune;

import java.util.Arrays;

/**
 * Times one trial in stretches of calls, so that contenders can take turns. A stretch lasts some
 * milliseconds, or one call where calls are longer.
 */
final class Stopwatch {
  private static final double STRETCH_NANOS = 12e6;
  private static final int MOST_SAMPLES = 25;

  /** A shorter call is timed in groups, since reading the clock costs 20 to 30 ns. */
  private static final double SHORT_NANOS = 20_000;

  private static final int MOST_GROUPED = 1000;

  private final Trial trial;
  private int group;
  private int samples;

  Stopwatch(Trial trial) {
    this.trial = trial;
  }

  /** Seconds of a call: the median over one stretch, after a call that does not count. */
  double stretch() {
    if (group == 0) {
      calibrate();
    }
    trial.nanos(group);
    double[] nanos = new double[samples];
    for (int i = 0; i < samples; i++) {
      nanos[i] = (double) trial.nanos(group) / group;
    }
    return median(nanos) * 1e-9;
  }

  private void calibrate() {
    trial.nanos(1); // the first call touches memory that later ones find in place
    double nanos = Math.max(1, trial.nanos(1));
    group = (int) Math.max(1, Math.min(MOST_GROUPED, SHORT_NANOS / nanos));
    samples = (int) Math.max(1, Math.min(MOST_SAMPLES, STRETCH_NANOS / (nanos * group)));
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
