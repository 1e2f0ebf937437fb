package dev.tilewright.op;

import dev.tilewright.CpuLevel;
import dev.tilewright.jni.Native;

/**
 * How the CPU cuts a row: blocks of n points, the radices of their transform, and how many blocks
 * are in flight at once.
 *
 * @param points n, a power of two
 * @param radices log2 of each pass's radix, 4 bits each, first pass lowest
 * @param group blocks in flight, 0 for a whole row
 * @param cost estimated work of one row with its share of the filter, in vector steps
 */
record CpuFftTile(long points, long radices, long group, double cost) {

  /** Blocks of one row when all are in flight: their products grow with the square. */
  private static final long MAX_BLOCKS = 32;

  /** Passes of a transform, as the native table holds them. */
  private static final int MAX_PASSES = 8;

  /** The passes below the first work on groups of four vectors. */
  private static final int GROUP_BITS = 2;

  /** A complex multiply-add against one level of a transform, per vector. */
  private static final double PRODUCT = 1.5;

  /** What a row of one block saves, whose product is formed between the passes in registers. */
  private static final double FUSED = 3;

  /** What starting a block's passes costs. */
  private static final double BLOCK = 40;

  /** Bytes of the spectra of a group that still leave room in a 32 KiB L1 cache. */
  private static final long GROUP_BYTES = 8 << 10;

  /** The cheapest tile for a spec. */
  static CpuFftTile choose(FftConv.Spec spec, CpuLevel level) {
    CpuFftTile best = null;
    for (long points = smallest(level); ; points *= 2) {
      for (boolean streaming : new boolean[] {false, true}) {
        CpuFftTile tile = candidate(spec, level, points, streaming);
        if (tile != null && (best == null || tile.cost < best.cost)) {
          best = tile;
        }
      }
      if (points >= spec.length()) {
        return best;
      }
    }
  }

  private static CpuFftTile candidate(
      FftConv.Spec spec, CpuLevel level, long points, boolean streaming) {
    long blocks = ceilDiv(spec.length(), points);
    long filterBlocks = filterBlocks(spec, points, blocks);
    boolean twoSided = spec.mode() != FftConv.Mode.CAUSAL;
    double products; // complex multiply-adds a vector
    long group = 0;
    double overhead = 0;
    if (streaming) {
      if (spec.mode() == FftConv.Mode.CIRCULAR || filterBlocks >= blocks) {
        return null;
      }
      group = Math.max(GROUP_BYTES / (8 * points), Math.max(2, filterBlocks / 2));
      if (group >= blocks) {
        return null;
      }
      products = filterBlocks;
      overhead = 2.0 * (filterBlocks - 1) / group; // the spectra kept for the next group
    } else {
      if (blocks > MAX_BLOCKS) {
        return null;
      }
      products =
          twoSided
              ? 1.5 * Math.min(blocks, filterBlocks) // formed one output at a time
              : Math.min((blocks + 1) / 2.0, filterBlocks);
    }
    double levels = Math.log(points) / Math.log(2);
    double vectors = (double) blocks * points / lanes(level);
    double perLevel = perLevel(points);
    double cost =
        BLOCK * blocks
            + vectors
                * (2 * levels * perLevel
                    + PRODUCT * products
                    + overhead
                    - (blocks == 1 ? FUSED : 0))
            + (double) filterBlocks
                * points
                / lanes(level)
                * (levels * perLevel + 2)
                / spec.batch();
    return new CpuFftTile(points, radices(level, points), group, cost);
  }

  /** Longer transforms leave the caches: L1, L2, L3. */
  private static double perLevel(long points) {
    return points <= 4096 ? 1 : points <= 32768 ? 1.05 : points <= 262144 ? 1.2 : 1.4;
  }

  /** Blocks of filter spectra, as the native plan counts them. */
  private static long filterBlocks(FftConv.Spec spec, long points, long blocks) {
    long length = spec.length();
    long taps = spec.filterLength();
    return switch (spec.mode()) {
      case CAUSAL -> Math.min(blocks - 1, (Math.min(taps, length) - 1) / points + 1) + 1;
      case CIRCULAR -> blocks * points == length ? blocks : 2 * blocks - 1;
      case BIDIRECTIONAL ->
          Math.min(blocks - 1, (Math.min((taps + 1) / 2, length) - 1) / points + 1)
              + Math.min(blocks - 1, ceilDiv(Math.min(taps / 2, length - 1), points))
              + 1;
    };
  }

  /** Points below which a transform does not fill its vectors. */
  private static long smallest(CpuLevel level) {
    return 8L * lanes(level);
  }

  private static int lanes(CpuLevel level) {
    return 4 << level.ordinal();
  }

  /**
   * Radix 4 keeps all it needs in 16 registers, radix 8 in 32; the first pass, which also splits
   * the row into the parts of a vector, is the smallest.
   */
  static long radices(CpuLevel level, long points) {
    int bits = Long.numberOfTrailingZeros(points / lanes(level));
    int step = level == CpuLevel.AVX512 ? 3 : 2;
    int first = Math.min(bits % step == 0 ? step : bits % step, bits - GROUP_BITS);
    // The native limit of 8 passes: long transforms take larger steps first, up to radix 16.
    long radices = first;
    int left = bits - first;
    for (int pass = 1; left > 0; pass++) {
      int passes = MAX_PASSES - pass;
      int take =
          left > step * passes
              ? Math.max(step + 1, (int) ceilDiv(left, passes))
              : Math.min(step, left);
      radices |= (long) take << (4 * pass);
      left -= take;
    }
    return radices;
  }

  /** The bytes of the table of this tile. */
  long tableBytes(CpuLevel level) {
    return Native.tw_fft_table_bytes(level.ordinal(), points, radices);
  }

  private static long ceilDiv(long a, long b) {
    return (a + b - 1) / b;
  }
}
