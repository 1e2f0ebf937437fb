package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.Register;
import java.util.List;

/** The shapes that arithmetic on all lanes has, and the operations made of them. */
final class Lanes {
  private Lanes() {}

  /** On registers of 32 bits; operands that are not used repeat the first. */
  interface Ints {
    void apply(int[] d, int[] a, int[] b, int[] c);
  }

  /** On registers of 64 bits. */
  interface Longs {
    void apply(long[] d, long[] a, long[] b, long[] c);
  }

  /** A comparison: the lanes where it holds. */
  interface IntTest {
    int apply(int[] a, int[] b);
  }

  /** A comparison of 64 bits. */
  interface LongTest {
    int apply(long[] a, long[] b);
  }

  /** One lane's work on bits, zero-extended: for what is rare. */
  interface Scalar {
    long apply(long a, long b, long c, long d);
  }

  static Op ints(Decoder d, Instruction i, Ints f) {
    int a = d.intSource(i.source(0));
    int b = i.sources().size() > 1 ? d.intSource(i.source(1)) : a;
    int c = i.sources().size() > 2 ? d.intSource(i.source(2)) : a;
    return new IntOp(f, d.intDestination(i.destination()), a, b, c);
  }

  static Op longs(Decoder d, Instruction i, Longs f) {
    int a = d.longSource(i.source(0));
    int b = i.sources().size() > 1 ? d.longSource(i.source(1)) : a;
    int c = i.sources().size() > 2 ? d.longSource(i.source(2)) : a;
    return new LongOp(f, d.longDestination(i.destination()), a, b, c);
  }

  static Op scalar(Decoder d, Instruction i, Scalar f) {
    return scalar(d, i.destination(), i.sources(), f);
  }

  static Op scalar(Decoder d, Operand destination, List<Operand> sources, Scalar f) {
    boolean[] wide = new boolean[4];
    int[] slots = {-1, -1, -1, -1};
    for (int s = 0; s < sources.size(); s++) {
      wide[s] = d.isLong(sources.get(s));
      slots[s] = wide[s] ? d.longSource(sources.get(s)) : d.intSource(sources.get(s));
    }
    boolean wideResult = d.isLong(destination);
    int mask = -1;
    if (destination instanceof Operand.Reg reg) {
      Register register = reg.register();
      mask = register.registerClass().bits() == 16 ? 0xFFFF : -1;
    }
    int to = wideResult ? d.longDestination(destination) : d.intDestination(destination);
    return new ScalarOp(f, wideResult, to, mask, wide, slots);
  }

  private static final class IntOp extends Op {
    private final Ints f;
    private final int d;
    private final int a;
    private final int b;
    private final int c;

    IntOp(Ints f, int d, int a, int b, int c) {
      this.f = f;
      this.d = d;
      this.a = a;
      this.b = b;
      this.c = c;
    }

    @Override
    void run(Warp w, int mask) {
      int[][] ints = w.ints;
      int[] defined = w.frame.intsDefined;
      int known = defined[a] & defined[b] & defined[c];
      if (mask == -1) {
        f.apply(ints[d], ints[a], ints[b], ints[c]);
        defined[d] = known;
      } else {
        f.apply(w.scratchInts, ints[a], ints[b], ints[c]);
        Warp.blend(ints[d], w.scratchInts, mask);
        defined[d] = defined[d] & ~mask | known & mask;
      }
    }
  }

  private static final class LongOp extends Op {
    private final Longs f;
    private final int d;
    private final int a;
    private final int b;
    private final int c;

    LongOp(Longs f, int d, int a, int b, int c) {
      this.f = f;
      this.d = d;
      this.a = a;
      this.b = b;
      this.c = c;
    }

    @Override
    void run(Warp w, int mask) {
      long[][] longs = w.longs;
      int[] defined = w.frame.longsDefined;
      int known = defined[a] & defined[b] & defined[c];
      if (mask == -1) {
        f.apply(longs[d], longs[a], longs[b], longs[c]);
        defined[d] = known;
      } else {
        f.apply(w.scratchLongs, longs[a], longs[b], longs[c]);
        Warp.blend(longs[d], w.scratchLongs, mask);
        defined[d] = defined[d] & ~mask | known & mask;
      }
    }
  }

  private static final class ScalarOp extends Op {
    private static final int[] NOTHING = new int[Warp.SIZE];
    private static final long KEEP = 0xFFFFFFFFL;
    private final Scalar f;
    private final boolean wideResult;
    private final int to;
    private final int truncate;
    private final boolean[] wide;
    private final int[] slots;

    /** Whether all is of 32 bits at most, and there are no more than three operands. */
    private final boolean narrow;

    ScalarOp(Scalar f, boolean wideResult, int to, int truncate, boolean[] wide, int[] slots) {
      this.f = f;
      this.wideResult = wideResult;
      this.to = to;
      this.truncate = truncate;
      this.wide = wide;
      this.slots = slots;
      this.narrow =
          !wideResult && !wide[0] && !wide[1] && !wide[2] && slots[0] >= 0 && slots[3] < 0;
    }

    private int[] ints(Warp w, int operand) {
      return slots[operand] < 0 ? NOTHING : w.ints[slots[operand]];
    }

    private long read(Warp w, int operand, int lane) {
      int slot = slots[operand];
      if (slot < 0) {
        return 0;
      }
      return wide[operand] ? w.longs[slot][lane] : w.ints[slot][lane] & 0xFFFFFFFFL;
    }

    @Override
    void run(Warp w, int mask) {
      int known = -1;
      for (int s = 0; s < slots.length; s++) {
        if (slots[s] >= 0) {
          known &= (wide[s] ? w.frame.longsDefined : w.frame.intsDefined)[slots[s]];
        }
      }
      if (narrow) {
        int[] a = ints(w, 0);
        int[] b = ints(w, 1);
        int[] c = ints(w, 2);
        int[] d = w.ints[to];
        for (int m = mask; m != 0; m &= m - 1) {
          int i = Integer.numberOfTrailingZeros(m);
          long value = f.apply(a[i] & KEEP, b[i] & KEEP, c[i] & KEEP, 0);
          d[i] = (int) value & truncate;
        }
        int[] defined = w.frame.intsDefined;
        defined[to] = defined[to] & ~mask | known & mask;
        return;
      }
      for (int m = mask; m != 0; m &= m - 1) {
        int i = Integer.numberOfTrailingZeros(m);
        long value = f.apply(read(w, 0, i), read(w, 1, i), read(w, 2, i), read(w, 3, i));
        if (wideResult) {
          w.longs[to][i] = value;
        } else {
          w.ints[to][i] = (int) value & truncate;
        }
      }
      int[] defined = wideResult ? w.frame.longsDefined : w.frame.intsDefined;
      defined[to] = defined[to] & ~mask | known & mask;
    }
  }
}
