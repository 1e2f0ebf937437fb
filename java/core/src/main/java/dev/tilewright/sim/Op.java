package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;

/** A decoded instruction: it works on all lanes of a warp at once. */
abstract class Op {
  /** What it was decoded from. */
  Instruction instruction;

  int pc;

  /** Its number among the operations of the kernel. */
  int id;

  /** The predicate that guards it, or -1. */
  int guard = -1;

  /** -1 when it runs where the guard is false. */
  int guardFlip;

  /** Whether it decides where its lanes go on: then {@link ControlOp#step} is called. */
  final boolean control;

  Op() {
    control = this instanceof ControlOp;
  }

  /** Runs it in the lanes of a mask that is not empty. */
  abstract void run(Warp warp, int mask);
}
