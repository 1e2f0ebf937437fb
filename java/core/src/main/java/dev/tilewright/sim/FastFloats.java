package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Modifiers;
import dev.tilewright.ptx.Rounding;

/**
 * Single-precision arithmetic as loops over the lanes, for {@link FastOps}. {@link FloatOps}
 * defines what these do.
 */
final class FastFloats {
  private static final int N = Warp.SIZE;

  private FastFloats() {}

  /** The fast operation, or null when there is none. */
  static Op make(Decoder d, Instruction i) {
    Modifiers m = i.modifiers();
    Lanes.Ints f = function(i);
    if (f == null) {
      return null;
    }
    return m.ftz() || m.sat() ? new Finished(d, i, f, m.ftz(), m.sat()) : Lanes.ints(d, i, f);
  }

  /** What it does but for flushing and clamping, or null. */
  static Lanes.Ints function(Instruction i) {
    Rounding mode = i.modifiers().rounding().orElse(Rounding.RN);
    return mode == Rounding.RN ? nearest(i) : directed(i, mode);
  }

  private static Lanes.Ints nearest(Instruction i) {
    Modifiers m = i.modifiers();
    boolean plain = !m.has("NaN") && !m.has("xorsign") && i.sources().size() == 2;
    return switch (i.opcode()) {
      case ADD -> FastFloats::add;
      case SUB -> FastFloats::sub;
      case MUL -> FastFloats::mul;
      case FMA, MAD -> FastFloats::fma;
      case DIV -> m.has("approx") ? null : FastFloats::div; // It flushes large divisors.
      case RCP -> FastFloats::rcp;
      case SQRT -> FastFloats::sqrt;
      case RSQRT -> FastFloats::rsqrt;
      case EX2 -> FastFloats::ex2;
      case NEG -> FastFloats::neg;
      case ABS -> FastFloats::abs;
      case MIN -> plain ? FastFloats::min : null;
      case MAX -> plain ? FastFloats::max : null;
      default -> null;
    };
  }

  private static Lanes.Ints directed(Instruction i, Rounding mode) {
    return switch (i.opcode()) {
      case ADD ->
          (d, a, b, c) -> {
            for (int k = 0; k < N; k++) {
              d[k] = bits(sum(f(a[k]), f(b[k]), mode));
            }
          };
      case FMA, MAD ->
          (d, a, b, c) -> {
            for (int k = 0; k < N; k++) {
              d[k] = bits(sum((double) f(a[k]) * f(b[k]), f(c[k]), mode));
            }
          };
      default -> null;
    };
  }

  /** Rounded toward zero or an infinity, from the rounded sum and what it misses (two-sum). */
  private static float sum(double a, double b, Rounding mode) {
    double sum = a + b;
    if (sum == 0 || !(Math.abs(sum) < Float.MAX_VALUE)) {
      return Ieee.toFloat(Ieee.zero(Ieee.addOdd(a, b), a, b, mode), mode);
    }
    double part = sum - a;
    double error = a - (sum - part) + (b - part);
    float near = (float) sum;
    boolean above = near > sum || near == sum && error < 0;
    boolean below = near < sum || near == sum && error > 0;
    boolean down = mode == Rounding.RM || mode == Rounding.RZ && sum > 0;
    if (above && down) {
      return Math.nextDown(near);
    }
    return below && !down ? Math.nextUp(near) : near;
  }

  /** With operands and result flushed, or the result clamped. */
  private static final class Finished extends Op {
    private final Lanes.Ints f;
    private final boolean ftz;
    private final boolean sat;
    private final int to;
    private final int[] from;

    Finished(Decoder d, Instruction i, Lanes.Ints f, boolean ftz, boolean sat) {
      this.f = f;
      this.ftz = ftz;
      this.sat = sat;
      to = d.intDestination(i.destination());
      from = i.sources().stream().mapToInt(d::intSource).toArray();
    }

    @Override
    void run(Warp w, int mask) {
      int[] result = mask == -1 ? w.ints[to] : w.scratchInts;
      int known = -1;
      int[] defined = w.frame.intsDefined;
      for (int slot : from) {
        known &= defined[slot];
      }
      int[] a = operand(w, 0);
      int[] b = from.length > 1 ? operand(w, 1) : a;
      int[] c = from.length > 2 ? operand(w, 2) : a;
      f.apply(result, a, b, c);
      if (ftz) {
        flush(result, result);
      }
      if (sat) {
        for (int i = 0; i < N; i++) {
          result[i] = Float.floatToRawIntBits(Ieee.saturate(f(result[i])));
        }
      }
      if (mask != -1) {
        Warp.blend(w.ints[to], result, mask);
      }
      defined[to] = defined[to] & ~mask | known & mask;
    }

    private int[] operand(Warp w, int index) {
      int[] lanes = w.ints[from[index]];
      if (!ftz) {
        return lanes;
      }
      flush(lanes, w.operands[index]);
      return w.operands[index];
    }
  }

  private static void flush(int[] from, int[] to) {
    for (int i = 0; i < N; i++) {
      to[i] = flush(from[i]);
    }
  }

  private static int flush(int bits) {
    return (bits & 0x7F800000) == 0 ? bits & 0x80000000 : bits;
  }

  private static float f(int bits) {
    return Float.intBitsToFloat(bits);
  }

  private static int bits(float value) {
    return value != value ? Ieee.NAN : Float.floatToRawIntBits(value);
  }

  private static void add(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = bits(f(a[i]) + f(b[i]));
    }
  }

  private static void sub(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = bits(f(a[i]) - f(b[i]));
    }
  }

  private static void mul(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = bits(f(a[i]) * f(b[i]));
    }
  }

  private static void fma(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = bits(Math.fma(f(a[i]), f(b[i]), f(c[i])));
    }
  }

  private static void div(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = bits(f(a[i]) / f(b[i]));
    }
  }

  private static void rcp(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = bits(1 / f(a[i]));
    }
  }

  private static void sqrt(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = bits((float) Math.sqrt(f(a[i]))); // Twice as many bits: rounded once.
    }
  }

  private static void rsqrt(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = bits((float) (1 / Math.sqrt(f(a[i]))));
    }
  }

  private static void ex2(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = bits((float) FloatOps.exp2(f(a[i])));
    }
  }

  private static void neg(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] ^ 0x80000000;
    }
  }

  private static void abs(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] & 0x7FFFFFFF;
    }
  }

  private static void min(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      float x = f(a[i]);
      float y = f(b[i]);
      d[i] = bits(x != x ? y : y != y ? x : Math.min(x, y));
    }
  }

  private static void max(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      float x = f(a[i]);
      float y = f(b[i]);
      d[i] = bits(x != x ? y : y != y ? x : Math.max(x, y));
    }
  }
}
