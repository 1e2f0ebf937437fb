package dev.tilewright.sim;

import java.util.ArrayList;
import java.util.List;

/** One phase of one of a block's 16 barriers (ISA section 9.7.13.1). */
final class BlockBarrier {
  /** Lanes of a warp that wait. */
  record Waiter(Warp warp, Path path, BarrierOp op) {}

  private static final int ALL = -1;

  private final Block block;
  private final int id;
  private final List<Waiter> waiters = new ArrayList<>();
  private final int[] before;
  private int count;
  private int arrived;
  private boolean and = true;
  private boolean or;
  private int population;

  BlockBarrier(Block block, int id) {
    this.block = block;
    this.id = id;
    this.before = new int[block.warpCount()];
  }

  int expected() {
    return count == ALL ? block.liveThreads() : count;
  }

  int arrived() {
    return arrived;
  }

  /** How many threads it is for, in words. */
  String size() {
    return name(count);
  }

  List<Waiter> waiters() {
    return waiters;
  }

  /**
   * Lanes arrive.
   *
   * @param threads how many threads the instruction names, 0 for all of the block
   * @param truths the lanes whose predicate is true, of a reduction
   */
  void arrive(Warp warp, BarrierOp op, int lanes, int threads, int truths) {
    int wanted = threads == 0 ? ALL : threads;
    if (threads % Warp.SIZE != 0) {
      block.checker.misuse(
          warp, op, lanes, "a barrier for " + threads + " threads, which is no multiple of 32");
    }
    if (count != 0 && count != wanted) {
      block.checker.misuse(
          warp,
          op,
          lanes,
          "barrier "
              + id
              + " is for "
              + name(wanted)
              + " threads here, and for "
              + name(count)
              + " where others wait already");
    } else {
      count = wanted;
    }
    boolean whole = lanes == warp.live;
    arrived += count != ALL && whole ? Warp.SIZE : Integer.bitCount(lanes);
    and &= (truths & lanes) == lanes;
    or |= (truths & lanes) != 0;
    population += Integer.bitCount(truths & lanes);
    warp.clock.addTo(before);
    warp.clock.tick();
    warp.met(lanes);
    if (op.waits()) {
      for (Path path : warp.paths) {
        if ((path.mask & lanes) != 0 && path.pc == op.pc + 1) {
          path.waiting = op;
          path.waitingLanes = path.mask;
          path.held = true;
          waiters.add(new Waiter(warp, path, op));
        }
      }
    }
    if (count == ALL) {
      completeIfAll();
    } else if (arrived >= count) {
      complete();
    }
  }

  private static String name(int count) {
    return count == ALL ? "all" : Integer.toString(count);
  }

  void completeIfAll() {
    if (count == ALL && arrived >= block.liveThreads() && arrived > 0) {
      complete();
    }
  }

  private void complete() {
    block.completed(id, name(count));
    for (Waiter waiter : waiters) {
      waiter.warp.clock.join(before);
      waiter.path.waiting = null;
      waiter.path.held = false;
      waiter.op.result(waiter.path, and, or, population);
    }
  }
}
