package dev.tilewright.op;

import dev.tilewright.CpuLevel;

/**
 * How the CPU cuts a frequency-sparse transform: the row in slices, whose sums are the children
 * that keep a frequency, each transformed by itself.
 *
 * @param split slices and residue classes, 1, 2, 4, 8 or 16
 * @param points of a child's transform
 * @param radices log2 of each pass's radix, 4 bits each, first pass lowest
 * @param cost estimated work of two rows, in fused multiply-adds on vectors
 */
record CpuSparseTile(long split, long points, long radices, double cost) {
  private static final int MAX_SPLIT = 16;

  /** A butterfly takes 6 operations for two complex vectors. */
  private static final double LEVEL = 3;

  /** Reading and writing a child once more, in natural order. */
  private static final double MOVE = 3;

  /** The cheapest tile for a spec. */
  static CpuSparseTile choose(FftConv.Spec spec, CpuLevel level) {
    SparsePattern pattern = spec.sparse();
    int lanes = 4 << level.ordinal();
    CpuSparseTile best = null;
    for (int split = 1; split <= MAX_SPLIT; split *= 2) {
      long points = pattern.transformLength() / split;
      if (points < 8L * lanes) {
        break;
      }
      double cost = cost(spec, split, (int) points, lanes / 4);
      if (best == null || cost < best.cost) {
        best = new CpuSparseTile(split, points, CpuFftTile.radices(level, points), cost);
      }
    }
    return best;
  }

  /** Forward and back, a row that is cut into {@code split} slices. */
  private static double cost(FftConv.Spec spec, int split, int points, int parts) {
    SparsePattern pattern = spec.sparse();
    // whether child r keeps frequency r + split * i, a bit for each
    double cost = 0;
    double slices = Math.ceil((double) spec.length() / points);
    for (int r = 0; r < split; r++) {
      boolean[] kept = new boolean[points];
      boolean any = false;
      for (int i = 0; i < points; i++) {
        kept[i] = pattern.keeps(r + (long) split * i);
        any |= kept[i];
      }
      if (any) {
        boolean single = 2 * r % split == 0;
        cost += split == 1 ? 0 : points * (MOVE + slices * (single ? 1 : 2));
        cost += LEVEL * visited(kept, parts);
      }
    }
    return 2 * cost / (4.0 * parts);
  }

  /** Points that the levels of a child's transform work on, all levels together. */
  private static double visited(boolean[] kept, int parts) {
    int points = kept.length;
    // the first levels go into the parts of vectors, which stay together from there on
    boolean[] nodes = new boolean[points / parts];
    for (int i = 0; i < points; i++) {
      nodes[i / parts] |= kept[i];
    }
    double visited = points * (Integer.numberOfTrailingZeros(parts) + 1.0);
    double[] atDepth = new double[32];
    int depths = 0;
    for (int count = nodes.length; count > 16; count /= 2) {
      for (int i = 0; i < count / 2; i++) {
        nodes[i] |= nodes[i + count / 2];
      }
      int alive = 0;
      for (int i = 0; i < count / 2; i++) {
        alive += nodes[i] ? 1 : 0;
      }
      atDepth[depths++] = (double) alive / (count / 2);
    }
    // the smallest nodes do their last levels whole
    double smallest = depths == 0 ? 1 : atDepth[0];
    for (int d = 0; d < depths; d++) {
      visited += points * atDepth[d];
    }
    int levels = Integer.numberOfTrailingZeros(points / parts);
    return visited + points * smallest * Math.max(0, levels - depths - 1);
  }
}
