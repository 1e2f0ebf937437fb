package dev.tilewright.op;

import dev.tilewright.CpuLevel;

/**
 * How the CPU cuts an FFT convolution: rows into blocks of n points, the transform of a block into
 * passes, the rows of a filter into tasks. {@code fftconv.tiles} says which tiles are legal.
 *
 * @param points n, a power of two
 * @param group blocks in flight; as many as a row has when it does not stream
 * @param radix log2 of the radix of most passes, 2 or 3
 * @param rows rows of a task; B when a task is a filter with all its rows
 */
record CpuFftTile(long points, long group, int radix, long rows) {

  /** Passes of a transform, as the native table holds them. */
  private static final int MAX_PASSES = 8;

  /** The passes below the first work on groups of four vectors. */
  private static final int GROUP_BITS = 2;

  /** The log2 radix that a level's registers hold: radix 4 in 16 of them, radix 8 in 32. */
  static int usualRadix(CpuLevel level) {
    return level == CpuLevel.AVX512 ? 3 : 2;
  }

  /** The passes of one block's transform, see {@link #radices(CpuLevel, long, int)}. */
  long radices(CpuLevel level) {
    return radices(level, points, radix);
  }

  /** The passes of a transform of {@code points} points with the level's usual radix. */
  static long radices(CpuLevel level, long points) {
    return radices(level, points, usualRadix(level));
  }

  /**
   * The log2 of each pass's radix, 4 bits each, first pass lowest. The first pass, which also
   * splits the row into the parts of a vector, is the smallest.
   */
  static long radices(CpuLevel level, long points, int step) {
    int bits = Long.numberOfTrailingZeros(points / lanes(level));
    int first = Math.min(bits % step == 0 ? step : bits % step, bits - GROUP_BITS);
    // The native limit of 8 passes: long transforms take larger steps first, up to radix 16.
    long radices = first;
    int left = bits - first;
    for (int pass = 1; left > 0; pass++) {
      int passes = MAX_PASSES - pass;
      int take =
          left > step * passes
              ? Math.max(step + 1, (left + passes - 1) / passes)
              : Math.min(step, left);
      radices |= (long) take << (4 * pass);
      left -= take;
    }
    return radices;
  }

  /** Floats of a vector. */
  static int lanes(CpuLevel level) {
    return 4 << level.ordinal();
  }
}
