package dev.tilewright.sim;

import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.StateSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A warp: 32 lanes, some of them at different places. It runs one path at a time until all wait or
 * its share of steps is used; then it can be taken up again.
 */
final class Warp {
  static final int SIZE = 32;
  private static final int PATIENCE = 64;
  private static final int FACTORS = 16;

  final Block block;
  final int index;

  /** The lanes that have not left the kernel. */
  int live;

  final List<Path> paths = new ArrayList<>();

  /** The frame of the path that runs. */
  Frame frame;

  int[][] ints;
  long[][] longs;
  int[] predicates;
  final int[] scratchInts = new int[SIZE];

  /** Operands of the instruction that runs, after a change. */
  final int[][] operands = new int[3][SIZE];

  final long[] scratchLongs = new long[SIZE];

  /** How many reads in this share of steps polled a flag that others set. */
  int polls;

  /** The instruction that polled last, or null when none did in this share. */
  Op polling;

  int pollingLanes;

  final LocalMemory local = new LocalMemory();
  final AsyncCopies copies = new AsyncCopies();
  final BulkCopies bulk = new BulkCopies();
  final Clock clock;

  /** Of the memory instruction that runs: the lanes' addresses, then their places in a segment. */
  final long[] addresses = new long[SIZE];

  final int[] places = new int[SIZE];

  /** Of the matrix product that runs. */
  private final Unpacked[] factors = new Unpacked[FACTORS];

  final TensorCore.Scratch sums = new TensorCore.Scratch();

  /** Where the access that an instruction looks at lies: the space, and the place in it. */
  StateSpace foundSpace;

  int foundAt;

  /** What a fence of the warp made ready to be released by its next strong writes, or null. */
  BlockClock fenced;

  /** What the warp's strong reads saw released, for its next fence to acquire, or null. */
  BlockClock observed;

  /** As these, for the threads of the block: see {@link Messages}. */
  int[] fencedClock;

  int[] observedClock;
  int observedLanes;

  /** Of each lane, how often it met other lanes: orders their accesses. */
  final int[] laneTimes = new int[SIZE];

  /** Instructions run, each counted once for the warp. */
  long steps;

  /** Instructions run, counted for each lane. */
  long laneSteps;

  Warp(Block block, int index) {
    this.block = block;
    this.index = index;
    this.clock = new Clock(index, block.warpCount());
    int threads = Math.min(SIZE, block.threads() - index * SIZE);
    live = threads == SIZE ? -1 : (1 << threads) - 1;
  }

  /** The factor that an instruction took last which has the same key, or another one. */
  Unpacked factor(int key) {
    int at = key & FACTORS - 1;
    if (factors[at] == null) {
      factors[at] = new Unpacked();
    }
    return factors[at];
  }

  void begin(Code code, Segment params) {
    Frame first = new Frame(code, null, 0, 0, this);
    first.params = new Segment[SIZE];
    Arrays.fill(first.params, params);
    local.reach(code.localBytes);
    paths.add(new Path(live, 0, first, null));
  }

  private void enter(Frame of) {
    frame = of;
    ints = of.ints;
    longs = of.longs;
    predicates = of.predicates;
  }

  /** For the work that an instruction does on behalf of a path that is not the one running. */
  void as(Path path) {
    enter(path.frame);
  }

  boolean done() {
    return live == 0;
  }

  boolean runnable() {
    for (Path path : paths) {
      if (path.runnable()) {
        return true;
      }
    }
    return false;
  }

  private Path pick() {
    for (Path path : paths) {
      if (path.runnable()) {
        return path;
      }
    }
    return null;
  }

  /** Runs at most so many instructions. */
  void run(int quantum) {
    polls = 0;
    polling = null;
    long end = steps + quantum;
    while (steps < end && !block.grid.stopped()) {
      Path path = pick();
      if (path == null && !unblock()) {
        return;
      }
      if (path != null) {
        runPath(path, end);
        if (polls > PATIENCE) {
          releaseJoins();
          paths.add(paths.remove(0));
          return;
        }
      }
    }
    if (paths.size() > 1) {
      releaseJoins();
      paths.add(paths.remove(0)); // Fair to the other paths.
    }
  }

  private void runPath(Path path, long end) {
    enter(path.frame);
    Frame at = path.frame;
    Op[] ops = at.code.ops;
    int pc = path.pc;
    int mask = path.mask;
    int lanes = Integer.bitCount(mask);
    int meet = path.join != null && path.join.frame == at ? path.join.pc : -1;
    long count = steps;
    long laneCount = 0;
    while (true) {
      if (pc == meet) {
        path.pc = pc;
        steps = count;
        laneSteps += laneCount;
        arrive(path);
        return;
      }
      Op op = ops[pc];
      int m = mask;
      int guard = op.guard;
      if (guard >= 0) {
        m &= predicates[guard] ^ op.guardFlip;
        if ((mask & ~at.predicatesDefined[guard]) != 0) {
          block.checker.undefinedPredicate(this, op, guard, mask & ~at.predicatesDefined[guard]);
          at.predicatesDefined[guard] |= mask;
        }
      }
      count++;
      laneCount += lanes;
      if (op.control) {
        path.pc = pc;
        steps = count;
        laneSteps += laneCount;
        ((ControlOp) op).step(this, path, m);
        return;
      }
      if (m != 0) {
        op.run(this, m);
      }
      pc++;
      if (count >= end || polls > PATIENCE) {
        path.pc = pc;
        steps = count;
        laneSteps += laneCount;
        return;
      }
    }
  }

  /**
   * Lanes of a path go two ways and meet again.
   *
   * @param meet where, or -1 when they do not
   */
  void split(Path path, int first, int firstPc, int secondPc, int meet) {
    Join join = path.join;
    if (meet < 0) {
      paths.add(new Path(path.mask & ~first, secondPc, path.frame, join));
      path.mask = first;
      path.pc = firstPc;
      return;
    }
    if (join == null || join.frame != path.frame || join.pc != meet) {
      join = new Join(path.join, path.frame, meet, path.mask);
    }
    Path other = new Path(path.mask & ~first, secondPc, path.frame, join);
    path.join = join;
    path.mask = first;
    path.pc = firstPc;
    paths.add(block.secondFirst() ? 0 : paths.size(), other);
  }

  private void arrive(Path path) {
    Join join = path.join;
    join.arrived |= path.mask;
    paths.remove(path);
    meet(join, 0);
  }

  /** Lets the lanes at a join go on when all are there; those that are nowhere do not count. */
  private void meet(Join join, int at) {
    if (join.arrived == join.expected && join.arrived != 0) {
      paths.add(at, new Path(join.arrived, join.pc, join.frame, join.parent));
      join.arrived = 0;
      join.expected = 0;
    }
  }

  /** Lanes of a path leave the kernel. */
  void exit(Path path, int lanes) {
    live &= ~lanes;
    path.mask &= ~lanes;
    if (path.mask == 0) {
      paths.remove(path);
    }
    for (Join join = path.join; join != null; join = join.parent) {
      join.expected &= ~lanes;
      meet(join, paths.size());
    }
    block.left(this, lanes);
    parked();
  }

  /** A path began to wait, or lanes left: perhaps others that wait can go on. */
  void parked() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Path path : List.copyOf(paths)) {
        if (path.waiting != null && !path.held && path.waiting.retry(this, path)) {
          changed = true;
          break;
        }
      }
    }
  }

  /** No path can run: lets go what waits in vain. False when only the block can help. */
  private boolean unblock() {
    for (Path path : paths) {
      if (path.waiting instanceof AlignedOp && !path.held) {
        return path.waiting.giveUp(this, path);
      }
    }
    if (releaseJoins()) {
      return true;
    }
    for (Path path : paths) {
      if (path.waiting != null && !path.held && path.waiting.giveUp(this, path)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Lets lanes go on without those that they should meet: every thread makes progress, as on
   * devices with independent thread scheduling.
   */
  private boolean releaseJoins() {
    for (Path path : paths) {
      for (Join join = path.join; join != null; join = join.parent) {
        if (join.arrived != 0) {
          int lanes = join.arrived;
          join.arrived = 0;
          join.expected &= ~lanes;
          paths.add(new Path(lanes, join.pc, join.frame, join.parent));
          return true;
        }
      }
    }
    return false;
  }

  /** Notes a read of what others write: a loop around it may wait for them. */
  void poll(Op op, int lanes) {
    polls++;
    polling = op;
    pollingLanes = lanes;
  }

  /** Ends the share of steps: the lanes sleep. */
  void sleep() {
    polls = PATIENCE + 1;
  }

  /** A special register that stays the same while the warp lives. */
  int[] special(Operand.Special special) {
    int[] lanes = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      lanes[i] = block.special(special.register(), special.index(), index * SIZE + i);
    }
    return lanes;
  }

  /** The lanes are ordered behind all that the warp did before, by a barrier of the block. */
  void metAll(int lanes) {
    int time = 0;
    for (int each : laneTimes) {
      time = Math.max(time, each);
    }
    for (int m = lanes; m != 0; m &= m - 1) {
      laneTimes[Integer.numberOfTrailingZeros(m)] = time + 1;
    }
  }

  /** Whether it only polled in its last share of steps. */
  boolean spun() {
    return polling != null && polls > PATIENCE;
  }

  /** The lanes met: what each did before lies before what each does from now on. */
  void met(int lanes) {
    int time = 0;
    for (int m = lanes; m != 0; m &= m - 1) {
      time = Math.max(time, laneTimes[Integer.numberOfTrailingZeros(m)]);
    }
    for (int m = lanes; m != 0; m &= m - 1) {
      laneTimes[Integer.numberOfTrailingZeros(m)] = time + 1;
    }
  }

  /** Puts the lanes of a mask from scratch into a register. */
  static void blend(int[] into, int[] from, int mask) {
    for (int m = mask; m != 0; m &= m - 1) {
      int i = Integer.numberOfTrailingZeros(m);
      into[i] = from[i];
    }
  }

  static void blend(long[] into, long[] from, int mask) {
    for (int m = mask; m != 0; m &= m - 1) {
      int i = Integer.numberOfTrailingZeros(m);
      into[i] = from[i];
    }
  }
}
