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
  private final int warps;
  private final long[] writes;
  private final long[] reads;

  SharedShadow(Block block, int granule) {
    this.block = block;
    this.granule = Integer.numberOfTrailingZeros(granule);
    int cells = (block.grid.sharedBytes >> this.granule) + 1;
    warps = block.warpCount();
    writes = new long[cells];
    reads = new long[cells * warps];
  }

  void access(
      Warp w, Op op, int lane, int at, int bytes, boolean write, boolean strong, boolean same) {
    if (at >= block.grid.reservedAt) {
      return; // The system's own words.
    }
    int time = Math.min(w.clock.now(), LIMIT);
    int laneTime = Math.min(w.laneTimes[lane], LIMIT);
    long cell =
        (long) time << TIME
            | (long) laneTime << LANE_TIME
            | (long) w.index << WARP
            | (long) lane << LANE
            | (strong ? 1L << STRONG : 0)
            | op.id & (1 << OP_BITS) - 1;
    int last = at + bytes - 1 >> granule;
    for (int g = at >> granule; g <= last; g++) {
      long before = writes[g];
      if (before != 0 && !(write && same)) {
        compare(w, op, lane, laneTime, at, before, strong, write ? "written" : "read", "written");
      }
      if (write) {
        for (int v = 0; v < warps; v++) {
          long read = reads[g * warps + v];
          if (read != 0) {
            compare(w, op, lane, laneTime, at, read, strong, "written", "read");
            reads[g * warps + v] = 0;
          }
        }
        writes[g] = cell;
      } else {
        int index = g * warps + w.index;
        long read = reads[index];
        boolean together = read != 0 && read >>> LANE_TIME == cell >>> LANE_TIME;
        boolean other = (int) (read >>> LANE & 31) != lane;
        reads[index] = cell | (together && (other || (read >>> MANY & 1) != 0) ? 1L << MANY : 0);
      }
    }
  }

  private void compare(
      Warp w,
      Op op,
      int lane,
      int laneTime,
      int at,
      long before,
      boolean strong,
      String now,
      String then) {
    if (strong && (before >>> STRONG & 1) != 0) {
      return;
    }
    int warp = (int) (before >>> WARP & 31);
    if (warp != w.index) {
      int time = (int) (before >>> TIME & LIMIT);
      if (time != LIMIT && !w.clock.covers(warp, time)) {
        report(FindingKind.SHARED_RACE, w, op, lane, at, before, now, then);
      }
      return;
    }
    int theirs = (int) (before >>> LANE & 31);
    boolean many = (before >>> MANY & 1) != 0;
    int met = (int) (before >>> LANE_TIME & LIMIT);
    boolean sameTime =
        met != LIMIT && laneTime <= met && w.clock.now() == (before >>> TIME & LIMIT);
    if (sameTime && (many || theirs != lane)) {
      report(FindingKind.WARP_RACE, w, op, lane, at, before, now, then);
    }
  }

  private void report(
      FindingKind kind, Warp w, Op op, int lane, int at, long before, String now, String then) {
    Op other = block.grid.kernel.op((int) (before & (1 << OP_BITS) - 1));
    Warp otherWarp = block.warps()[(int) (before >>> WARP & 31)];
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
