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
    Rounding mode = m.rounding().orElse(Rounding.RN);
    Lanes.Ints f = mode == Rounding.RN ? nearest(i) : directed(i, mode);
    if (f == null) {
      return null;
    }
    return m.ftz() || m.sat()
        ? Lanes.ints(d, i, finished(f, m.ftz(), m.sat()))
        : Lanes.ints(d, i, f);
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

  private static float sum(double a, double b, Rounding mode) {
    return Ieee.toFloat(Ieee.zero(Ieee.addOdd(a, b), a, b, mode), mode);
  }

  /** With operands and result flushed, or the result clamped. */
  private static Lanes.Ints finished(Lanes.Ints f, boolean ftz, boolean sat) {
    return (d, a, b, c) -> {
      if (ftz) {
        f.apply(d, flushed(a), flushed(b), flushed(c));
        for (int k = 0; k < N; k++) {
          d[k] = flush(d[k]);
        }
      } else {
        f.apply(d, a, b, c);
      }
      if (sat) {
        for (int k = 0; k < N; k++) {
          d[k] = Float.floatToRawIntBits(Ieee.saturate(f(d[k])));
        }
      }
    };
  }

  private static int[] flushed(int[] a) {
    int[] flushed = new int[N];
    for (int k = 0; k < N; k++) {
      flushed[k] = flush(a[k]);
    }
    return flushed;
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
