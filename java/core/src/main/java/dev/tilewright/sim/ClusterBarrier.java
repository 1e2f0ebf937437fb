package dev.tilewright.sim;

import java.util.ArrayList;
import java.util.List;

/** The hardware barrier of a cluster (ISA section 9.7.13.4) that is one block. */
final class ClusterBarrier {
  private record Waiter(Warp warp, Path path) {}

  private final Block block;
  private final List<Waiter> waiters = new ArrayList<>();
  private int[] before;

  /** What happened before the last phase was complete. */
  private int[] last;

  /** The lanes of each warp that arrived in this phase, and have not waited for the last. */
  private final int[] arrived;

  private final int[] owed;

  ClusterBarrier(Block block, int warps) {
    this.block = block;
    this.before = new int[warps];
    this.last = before;
    this.arrived = new int[warps];
    this.owed = new int[warps];
  }

  void arrive(Warp warp, Op op, int lanes) {
    if ((arrived[warp.index] & lanes) != 0) {
      block.checker.misuse(
          warp, op, arrived[warp.index] & lanes, "arrives twice without a wait between");
    }
    arrived[warp.index] |= lanes;
    owed[warp.index] |= lanes;
    warp.clock.addTo(before);
    warp.clock.tick();
    warp.met(lanes);
    completeIfAll();
  }

  /** The path stands behind the wait. */
  void await(Warp warp, ClusterOps.Wait op, Path path) {
    if ((path.mask & ~owed[warp.index]) != 0) {
      block.checker.misuse(warp, op, path.mask & ~owed[warp.index], "waits without having arrived");
    }
    owed[warp.index] &= ~path.mask;
    if ((path.mask & arrived[warp.index]) == 0) {
      warp.clock.join(last); // The phase is complete already.
      return;
    }
    path.waiting = op;
    path.waitingLanes = path.mask;
    path.held = true;
    waiters.add(new Waiter(warp, path));
  }

  /** Completes the phase when all threads that have not left are there. */
  void completeIfAll() {
    boolean any = false;
    for (Warp warp : block.warps()) {
      if (warp == null || (warp.live & ~arrived[warp.index]) != 0) {
        return;
      }
      any |= arrived[warp.index] != 0;
    }
    if (!any) {
      return;
    }
    for (Warp warp : block.warps()) {
      arrived[warp.index] = 0;
    }
    last = before;
    before = new int[before.length];
    for (Waiter waiter : waiters) {
      waiter.warp.clock.join(last);
      waiter.path.waiting = null;
      waiter.path.held = false;
    }
    waiters.clear();
    block.changes++;
  }
}
