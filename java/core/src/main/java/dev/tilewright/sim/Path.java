package dev.tilewright.sim;

/** Lanes of a warp that run together: one place in the code, one frame. */
final class Path {
  int mask;
  int pc;
  Frame frame;
  Join join;

  /** The instruction that it waits at, or null when it may run. */
  SyncOp waiting;

  /** Of the lanes, those that take part in what it waits for. */
  int waitingLanes;

  /** Whether the block's barrier holds it, so that the warp alone cannot go on. */
  boolean held;

  Path(int mask, int pc, Frame frame, Join join) {
    this.mask = mask;
    this.pc = pc;
    this.frame = frame;
    this.join = join;
  }

  boolean runnable() {
    return waiting == null;
  }
}
