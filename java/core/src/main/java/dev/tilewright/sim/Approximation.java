package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Rounding;

/**
 * An approximate instruction ({@code .approx}, {@code .full}). It gives the rounded exact result;
 * in the worst case ({@link Launch.Options#worstApproximations}) one that is as far from it, up or
 * down, as the ISA allows (sections 9.7.3.8, 9.7.3.13 to 9.7.3.22, 9.7.4.9, 9.7.4.10).
 */
final class Approximation extends Op {
  private static final double TWO_PI = 2 * Math.PI;
  private static final double HUNDRED_PI = 100 * Math.PI;
  private static final int FRACTION_BITS = 23;

  /** Keeps the error below the bound when it is rounded. */
  private static final double INSIDE = 1 - 0x1p-20;

  private final Op exact;
  private final Opcode opcode;
  private final DataType element;
  private final boolean packed;
  private final boolean ftz;
  private final int a;
  private final int b;
  private final int to;

  private Approximation(Decoder d, Instruction i, Op exact) {
    this.exact = exact;
    opcode = i.opcode();
    element = i.modifiers().type().element();
    packed = i.modifiers().type().isPacked();
    ftz = i.modifiers().ftz();
    a = d.intSource(i.source(0));
    b = i.sources().size() > 1 ? d.intSource(i.source(1)) : a;
    to = d.intDestination(i.destination());
  }

  /** Wraps the operation of an instruction whose result the ISA only bounds. */
  static Op of(Decoder d, Instruction i, Op exact) {
    boolean bounded =
        (i.modifiers().has("approx") || i.modifiers().has("full"))
            && i.modifiers().type() != DataType.F64;
    return bounded ? new Approximation(d, i, exact) : exact;
  }

  @Override
  void run(Warp w, int mask) {
    if (!w.block.grid.options.worstApproximations()) {
      exact.run(w, mask);
      return;
    }
    int[] x = w.ints[a].clone();
    int[] y = w.ints[b].clone();
    exact.run(w, mask);
    long seed = w.block.grid.options.seed();
    for (int m = mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      int rounded = w.ints[to][lane];
      w.ints[to][lane] =
          packed
              ? worst(x[lane] & 0xFFFF, 0, rounded & 0xFFFF, seed)
                  | worst(x[lane] >>> 16, 0, rounded >>> 16, seed) << 16
              : worst(x[lane], y[lane], rounded, seed);
    }
  }

  /** The bits of a result at the bound, or the rounded one where that is special. */
  private int worst(int x, int y, int rounded, long seed) {
    double p = operand(x);
    double q = operand(y);
    double value = exact(p, q);
    double result = Conversions.value(rounded, element);
    boolean special =
        Double.isNaN(result) || Double.isInfinite(result) || result == 0 || p == 0 || value == 0;
    double bound = special ? 0 : bound(p, value);
    if (bound == 0) {
      return rounded;
    }
    boolean up = (mix(seed ^ (long) x << 32 ^ y ^ (long) opcode.ordinal() << 20) & 1) != 0;
    double far = up ? value + bound * INSIDE : value - bound * INSIDE;
    Rounding inward = up ? Rounding.RM : Rounding.RP;
    if (element == DataType.F32) {
      float near = Ieee.toFloat(far, inward);
      float flushed = ftz ? Ieee.flush(near) : near;
      return Float.isInfinite(flushed) ? rounded : Float.floatToRawIntBits(flushed);
    }
    return SmallFloat.of(element).encode(far, inward, false);
  }

  private double operand(int bits) {
    double x = Conversions.value(bits & 0xFFFFFFFFL, element);
    return ftz && element == DataType.F32 ? Ieee.flush((float) x) : x;
  }

  private double exact(double x, double y) {
    return switch (opcode) {
      case DIV -> x / y;
      case RCP -> 1 / x;
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case LG2 -> FloatOps.log2(x);
      case EX2 -> FloatOps.exp2(x);
      case TANH -> Math.tanh(x);
      default -> throw new IllegalStateException(opcode.toString());
    };
  }

  /** How far a result may be from the exact value; 0 where the ISA says nothing. */
  private double bound(double x, double value) {
    double size = Math.abs(value);
    double ulp = Math.ulp((float) value);
    if (element == DataType.F16) {
      return opcode == Opcode.TANH ? Math.pow(2, -10.987) : size * Math.pow(2, -9.9);
    }
    if (element == DataType.BF16) {
      return opcode == Opcode.TANH ? 0x1p-8 : size * 0x1p-7;
    }
    return switch (opcode) {
      case DIV, EX2 -> 2 * ulp;
      case RCP -> ulp;
      case SQRT -> size * Math.scalb(1.0, -FRACTION_BITS);
      case RSQRT -> size * Math.pow(2, -22.9);
      case SIN, COS ->
          Math.abs(x) <= TWO_PI
              ? Math.pow(2, -20.5)
              : Math.abs(x) <= HUNDRED_PI ? Math.pow(2, -14.7) : 0;
      case LG2 -> x > 0.5 && x < 2 ? 0x1p-22 : size * 0x1p-22;
      case TANH -> size * 0x1p-11;
      default -> 0;
    };
  }

  /** A hash whose last bit depends on all bits (SplitMix64). */
  private static long mix(long x) {
    long z = x + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
