package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;

/** mul.wide and mad.wide of 32 bits, and shl of 64: what addresses are made with. */
final class WideOps {
  private static final int N = Warp.SIZE;

  private WideOps() {}

  /** The operation, or null when the instruction is another. */
  static Op make(Decoder d, Instruction i) {
    DataType type = i.modifiers().type();
    boolean wide = i.modifiers().has("wide") && type.bits() == 32;
    if (wide && (i.opcode() == Opcode.MUL || i.opcode() == Opcode.MAD)) {
      int c = i.opcode() == Opcode.MAD ? d.longSource(i.source(2)) : d.code().longConstant(0);
      return new Wide(
          type.isSigned(),
          d.longDestination(i.destination()),
          d.intSource(i.source(0)),
          d.intSource(i.source(1)),
          c);
    }
    if (i.opcode() == Opcode.SHL && type.bits() == 64) {
      return new ShiftLeft(
          d.longDestination(i.destination()), d.longSource(i.source(0)), d.intSource(i.source(1)));
    }
    return null;
  }

  private static void finish(Warp w, int to, long[] result, int mask, int known) {
    if (mask != -1) {
      Warp.blend(w.longs[to], result, mask);
    }
    int[] defined = w.frame.longsDefined;
    defined[to] = defined[to] & ~mask | known & mask;
  }

  private static final class Wide extends Op {
    private final long keep;
    private final int to;
    private final int a;
    private final int b;
    private final int c;

    Wide(boolean signed, int to, int a, int b, int c) {
      this.keep = signed ? -1L : 0xFFFFFFFFL;
      this.to = to;
      this.a = a;
      this.b = b;
      this.c = c;
    }

    @Override
    void run(Warp w, int mask) {
      int[] x = w.ints[a];
      int[] y = w.ints[b];
      long[] z = w.longs[c];
      long[] d = mask == -1 ? w.longs[to] : w.scratchLongs;
      for (int i = 0; i < N; i++) {
        d[i] = (x[i] & keep) * (y[i] & keep) + z[i];
      }
      int[] ints = w.frame.intsDefined;
      finish(w, to, d, mask, ints[a] & ints[b] & w.frame.longsDefined[c]);
    }
  }

  private static final class ShiftLeft extends Op {
    private final int to;
    private final int a;
    private final int b;

    ShiftLeft(int to, int a, int b) {
      this.to = to;
      this.a = a;
      this.b = b;
    }

    @Override
    void run(Warp w, int mask) {
      long[] x = w.longs[a];
      int[] y = w.ints[b];
      long[] d = mask == -1 ? w.longs[to] : w.scratchLongs;
      for (int i = 0; i < N; i++) {
        d[i] = y[i] >>> 6 == 0 ? x[i] << y[i] : 0;
      }
      finish(w, to, d, mask, w.frame.longsDefined[a] & w.frame.intsDefined[b]);
    }
  }
}
