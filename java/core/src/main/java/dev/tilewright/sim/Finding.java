package dev.tilewright.sim;

import java.util.List;

/**
 * A fault of a kernel, reported once for each kind and instruction.
 *
 * @param kind what it is
 * @param message the whole story in words
 * @param kernel the kernel that ran
 * @param instruction the text of the instruction, "" when none is to blame
 * @param ptxLine its line in the PTX, 0 when none
 * @param source the user's line, {@code scan.cu:12}, "" when the PTX has no line information
 * @param block the block's coordinates
 * @param thread the thread's coordinates in its block
 * @param address the address it concerns, 0 when none
 */
public record Finding(
    FindingKind kind,
    String message,
    String kernel,
    String instruction,
    int ptxLine,
    String source,
    List<Integer> block,
    List<Integer> thread,
    long address) {
  /** Copies the lists. */
  public Finding {
    block = List.copyOf(block);
    thread = List.copyOf(thread);
  }

  @Override
  public String toString() {
    String where = source.isEmpty() ? "line " + ptxLine + " of the PTX" : source;
    return kind + " at " + where + ": " + message;
  }
}
