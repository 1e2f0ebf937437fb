package dev.tilewright.sim;

import dev.tilewright.ptx.Opcode;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Notes who accessed each word of global memory last, and reports accesses that nothing orders (ISA
 * section 8). Two strong accesses whose scopes reach each other never race. Between blocks an order
 * comes of a release seen by an acquire: each of the forms with .release and .acquire, or a fence
 * before a strong write and one after a strong read; the other block counts as one thread. Within a
 * block, warps and lanes are ordered as in {@link SharedShadow}.
 */
final class GlobalShadow {
  private static final int OP_BITS = 15;
  private static final int STRONG = OP_BITS;
  private static final int LANE = STRONG + 1;
  private static final int LANE_BITS = 10;
  private static final int TIME = LANE + LANE_BITS;
  private static final int TIME_BITS = 14;
  private static final int BLOCK = TIME + TIME_BITS;
  private static final long LIMIT = (1L << TIME_BITS) - 1;

  /** In a time: other lanes of the warp read then, too. */
  private static final long MANY = 1L << 63;

  /** The words that lie together. */
  private static final class Page {
    private static final int BITS = 10;
    private static final int SIZE = 1 << BITS;
    private final long[] writes = new long[SIZE];
    private final long[] reads = new long[SIZE];

    /** The last reader of another block than the last reader. */
    private final long[] others = new long[SIZE];

    /** Of the last write and read, when they were within their block: {@link #timeOf}. */
    private final long[] writeTimes = new long[SIZE];

    private final long[] readTimes = new long[SIZE];
  }

  private final Grid grid;
  private final int granule;
  private final Map<Segment, Page[]> pages = new IdentityHashMap<>();
  private final Map<Messages.Place, BlockClock> released = new HashMap<>();
  private final Map<Op, Boolean> guesses = new IdentityHashMap<>();
  private Segment lastSegment;
  private Page[] lastPages;

  GlobalShadow(Grid grid, int granule) {
    this.grid = grid;
    this.granule = Integer.numberOfTrailingZeros(granule);
  }

  private Page[] of(Segment segment) {
    if (segment != lastSegment) {
      lastSegment = segment;
      int count = (segment.bytes() >> granule + Page.BITS) + 1;
      lastPages = pages.computeIfAbsent(segment, s -> new Page[count]);
    }
    return lastPages;
  }

  void access(
      Warp w,
      MemoryOp op,
      int lane,
      Segment segment,
      int at,
      int bytes,
      boolean write,
      boolean same) {
    Page[] all = of(segment);
    BlockClock clock = w.block.clock;
    int thread = w.index * Warp.SIZE + lane;
    long block = w.block.number + 1;
    long cell =
        block << BLOCK
            | Math.min(clock.now(), LIMIT) << TIME
            | (long) thread << LANE
            | (op.reachesDevice() ? 1L << STRONG : 0)
            | op.id & (1 << OP_BITS) - 1;
    int last = at + bytes - 1 >> granule;
    long time = timeOf(w, lane) | (op.collective ? MANY : 0);
    for (int word = at >> granule; word <= last; word++) {
      Page in = all[word >> Page.BITS];
      if (in == null) {
        in = new Page();
        all[word >> Page.BITS] = in;
      }
      int g = word & Page.SIZE - 1;
      long before = in.writes[g];
      if (before != 0 && !(write && same)) {
        String now = write ? "written" : "read";
        compare(w, op, lane, segment, at, before, in.writeTimes[g], now, "written");
      }
      long read = in.reads[g];
      if (write) {
        if (read != 0) {
          compare(w, op, lane, segment, at, read, in.readTimes[g], "written", "read");
          if (in.others[g] != 0) {
            compare(w, op, lane, segment, at, in.others[g], 0, "written", "read");
          }
          in.reads[g] = 0;
          in.others[g] = 0;
        }
        in.writes[g] = cell;
        in.writeTimes[g] = time;
      } else {
        long many = 0;
        if (read >>> BLOCK != block) {
          in.others[g] = read;
        } else if (((in.readTimes[g] ^ time) & ~MANY) == 0) {
          long difference = (read ^ cell) >>> LANE & (1 << LANE_BITS) - 1;
          many = difference != 0 && difference < Warp.SIZE ? MANY : in.readTimes[g] & MANY;
        }
        in.reads[g] = cell;
        in.readTimes[g] = time | many;
      }
    }
  }

  /** When a lane is, within its block: the clock of the warp, and how often the lane met others. */
  private static long timeOf(Warp w, int lane) {
    return (long) w.clock.now() << 32 | w.laneTimes[lane];
  }

  /** Whether an earlier access of the same block lies before now. */
  private static boolean isOrdered(Warp w, int lane, boolean collective, int thread, long before) {
    int time = (int) ((before & ~MANY) >>> 32);
    int warp = thread / Warp.SIZE;
    if (warp != w.index) {
      return w.clock.covers(warp, time);
    }
    boolean sameLane = thread % Warp.SIZE == lane && (before & MANY) == 0 && !collective;
    return sameLane || w.laneTimes[lane] > (int) before || w.clock.now() != time;
  }

  private void compare(
      Warp w,
      MemoryOp op,
      int lane,
      Segment segment,
      int at,
      long before,
      long timeInBlock,
      String now,
      String then) {
    long block = (before >>> BLOCK) - 1;
    int thread = (int) (before >>> LANE & (1 << LANE_BITS) - 1);
    Op other = grid.kernel.op((int) (before & (1 << OP_BITS) - 1));
    if (block == w.block.number) {
      boolean strong = op.strong && other instanceof MemoryOp o && o.strong;
      if (strong || isOrdered(w, lane, op.collective, thread, timeInBlock)) {
        return;
      }
    } else {
      long time = before >>> TIME & LIMIT;
      boolean strong = op.reachesDevice() && (before >>> STRONG & 1) != 0;
      if (strong || time == LIMIT || w.block.clock.covers(block, (int) time)) {
        return;
      }
    }
    if (w.block.checker.isKnown(FindingKind.GLOBAL_RACE, op)) {
      return;
    }
    if (isFirstGuess(op, other) || isFirstGuess(other, op)) {
      return;
    }
    String text =
        String.format(
            "%s at byte %d is %s, and was %s by block %d, thread %d at %s: %s;"
                + " nothing orders the two",
            segment.name,
            at,
            now,
            then,
            block,
            thread,
            Checker.place(other.instruction),
            other.instruction.text());
    w.block.checker.report(FindingKind.GLOBAL_RACE, w, op, lane, segment.base + at, text);
  }

  /**
   * The plain read with which a loop of compare-and-swap begins, as the CUDA Programming Guide and
   * the toolkit's headers write it: a stale value only costs a round.
   */
  private boolean isFirstGuess(Op read, Op atomic) {
    return atomic instanceof MemoryOp strong
        && strong.reachesDevice()
        && read.instruction.opcode() == Opcode.LD
        && (read.instruction.location().filter(l -> !l.equals(l.user())).isPresent()
            || guesses.computeIfAbsent(read, r -> grid.kernel.isCompared(r.instruction)));
  }

  /** A strong write: what the writer released is seen by whoever reads it. */
  void publish(Warp w, MemoryOp op, Messages.Place place, boolean alsoReads) {
    BlockClock out = op.releases() ? w.block.clock.copy() : w.fenced;
    if (out == null) {
      if (!alsoReads) {
        released.remove(place);
      }
      return;
    }
    BlockClock there = released.get(place);
    if (there == null || !alsoReads) {
      released.put(place, out.copy());
    } else {
      there.join(out);
    }
    if (op.releases()) {
      w.block.clock.tick();
    }
  }

  /** A strong read: orders what comes after it, at once or at the next fence. */
  void observe(Warp w, MemoryOp op, Messages.Place place) {
    BlockClock there = released.get(place);
    if (there == null) {
      return;
    }
    if (op.acquires()) {
      w.block.clock.join(there);
    } else if (w.observed == null) {
      w.observed = there.copy();
    } else {
      w.observed.join(there);
    }
  }

  /** A fence for the device. */
  static void fence(Warp w) {
    if (w.observed != null) {
      w.block.clock.join(w.observed);
      w.observed = null;
    }
    w.fenced = w.block.clock.copy();
    w.block.clock.tick();
  }
}
