package dev.tilewright.sim;

/** An instruction at which lanes wait for one another. */
abstract class SyncOp extends ControlOp {
  @Override
  final void step(Warp warp, Path path, int mask) {
    if (mask == 0) {
      path.pc++;
    } else if (mask != path.mask) {
      warp.split(path, mask, pc, pc + 1, pc + 1);
    } else if (!arrive(warp, path)) {
      path.waiting = this;
      path.waitingLanes = mask;
      warp.parked();
    }
  }

  /** Tries to run for a path alone; true when it did, and the path stands behind it. */
  abstract boolean arrive(Warp warp, Path path);

  /** Tries again for a waiting path, together with others that wait; true when some went on. */
  abstract boolean retry(Warp warp, Path path);

  /** The warp has no other lane that could run: what cannot come is reported and left out. */
  abstract boolean giveUp(Warp warp, Path path);
}
