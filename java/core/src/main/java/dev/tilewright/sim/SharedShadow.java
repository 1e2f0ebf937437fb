package dev.tilewright.sim;

/**
 * Notes who accessed each word of a block's shared memory last, and reports accesses that nothing
 * orders: of two warps by vector clocks that barriers join, of two lanes of a warp by how often the
 * lanes met (bar.warp.sync and every warp-wide instruction).
 */
final class SharedShadow {
  // An access: clock time 18 bits, lane time 18, warp 5, lane 5, many lanes 1, strong 1, op 15.
  private static final int TIME_BITS = 18;
  private static final int OP_BITS = 15;
  private static final int STRONG = OP_BITS;
  private static final int MANY = STRONG + 1;
  private static final int LANE = MANY + 1;
  private static final int WARP = LANE + 5;
  private static final int LANE_TIME = WARP + 5;
  private static final int TIME = LANE_TIME + TIME_BITS;
  private static final int LIMIT = (1 << TIME_BITS) - 1;

  private final Block block;
  private final int granule;
  private final int cells;
  private final long[] writes;

  /** By warp, then by cell: its last read, which counts when the cell's bit of the warp is set. */
  private final long[][] reads;

  /** The warps that read a cell since it was written. */
  private final int[] readers;

  SharedShadow(Block block, int granule) {
    this.block = block;
    this.granule = Integer.numberOfTrailingZeros(granule);
    cells = (block.grid.sharedBytes >> this.granule) + 1;
    writes = new long[cells];
    reads = new long[block.warpCount()][];
    readers = new int[cells];
  }

  /**
   * All lanes of an instruction access one place each.
   *
   * @param same the lanes that write what is there already
   */
  void access(Warp w, MemoryOp op, int mask, int[] places, int bytes, boolean write, int same) {
    long stamp = stamp(w, op);
    if (write) {
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        write(w, op, lane, places[lane], bytes, stamp, (same >> lane & 1) != 0);
      }
    } else {
      long[] own = own(w);
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        read(w, op, lane, places[lane], bytes, stamp, own);
      }
    }
  }

  /** One lane accesses a place. */
  void access(Warp w, MemoryOp op, int lane, int at, int bytes, boolean write, boolean same) {
    if (write) {
      write(w, op, lane, at, bytes, stamp(w, op), same);
    } else {
      read(w, op, lane, at, bytes, stamp(w, op), own(w));
    }
  }

  private long[] own(Warp w) {
    long[] own = reads[w.index];
    if (own == null) {
      own = new long[cells];
      reads[w.index] = own;
    }
    return own;
  }

  private static long stamp(Warp w, MemoryOp op) {
    return (long) Math.min(w.clock.now(), LIMIT) << TIME
        | (long) w.index << WARP
        | (op.strong ? 1L << STRONG : 0)
        | (op.collective ? 1L << MANY : 0)
        | op.id & (1 << OP_BITS) - 1;
  }

  private static long cell(Warp w, int lane, long stamp) {
    return stamp | (long) Math.min(w.laneTimes[lane], LIMIT) << LANE_TIME | (long) lane << LANE;
  }

  private void read(Warp w, MemoryOp op, int lane, int at, int bytes, long stamp, long[] own) {
    long cell = cell(w, lane, stamp);
    int bit = 1 << w.index;
    int last = at + bytes - 1 >> granule;
    for (int g = at >> granule; g <= last; g++) {
      long before = writes[g];
      if (before != 0 && !isOrdered(w, cell, before)) {
        report(w, op, lane, at, before, "read", "written");
      }
      long many = 0;
      if ((readers[g] & bit) != 0) {
        long read = own[g];
        boolean together = read >>> LANE_TIME == cell >>> LANE_TIME;
        boolean other = ((read ^ cell) >>> LANE & 31) != 0;
        many = together && (other || (read >>> MANY & 1) != 0) ? 1L << MANY : 0;
      } else {
        readers[g] |= bit;
      }
      own[g] = cell | many;
    }
  }

  private void write(Warp w, MemoryOp op, int lane, int at, int bytes, long stamp, boolean same) {
    long cell = cell(w, lane, stamp);
    int last = at + bytes - 1 >> granule;
    for (int g = at >> granule; g <= last; g++) {
      long before = writes[g];
      if (before != 0 && !same && !isOrdered(w, cell, before)) {
        report(w, op, lane, at, before, "written", "written");
      }
      for (int m = readers[g]; m != 0; m &= m - 1) {
        long read = reads[Integer.numberOfTrailingZeros(m)][g];
        if (!isOrdered(w, cell, read)) {
          report(w, op, lane, at, read, "written", "read");
        }
      }
      readers[g] = 0;
      writes[g] = cell;
    }
  }

  /** Whether an access lies behind an earlier one, or both may happen at once. */
  private static boolean isOrdered(Warp w, long now, long before) {
    if ((now & before & 1L << STRONG) != 0) {
      return true;
    }
    int warp = (int) (before >>> WARP & 31);
    int time = (int) (before >>> TIME & LIMIT);
    if (warp != w.index) {
      return time == LIMIT || w.clock.covers(warp, time);
    }
    int met = (int) (before >>> LANE_TIME & LIMIT);
    int laneTime = (int) (now >>> LANE_TIME & LIMIT);
    boolean sameTime = met != LIMIT && laneTime <= met && w.clock.now() == time;
    boolean otherLane = ((now ^ before) >>> LANE & 31) != 0 || ((now | before) >>> MANY & 1) != 0;
    return !sameTime || !otherLane;
  }

  private void report(Warp w, MemoryOp op, int lane, int at, long before, String now, String then) {
    Op other = block.grid.kernel.op((int) (before & (1 << OP_BITS) - 1));
    Warp otherWarp = block.warps()[(int) (before >>> WARP & 31)];
    FindingKind kind = otherWarp == w ? FindingKind.WARP_RACE : FindingKind.SHARED_RACE;
    if (block.checker.isKnown(kind, op)) {
      return;
    }
    String text =
        String.format(
            "shared memory at byte %d is %s, and was %s by thread %s at %s: %s;"
                + " nothing orders the two",
            at,
            now,
            then,
            block.threadOf(otherWarp, (int) (before >>> LANE & 31)),
            Checker.place(other.instruction),
            other.instruction.text());
    block.checker.report(kind, w, op, lane, at, text);
  }
}
