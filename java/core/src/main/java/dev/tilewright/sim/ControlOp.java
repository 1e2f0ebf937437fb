package dev.tilewright.sim;

/** An instruction that decides where and when its lanes go on. */
abstract class ControlOp extends Op {
  @Override
  final void run(Warp warp, int mask) {
    throw new IllegalStateException();
  }

  /**
   * Takes one step of a path that stands at this instruction.
   *
   * @param mask the lanes of the path that the guard lets through; it may be empty
   */
  abstract void step(Warp warp, Path path, int mask);
}
