package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.SourceLocation;
import java.util.List;

/** Turns what goes wrong in a block into findings. */
final class Checker {
  private final Block block;

  Checker(Block block) {
    this.block = block;
  }

  /** Whether a report would tell nothing new: a fault in a loop need not be put in words again. */
  boolean isKnown(FindingKind kind, Op op) {
    return block.grid.findings.isKnown(kind, op.instruction.line());
  }

  void report(FindingKind kind, Warp warp, Op op, int lane, long address, String message) {
    if (isKnown(kind, op)) {
      return;
    }
    Instruction i = op.instruction;
    List<Integer> thread = block.threadOf(warp, lane);
    String text =
        String.format(
            "%s%n  %s, %s, in kernel %s, block %s, thread %s",
            message,
            place(i),
            i.text(),
            block.grid.kernelName(),
            triple(block.at[0], block.at[1], block.at[2]),
            triple(thread.get(0), thread.get(1), thread.get(2)));
    block.grid.findings.add(
        new Finding(
            kind,
            text,
            block.grid.kernelName(),
            i.text(),
            i.line(),
            source(i),
            List.of(block.at[0], block.at[1], block.at[2]),
            thread,
            address));
  }

  private static String triple(int x, int y, int z) {
    return "(" + x + ", " + y + ", " + z + ")";
  }

  static String source(Instruction i) {
    return i.location().map(SourceLocation::user).map(SourceLocation::toString).orElse("");
  }

  static String place(Instruction i) {
    String source = source(i);
    return source.isEmpty() ? "PTX line " + i.line() : source + " (PTX line " + i.line() + ")";
  }

  void outOfBounds(Warp warp, Op op, int lane, long address, int bytes, String where) {
    if (isKnown(FindingKind.OUT_OF_BOUNDS, op)) {
      return;
    }
    report(
        FindingKind.OUT_OF_BOUNDS,
        warp,
        op,
        lane,
        address,
        String.format("access of %d bytes at 0x%x: %s", bytes, address, where));
  }

  void misaligned(Warp warp, Op op, int lane, long address, int align) {
    report(
        FindingKind.MISALIGNED,
        warp,
        op,
        lane,
        address,
        String.format("address 0x%x is no multiple of %d", address, align));
  }

  /** A predicate decides something: the comparison that made it is to blame. */
  void undefinedPredicate(Warp warp, Op op, int predicate, int lanes) {
    Op since = warp.frame.undefinedSince[predicate];
    undefined(
        warp,
        since == null ? op : since,
        lanes,
        "compares a value that comes from memory never written, and a decision hangs on it");
  }

  void undefined(Warp warp, Op op, int lanes, String message) {
    if (block.grid.checks) {
      report(FindingKind.UNINITIALISED, warp, op, Integer.numberOfTrailingZeros(lanes), 0, message);
    }
  }

  void divergent(Warp warp, AlignedOp op, int lanes) {
    report(
        op instanceof BarrierOp ? FindingKind.BARRIER_DIVERGENCE : FindingKind.BARRIER_MISUSE,
        warp,
        op,
        Integer.numberOfTrailingZeros(lanes),
        0,
        String.format(
            "only lanes %08x of warp %d come here; %08x have not left the kernel and do not",
            lanes, warp.index, warp.live & ~lanes));
  }

  void misuse(Warp warp, Op op, int lanes, String message) {
    report(FindingKind.BARRIER_MISUSE, warp, op, Integer.numberOfTrailingZeros(lanes), 0, message);
  }
}
