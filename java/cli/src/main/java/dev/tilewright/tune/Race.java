package dev.tilewright.tune;

import java.util.Arrays;

/**
 * A candidate against the best tile so far, in rounds in which both take their turn, so that what
 * else the machine does falls on both alike.
 *
 * @param seconds the candidate's median time of a call
 * @param ratio median over the rounds of the candidate's time over the other's
 * @param hopeless whether it was given up before the last round
 */
record Race(double seconds, double ratio, boolean hopeless) {
  private static final int ROUNDS = 5;

  /** After so many rounds a candidate that never came nearer than this is given up. */
  private static final double[] HOPELESS = {2, 1.4, 1.2, 1.12};

  static Race run(Stopwatch candidate, Stopwatch best) {
    double[] seconds = new double[ROUNDS];
    double[] ratios = new double[ROUNDS];
    double nearest = Double.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      double other = best.stretch();
      seconds[round] = candidate.stretch();
      ratios[round] = seconds[round] / other;
      nearest = Math.min(nearest, ratios[round]);
      if (round < HOPELESS.length && nearest > HOPELESS[round]) {
        return of(seconds, ratios, round + 1, true);
      }
    }
    return of(seconds, ratios, ROUNDS, false);
  }

  /** The first tile, which has nobody to race against: its time, with ratio 1. */
  static Race alone(Stopwatch watch) {
    double[] seconds = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      seconds[round] = watch.stretch();
    }
    return new Race(Stopwatch.median(seconds), 1, false);
  }

  private static Race of(double[] seconds, double[] ratios, int rounds, boolean hopeless) {
    return new Race(
        Stopwatch.median(Arrays.copyOf(seconds, rounds)),
        Stopwatch.median(Arrays.copyOf(ratios, rounds)),
        hopeless);
  }
}
