package dev.tilewright.sim;

import dev.tilewright.ptx.Opcode;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Notes which block accessed each word of global memory last, and reports accesses of two blocks
 * that nothing orders (ISA section 8). Two strong accesses whose scopes reach the whole device
 * never race. An order comes of a release seen by an acquire: each of the forms with .release and
 * .acquire, or a fence before a strong write and one after a strong read. A block counts as one
 * thread here: what happens inside is {@link SharedShadow}'s and the barriers' matter.
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

  private static final class Cells {
    private final long[] writes;
    private final long[] reads;

    /** The last reader of another block than the last reader. */
    private final long[] others;

    Cells(int count) {
      writes = new long[count];
      reads = new long[count];
      others = new long[count];
    }
  }

  private record Place(Segment segment, int at) {}

  private final Grid grid;
  private final int granule;
  private final Map<Segment, Cells> cells = new IdentityHashMap<>();
  private final Map<Place, BlockClock> released = new HashMap<>();
  private final Map<Op, Boolean> guesses = new IdentityHashMap<>();
  private Segment lastSegment;
  private Cells lastCells;

  GlobalShadow(Grid grid, int granule) {
    this.grid = grid;
    this.granule = Integer.numberOfTrailingZeros(granule);
  }

  private Cells of(Segment segment) {
    if (segment != lastSegment) {
      lastSegment = segment;
      lastCells = cells.computeIfAbsent(segment, s -> new Cells((s.bytes() >> granule) + 1));
    }
    return lastCells;
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
    Cells in = of(segment);
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
    for (int g = at >> granule; g <= last; g++) {
      long before = in.writes[g];
      if (before != 0 && before >>> BLOCK != block && !(write && same)) {
        compare(w, op, lane, segment, at, before, write ? "written" : "read", "written");
      }
      if (write) {
        if (in.reads[g] != 0) {
          compare(w, op, lane, segment, at, in.reads[g], "written", "read");
          if (in.others[g] != 0) {
            compare(w, op, lane, segment, at, in.others[g], "written", "read");
          }
          in.reads[g] = 0;
          in.others[g] = 0;
        }
        in.writes[g] = cell;
      } else {
        if (in.reads[g] != 0 && in.reads[g] >>> BLOCK != block) {
          in.others[g] = in.reads[g];
        }
        in.reads[g] = cell;
      }
    }
  }

  private void compare(
      Warp w,
      MemoryOp op,
      int lane,
      Segment segment,
      int at,
      long before,
      String now,
      String then) {
    long block = (before >>> BLOCK) - 1;
    long time = before >>> TIME & LIMIT;
    boolean strong = op.reachesDevice() && (before >>> STRONG & 1) != 0;
    if (block == w.block.number || strong || time == LIMIT) {
      return;
    }
    if (w.block.clock.covers(block, (int) time)) {
      return;
    }
    Op other = grid.kernel.op((int) (before & (1 << OP_BITS) - 1));
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
            before >>> LANE & (1 << LANE_BITS) - 1,
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
  void publish(Warp w, MemoryOp op, Segment segment, int at, boolean alsoReads) {
    BlockClock out = op.releases() ? w.block.clock.copy() : w.fenced;
    Place place = new Place(segment, at);
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
  void observe(Warp w, MemoryOp op, Segment segment, int at) {
    BlockClock there = released.get(new Place(segment, at));
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
