package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Operand;

/** Branches, return, exit (ISA section 9.7.12). */
final class ControlOps {
  private ControlOps() {}

  static final class Branch extends ControlOp {
    private final int target;
    private final int meet;

    Branch(int target, int meet) {
      this.target = target;
      this.meet = meet;
    }

    @Override
    void step(Warp warp, Path path, int mask) {
      if (mask == path.mask) {
        path.pc = target;
      } else if (mask == 0) {
        path.pc = pc + 1;
      } else {
        warp.split(path, mask, target, pc + 1, meet);
      }
    }
  }

  /** brx.idx: an index chooses the label. */
  static final class IndexedBranch extends ControlOp {
    private final int index;
    private final int[] targets;
    private final int meet;

    IndexedBranch(int index, int[] targets, int meet) {
      this.index = index;
      this.targets = targets;
      this.meet = meet;
    }

    @Override
    void step(Warp warp, Path path, int mask) {
      if (mask != path.mask && mask != 0) {
        warp.split(path, mask, pc, pc + 1, meet);
        return;
      }
      if (mask == 0) {
        path.pc = pc + 1;
        return;
      }
      int first = Integer.numberOfTrailingZeros(mask);
      int chosen = warp.ints[index][first];
      int same = 0;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        same |= warp.ints[index][lane] == chosen ? 1 << lane : 0;
      }
      if (chosen < 0 || chosen >= targets.length) {
        String text = "index " + chosen + " is beyond the " + targets.length + " labels";
        warp.block.checker.outOfBounds(warp, this, first, chosen, 0, text);
        warp.exit(path, same);
        return;
      }
      if (same == mask) {
        path.pc = targets[chosen];
      } else {
        warp.split(path, same, targets[chosen], pc, meet);
      }
    }
  }

  static boolean isBranch(Op op) {
    return op instanceof Branch || op instanceof IndexedBranch;
  }

  /** The end of a routine: back to the caller, or out of the kernel. */
  static final class Return extends ControlOp {
    private final int end;

    Return(int end) {
      this.end = end;
    }

    @Override
    void step(Warp warp, Path path, int mask) {
      if (mask == 0) {
        path.pc = pc + 1;
      } else if (pc != end) {
        if (mask == path.mask) {
          path.pc = end; // Lanes that diverged inside meet at the end first.
        } else {
          warp.split(path, mask, end, pc + 1, end);
        }
      } else if (path.frame.caller == null) {
        warp.exit(path, path.mask);
      } else {
        Calls.leave(path);
      }
    }
  }

  static final class Exit extends ControlOp {
    @Override
    void step(Warp warp, Path path, int mask) {
      if (mask != path.mask) {
        path.pc = pc + 1;
      }
      if (mask != 0) {
        warp.exit(path, mask);
      }
    }
  }

  /** trap: the whole launch ends. */
  static final class Trap extends ControlOp {
    @Override
    void step(Warp warp, Path path, int mask) {
      path.pc = pc + 1;
      if (mask != 0) {
        int lane = Integer.numberOfTrailingZeros(mask);
        warp.block.checker.report(FindingKind.TRAP, warp, this, lane, 0, "the kernel trapped");
        warp.block.grid.stop();
      }
    }
  }

  static Op branch(Decoder d, Instruction i, int pc) {
    return new Branch(((Operand.Label) i.source(0)).index(), d.meetingPoint(pc));
  }

  static Op indexed(Decoder d, Instruction i, int pc) {
    Operand.Targets targets = (Operand.Targets) i.source(1);
    int[] at = targets.labels().stream().mapToInt(Operand.Label::index).toArray();
    return new IndexedBranch(d.intSource(i.source(0)), at, d.meetingPoint(pc));
  }
}
