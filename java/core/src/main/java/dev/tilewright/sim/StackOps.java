package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Operand;

/** alloca, stacksave and stackrestore (ISA section 9.7.20): memory in a frame, for each lane. */
final class StackOps {
  private static final int ALIGN = 8;
  private static final long MOST = 1 << 20;

  private StackOps() {}

  static Op decode(Decoder d, Instruction i) {
    return switch (i.opcode()) {
      case ALLOCA -> new Allocate(d, i);
      case STACKSAVE -> new Save(d, i.destination());
      default -> new Restore(d, i.source(0));
    };
  }

  private static void put(Warp w, boolean wide, int slot, int lane, long value) {
    if (wide) {
      w.longs[slot][lane] = value;
      w.frame.longsDefined[slot] |= 1 << lane;
    } else {
      w.ints[slot][lane] = (int) value;
      w.frame.intsDefined[slot] |= 1 << lane;
    }
  }

  private static final class Allocate extends Op {
    private final boolean wide;
    private final boolean wideSize;
    private final int to;
    private final int size;
    private final int align;

    Allocate(Decoder d, Instruction i) {
      wide = d.isLong(i.destination());
      to = wide ? d.longDestination(i.destination()) : d.intDestination(i.destination());
      wideSize = d.isLong(i.source(0));
      size = wideSize ? d.longSource(i.source(0)) : d.intSource(i.source(0));
      align = i.sources().size() > 1 ? (int) ((Operand.Imm) i.source(1)).bits() : ALIGN;
      if (Integer.bitCount(align) != 1) {
        throw new Unsupported(i, "an alignment that is no power of two");
      }
    }

    @Override
    void run(Warp w, int mask) {
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        long bytes = wideSize ? w.longs[size][lane] : w.ints[size][lane] & 0xFFFFFFFFL;
        if (bytes < 0 || bytes > MOST) {
          String where = "a thread's stack has at most " + MOST + " bytes";
          w.block.checker.outOfBounds(w, this, lane, 0, 0, where);
          w.block.grid.stop();
          return;
        }
        int begin = w.frame.stackTop(lane) + align - 1 & -align;
        int end = begin + (int) bytes;
        w.frame.stackTop(lane, end);
        w.local.enter(begin, end, 1 << lane);
        put(w, wide, to, lane, begin);
      }
    }
  }

  private static final class Save extends Op {
    private final boolean wide;
    private final int to;

    Save(Decoder d, Operand destination) {
      wide = d.isLong(destination);
      to = wide ? d.longDestination(destination) : d.intDestination(destination);
    }

    @Override
    void run(Warp w, int mask) {
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        put(w, wide, to, lane, w.frame.stackTop(lane));
      }
    }
  }

  private static final class Restore extends Op {
    private final boolean wide;
    private final int from;

    Restore(Decoder d, Operand source) {
      wide = d.isLong(source);
      from = wide ? d.longSource(source) : d.intSource(source);
    }

    @Override
    void run(Warp w, int mask) {
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        long top = wide ? w.longs[from][lane] : w.ints[from][lane];
        int least = w.frame.localBase + w.frame.code.localBytes;
        if (top < least || top > w.frame.stackTop(lane)) {
          String where = "the stack pointer was not saved by this function";
          w.block.checker.outOfBounds(w, this, lane, top, 0, where);
        } else {
          w.frame.stackTop(lane, (int) top);
        }
      }
    }
  }
}
