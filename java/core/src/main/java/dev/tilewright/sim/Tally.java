package dev.tilewright.sim;

import dev.tilewright.ptx.StateSpace;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What one thread counts while it runs warps of a launch; {@link TallySum} adds those of all
 * threads up. Which instructions ran is counted by the stretches of code that a path went through:
 * nothing is done for each instruction.
 */
final class Tally {
  private static final int SECTOR_SHIFT = 5;
  private static final int LINE_SHIFT = 7;
  private static final int BANK_BYTES = 4;
  private static final int WAVEFRONT_BYTES = 128;
  private static final int PENDING = 4096;

  /** The numbers of one instruction, by its place in an array of {@link #COUNTS} for each. */
  static final int GLOBAL_REQUESTS = 0;

  static final int GLOBAL_BYTES = 1;
  static final int SECTORS = 2;
  static final int SHARED_REQUESTS = 3;
  static final int SHARED_BYTES = 4;
  static final int WAVEFRONTS = 5;
  static final int CONFLICTS = 6;
  static final int OTHER_REQUESTS = 7;
  static final int COUNTS = 8;

  private final L2Cache cache;

  /** Of each routine, how many more stretches begin than end at a place. */
  final Map<Code, long[]> edges = new IdentityHashMap<>();

  /** Counts of memory instructions, by the operation's number. */
  long[] counts = new long[COUNTS * 64];

  /** Branches at which lanes parted. */
  long divergent;

  private Code lastCode;
  private long[] lastEdges;
  private final long[] lines = new long[Warp.SIZE];
  private final long[] pending = new long[PENDING + Warp.SIZE];
  private int pendingCount;
  private final long[] unitOfBank = new long[Warp.SIZE];
  private final int[] unitsOfBank = new int[Warp.SIZE];
  private final long[] units = new long[Warp.SIZE];

  Tally(L2Cache cache) {
    this.cache = cache;
  }

  /** A path ran so many instructions in a row. */
  void ran(Code code, int from, int count) {
    if (code != lastCode) {
      lastCode = code;
      lastEdges = edges.computeIfAbsent(code, c -> new long[c.ops.length + 1]);
    }
    lastEdges[from]++;
    lastEdges[from + count]--;
  }

  private int row(Op op) {
    int at = op.id * COUNTS;
    if (at >= counts.length) {
      counts = Arrays.copyOf(counts, Math.max(at + COUNTS, 2 * counts.length));
    }
    return at;
  }

  /**
   * A memory instruction of a warp.
   *
   * @param addresses those of all lanes
   * @param mask the lanes that take part, at least one
   * @param size the bytes of each
   */
  void request(MemoryOp op, long[] addresses, int mask, int size) {
    StateSpace in = op.space;
    if (in == StateSpace.GENERIC) {
      in = Windows.spaceOf(addresses[Integer.numberOfTrailingZeros(mask)]);
    }
    int at = row(op);
    switch (in) {
      case GLOBAL -> {
        counts[at + GLOBAL_REQUESTS]++;
        counts[at + GLOBAL_BYTES] += (long) Integer.bitCount(mask) * size;
        counts[at + SECTORS] += sectors(addresses, mask);
      }
      case SHARED -> {
        counts[at + SHARED_REQUESTS]++;
        counts[at + SHARED_BYTES] += (long) Integer.bitCount(mask) * size;
        shared(op, at, addresses, mask, size);
      }
      default -> counts[at + OTHER_REQUESTS]++;
    }
  }

  /** The sectors that the lanes touch; the lines go to the cache. Accesses are aligned. */
  private int sectors(long[] addresses, int mask) {
    int found = 0;
    int last = -1;
    for (int m = mask; m != 0; m &= m - 1) {
      long address = addresses[Integer.numberOfTrailingZeros(m)];
      long line = address >>> LINE_SHIFT << 4;
      int k = last >= 0 && lines[last] >>> 4 << 4 == line ? last : found - 1;
      while (k >= 0 && lines[k] >>> 4 << 4 != line) {
        k--;
      }
      if (k < 0) {
        k = found++;
        lines[k] = line;
      }
      last = k;
      lines[k] |= 1L << (address >>> SECTOR_SHIFT & 3);
    }
    int sectors = 0;
    for (int k = 0; k < found; k++) {
      sectors += Long.bitCount(lines[k] & 15);
      pending[pendingCount++] = lines[k];
    }
    if (pendingCount >= PENDING) {
      flush();
    }
    return sectors;
  }

  /** Hands what was noted of the cache over to it. */
  void flush() {
    cache.access(pending, pendingCount);
    pendingCount = 0;
  }

  /**
   * Lanes are served in groups that fill a wavefront; in a group each bank gives one word to all
   * who want it, so that it takes as many wavefronts as words are wanted of the busiest bank.
   */
  private void shared(MemoryOp op, int row, long[] addresses, int mask, int size) {
    int unit = Math.max(BANK_BYTES, size);
    int shift = Integer.numberOfTrailingZeros(unit);
    int group = Math.max(1, WAVEFRONT_BYTES / unit);
    int wavefronts = 0;
    int groups = 0;
    for (int first = 0; first < Warp.SIZE; first += group) {
      int lanes = group == Warp.SIZE ? mask : mask >>> first & (1 << group) - 1;
      if (lanes != 0) {
        groups++;
        wavefronts += wavefronts(addresses, lanes, first, shift, group - 1);
      }
    }
    if (TallySum.isAtomic(op)) {
      wavefronts += mostEqual(addresses, mask) - 1;
    }
    counts[row + WAVEFRONTS] += wavefronts;
    counts[row + CONFLICTS] += wavefronts - groups;
  }

  private int wavefronts(long[] addresses, int lanes, int first, int shift, int banks) {
    int seen = 0;
    boolean conflict = false;
    for (int m = lanes; m != 0; m &= m - 1) {
      long unit = addresses[first + Integer.numberOfTrailingZeros(m)] >>> shift;
      int bank = (int) unit & banks;
      conflict |= (seen >>> bank & 1) != 0 && unitOfBank[bank] != unit;
      unitOfBank[bank] = unit;
      seen |= 1 << bank;
    }
    return conflict ? conflicting(addresses, lanes, first, shift, banks) : 1;
  }

  private int conflicting(long[] addresses, int lanes, int first, int shift, int banks) {
    Arrays.fill(unitsOfBank, 0);
    int most = 0;
    int found = 0;
    for (int m = lanes; m != 0; m &= m - 1) {
      long unit = addresses[first + Integer.numberOfTrailingZeros(m)] >>> shift;
      int k = found - 1;
      while (k >= 0 && units[k] != unit) {
        k--;
      }
      if (k < 0) {
        units[found++] = unit;
        most = Math.max(most, ++unitsOfBank[(int) unit & banks]);
      }
    }
    return most;
  }

  /** How many lanes have the same address, at most. */
  private static int mostEqual(long[] addresses, int mask) {
    int most = 0;
    for (int left = mask; left != 0; ) {
      long address = addresses[Integer.numberOfTrailingZeros(left)];
      int same = 0;
      for (int m = left; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        same |= addresses[lane] == address ? 1 << lane : 0;
      }
      most = Math.max(most, Integer.bitCount(same));
      left &= ~same;
    }
    return most;
  }
}
