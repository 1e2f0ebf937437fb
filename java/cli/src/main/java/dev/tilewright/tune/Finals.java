package dev.tilewright.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The last comparison: all finalists in turn, for more rounds than a {@link Race} has. The first
 * one, the tile that the library would take anyhow, is beaten only by a difference that noise does
 * not explain: a tile must be faster in nearly every round, and by a margin in the median.
 *
 * @param winner index of the tile to keep
 * @param seconds median time of a call of each finalist
 * @param rounds rounds that were run
 */
record Finals(int winner, List<Double> seconds, int rounds) {
  private static final int MOST_ROUNDS = 15;

  /** Fewer rounds than this are no basis for a share of wins. */
  private static final int FEW_ROUNDS = 6;

  private static final double SHARE_OF_WINS = 0.8;
  private static final double MARGIN = 0.01;
  private static final double MARGIN_OF_FEW = 0.03;

  /**
   * Compares.
   *
   * @param finalists at least one, the tile to be beaten first
   * @param late asked after each round whether to stop; the first round is always run
   */
  static Finals run(List<Stopwatch> finalists, BooleanSupplier late) {
    int n = finalists.size();
    double[][] seconds = new double[n][MOST_ROUNDS];
    int rounds = 0;
    do {
      for (int i = 0; i < n; i++) { // nobody always comes first
        int turn = (i + rounds) % n;
        seconds[turn][rounds] = finalists.get(turn).stretch();
      }
      rounds++;
    } while (n > 1 && rounds < MOST_ROUNDS && !late.getAsBoolean());
    List<Double> medians = new ArrayList<>();
    int winner = 0;
    double best = 1;
    for (int i = 0; i < n; i++) {
      double[] mine = new double[rounds];
      double[] ratios = new double[rounds];
      int wins = 0;
      for (int round = 0; round < rounds; round++) {
        mine[round] = seconds[i][round];
        ratios[round] = mine[round] / seconds[0][round];
        wins += ratios[round] < 1 ? 1 : 0;
      }
      medians.add(Stopwatch.median(mine));
      double ratio = Stopwatch.median(ratios);
      if (i > 0 && ratio < best && isReal(ratio, wins, rounds)) {
        best = ratio;
        winner = i;
      }
    }
    return new Finals(winner, medians, rounds);
  }

  private static boolean isReal(double ratio, int wins, int rounds) {
    return rounds < FEW_ROUNDS
        ? wins == rounds && ratio < 1 - MARGIN_OF_FEW
        : wins >= SHARE_OF_WINS * rounds && ratio < 1 - MARGIN;
  }
}
