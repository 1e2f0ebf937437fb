package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;

/** bar.sync, bar.arrive, bar.red and barrier.* (ISA section 9.7.13.1). */
final class BarrierOp extends AlignedOp {
  private final boolean aligned;
  private final boolean waits;
  private final boolean reduces;
  private final int id;
  private final int threads;
  private final PredicateSource truth;
  private final int destination;

  private BarrierOp(
      boolean aligned, boolean waits, int id, int threads, PredicateSource truth, int destination) {
    this.aligned = aligned;
    this.waits = waits;
    this.id = id;
    this.threads = threads;
    this.truth = truth;
    this.reduces = truth != null;
    this.destination = destination;
  }

  static Op decode(Decoder d, Instruction i) {
    boolean reduces = i.opcode() == Opcode.BAR_RED || i.opcode() == Opcode.BARRIER_RED;
    boolean aligned = i.opcode().mnemonic().startsWith("bar.") || i.modifiers().has("aligned");
    int operands = i.sources().size();
    boolean counted = operands == (reduces ? 3 : 2);
    PredicateSource truth = reduces ? d.predicate(i.source(operands - 1)) : null;
    int destination =
        !reduces
            ? -1
            : i.modifiers().has("popc")
                ? d.intDestination(i.destination())
                : d.predicateDestination(i.destination());
    boolean waits = i.opcode() != Opcode.BAR_ARRIVE && i.opcode() != Opcode.BARRIER_ARRIVE;
    int threads = counted ? d.intSource(i.source(1)) : -1;
    return new BarrierOp(aligned, waits, d.intSource(i.source(0)), threads, truth, destination);
  }

  boolean waits() {
    return waits;
  }

  @Override
  boolean arrive(Warp warp, Path path) {
    if (aligned) {
      return super.arrive(warp, path);
    }
    path.pc++;
    perform(warp, path.mask);
    return true;
  }

  @Override
  void perform(Warp warp, int lanes) {
    for (int rest = lanes; rest != 0; ) {
      int lane = Integer.numberOfTrailingZeros(rest);
      int barrier = warp.ints[id][lane];
      int count = threads < 0 ? 0 : warp.ints[threads][lane];
      int same = 0;
      for (int m = rest; m != 0; m &= m - 1) {
        int other = Integer.numberOfTrailingZeros(m);
        if (warp.ints[id][other] == barrier
            && (threads < 0 || warp.ints[threads][other] == count)) {
          same |= 1 << other;
        }
      }
      rest &= ~same;
      if (barrier < 0 || barrier >= Block.BARRIERS) {
        warp.block.checker.misuse(warp, this, same, "there is no barrier " + barrier);
      } else {
        int truths = reduces ? truth.read(warp) : 0;
        warp.block.barrier(barrier).arrive(warp, this, same, count, truths);
      }
    }
  }

  /** The barrier is complete: writes a reduction's result for a path that waited. */
  void result(Path path, boolean and, boolean or, int population) {
    if (!reduces) {
      return;
    }
    Frame frame = path.frame;
    if (instruction.modifiers().has("popc")) {
      for (int m = path.mask; m != 0; m &= m - 1) {
        frame.ints[destination][Integer.numberOfTrailingZeros(m)] = population;
      }
      frame.intsDefined[destination] |= path.mask;
    } else {
      boolean value = instruction.modifiers().has("and") ? and : or;
      int old = frame.predicates[destination];
      frame.predicates[destination] = value ? old | path.mask : old & ~path.mask;
      frame.predicatesDefined[destination] |= path.mask;
    }
  }
}
