package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Modifiers;
import dev.tilewright.ptx.Rounding;

/**
 * Arithmetic of single and double precision (ISA section 9.7.3). Approximate instructions are
 * computed in double precision and rounded: within the bounds that the ISA gives.
 */
final class FloatOps {
  private FloatOps() {}

  private interface F1 {
    float apply(float a);
  }

  private interface D1 {
    double apply(double a);
  }

  static Lanes.Scalar scalar(Instruction i) {
    DataType t = i.modifiers().type();
    return t == DataType.F32 ? single(i) : t == DataType.F64 ? twice(i) : null;
  }

  private static float f(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  private static long bits(float x) {
    return x != x ? Ieee.NAN : Float.floatToRawIntBits(x);
  }

  private static double d(long bits) {
    return Double.longBitsToDouble(bits);
  }

  private static long bits(double x) {
    return Double.doubleToRawLongBits(x);
  }

  /** Flushes what goes in and out, and clamps the result, as the modifiers say. */
  private static Lanes.Scalar finish(Modifiers m, Lanes.Scalar f) {
    boolean ftz = m.ftz();
    boolean sat = m.sat();
    if (!ftz && !sat) {
      return f;
    }
    return (a, b, c, d) -> {
      float result = ftz ? Ieee.flush(f(f.apply(in(a), in(b), in(c), 0))) : f(f.apply(a, b, c, 0));
      return bits(sat ? Ieee.saturate(result) : result);
    };
  }

  private static long in(long bits) {
    return Float.floatToRawIntBits(Ieee.flush(f(bits)));
  }

  private static Lanes.Scalar single(Instruction i) {
    Modifiers m = i.modifiers();
    Rounding mode = m.rounding().orElse(Rounding.RN);
    Lanes.Scalar f =
        switch (i.opcode()) {
          case ADD -> (a, b, c, d) -> bits(sum(f(a), f(b), mode));
          case SUB -> (a, b, c, d) -> bits(sum(f(a), -f(b), mode));
          case MUL -> (a, b, c, d) -> bits(Ieee.toFloat((double) f(a) * f(b), mode));
          case FMA, MAD -> (a, b, c, d) -> bits(fma(f(a), f(b), f(c), mode));
          case DIV ->
              m.has("approx")
                  ? (a, b, c, d) -> bits(approximateQuotient(f(a), f(b)))
                  : (a, b, c, d) -> bits(Ieee.toFloat(Ieee.divideOdd(f(a), f(b)), mode));
          case RCP -> (a, b, c, d) -> bits(Ieee.toFloat(Ieee.divideOdd(1, f(a)), mode));
          case SQRT -> (a, b, c, d) -> bits(Ieee.toFloat(Ieee.rootOdd(f(a)), mode));
          case RSQRT -> apply(x -> (float) (1 / Math.sqrt(x)));
          case SIN -> apply(x -> (float) Math.sin(x));
          case COS -> apply(x -> (float) Math.cos(x));
          case LG2 -> apply(x -> (float) log2(x));
          case EX2 -> apply(x -> (float) exp2(x));
          case TANH -> apply(x -> (float) Math.tanh(x));
          case ABS -> (a, b, c, d) -> a & 0x7FFFFFFF;
          case NEG -> (a, b, c, d) -> a ^ 0x80000000L;
          case MIN -> (a, b, c, d) -> bits(extremum(f(a), f(b), m, true));
          case MAX -> (a, b, c, d) -> bits(extremum(f(a), f(b), m, false));
          case COPYSIGN -> (a, b, c, d) -> b & 0x7FFFFFFF | a & 0x80000000L;
          default -> null;
        };
    return f == null ? null : finish(m, f);
  }

  /** a * (1/b), where the reciprocal of a large b is flushed (ISA section 9.7.3.8). */
  private static float approximateQuotient(float a, float b) {
    return Math.abs(b) > 0x1p126f ? a * Math.copySign(0f, b) : (float) ((double) a / b);
  }

  static double log2(double x) {
    int exponent = Math.getExponent(x);
    boolean normal = exponent >= Double.MIN_EXPONENT && exponent <= Double.MAX_EXPONENT;
    boolean power = normal && x == Math.scalb(1.0, exponent);
    return power ? exponent : Math.log(x) / Math.log(2);
  }

  static double exp2(double x) {
    return ExpTable.exp2(x);
  }

  private static Lanes.Scalar apply(F1 f) {
    return (a, b, c, d) -> bits(f.apply(f(a)));
  }

  private static float sum(float a, float b, Rounding mode) {
    return mode == Rounding.RN
        ? a + b
        : Ieee.toFloat(Ieee.zero(Ieee.addOdd(a, b), a, b, mode), mode);
  }

  private static float fma(float a, float b, float c, Rounding mode) {
    if (mode == Rounding.RN) {
      return Math.fma(a, b, c);
    }
    double product = (double) a * b;
    return Ieee.toFloat(Ieee.zero(Ieee.addOdd(product, c), product, c, mode), mode);
  }

  /** The number of the two when one is NaN, but with .NaN then NaN; -0 is below +0. */
  static float extremum(float a, float b, Modifiers m, boolean least) {
    boolean magnitudes = m.has("xorsign");
    float x = magnitudes ? Math.abs(a) : a;
    float y = magnitudes ? Math.abs(b) : b;
    float result;
    if (Float.isNaN(x) || Float.isNaN(y)) {
      result = m.has("NaN") ? Float.NaN : Float.isNaN(x) ? y : x;
    } else {
      result = least ? Math.min(x, y) : Math.max(x, y);
    }
    boolean negative = (Float.floatToRawIntBits(a) ^ Float.floatToRawIntBits(b)) < 0;
    return magnitudes && negative && !Float.isNaN(result) ? -result : result;
  }

  private static Lanes.Scalar twice(Instruction i) {
    Modifiers m = i.modifiers();
    Rounding mode = m.rounding().orElse(Rounding.RN);
    return switch (i.opcode()) {
      case ADD -> (a, b, c, d) -> bits(Ieee.fma(d(a), 1, d(b), mode));
      case SUB -> (a, b, c, d) -> bits(Ieee.fma(d(a), 1, -d(b), mode));
      case MUL ->
          mode == Rounding.RN
              ? (a, b, c, d) -> bits(d(a) * d(b))
              : (a, b, c, d) -> bits(product(d(a), d(b), mode));
      case FMA, MAD -> (a, b, c, d) -> bits(Ieee.fma(d(a), d(b), d(c), mode));
      case DIV -> (a, b, c, d) -> bits(Ieee.divide(d(a), d(b), mode));
      case RCP ->
          m.has("approx")
              ? (a, b, c, d) -> bits(short20(1 / flush(d(a))))
              : (a, b, c, d) -> bits(Ieee.divide(1, d(a), mode));
      case SQRT -> (a, b, c, d) -> bits(Ieee.root(d(a), mode));
      case RSQRT ->
          m.ftz()
              ? (a, b, c, d) -> bits(short20(1 / Math.sqrt(flush(d(a)))))
              : twice(x -> 1 / Math.sqrt(x));
      case ABS -> (a, b, c, d) -> a & Long.MAX_VALUE;
      case NEG -> (a, b, c, d) -> a ^ Long.MIN_VALUE;
      case MIN -> (a, b, c, d) -> bits(extremum(d(a), d(b), true));
      case MAX -> (a, b, c, d) -> bits(extremum(d(a), d(b), false));
      case COPYSIGN -> (a, b, c, d) -> b & Long.MAX_VALUE | a & Long.MIN_VALUE;
      default -> null;
    };
  }

  private static double product(double a, double b, Rounding mode) {
    double near = a * b;
    return near == 0 && (a == 0 || b == 0) ? near : Ieee.fma(a, b, near < 0 ? -0.0 : 0.0, mode);
  }

  private static Lanes.Scalar twice(D1 f) {
    return (a, b, c, d) -> bits(f.apply(d(a)));
  }

  private static double flush(double x) {
    return Math.abs(x) < Double.MIN_NORMAL ? Math.copySign(0.0, x) : x;
  }

  /** rcp.approx.ftz.f64 and its like keep the upper 32 bits of the result only. */
  private static double short20(double x) {
    return Double.isNaN(x) ? x : flush(Double.longBitsToDouble(bits(x) & 0xFFFFFFFF_00000000L));
  }

  private static double extremum(double a, double b, boolean least) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Double.isNaN(a) ? b : a;
    }
    return least ? Math.min(a, b) : Math.max(a, b);
  }
}
