package dev.tilewright.sim;

/**
 * An instruction that all lanes of a warp must run together ({@code .aligned}). Lanes that come one
 * after the other wait for each other: PTX defines the result only when the warp is converged, and
 * the order in which branches run is not to be seen.
 */
abstract class AlignedOp extends SyncOp {
  /** Runs for all live lanes; the path is the only one, or stands for all. */
  abstract void perform(Warp warp, int lanes);

  @Override
  boolean arrive(Warp warp, Path path) {
    if (path.mask != warp.live) {
      return false;
    }
    path.pc++;
    perform(warp, path.mask);
    return true;
  }

  @Override
  boolean retry(Warp warp, Path path) {
    int lanes = 0;
    for (Path each : warp.paths) {
      if (each.waiting == this && !each.held && each.frame == path.frame) {
        lanes |= each.waitingLanes;
      }
    }
    if (lanes != warp.live) {
      return false;
    }
    go(warp, path.frame, lanes);
    return true;
  }

  private void go(Warp warp, Frame frame, int lanes) {
    for (Path each : warp.paths) {
      if (each.waiting == this && !each.held && each.frame == frame) {
        warp.as(each);
        each.waiting = null;
        each.pc++;
      }
    }
    perform(warp, lanes);
  }

  @Override
  boolean giveUp(Warp warp, Path path) {
    warp.block.checker.divergent(warp, this, path.waitingLanes);
    int lanes = 0;
    for (Path each : warp.paths) {
      if (each.waiting == this && !each.held && each.frame == path.frame) {
        lanes |= each.waitingLanes;
      }
    }
    go(warp, path.frame, lanes);
    return true;
  }
}
