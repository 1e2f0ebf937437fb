package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;

/** An instruction without semantics in the engine: the kernels that reach it are refused. */
final class Unsupported extends RuntimeException {
  private static final long serialVersionUID = 1L;
  final transient Instruction instruction;

  Unsupported(Instruction instruction, String reason) {
    super(reason);
    this.instruction = instruction;
  }
}
