package dev.tilewright.sim;

/**
 * Where the lanes of a divergent branch meet again: the immediate post-dominator of the branch, in
 * the frame that branched. The lanes that arrive wait until all that are expected are there.
 */
final class Join {
  final Join parent;
  final Frame frame;
  final int pc;

  /** The lanes that shall come, but for those that have left. */
  int expected;

  int arrived;

  Join(Join parent, Frame frame, int pc, int expected) {
    this.parent = parent;
    this.frame = frame;
    this.pc = pc;
    this.expected = expected;
  }
}
