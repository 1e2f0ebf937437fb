package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Rounding;

/** The short floating-point formats (ISA sections 5.2.1, 5.2.3): f16, bf16, tf32, e4m3, e5m2. */
enum SmallFloat {
  F16(5, 10, 0x1.ffcp15, 0x7FFF),
  BF16(8, 7, 0x1.fep127, 0x7FFF),
  TF32(8, 10, 0x1.ffcp127, 0x7FFFFFFF),
  E4M3(4, 3, 448, 0x7F),
  E5M2(5, 2, 57344, 0x7F);

  private final int exponentBits;
  private final int fractionBits;
  private final double largest;
  private final int nan;
  private final float[] values;

  SmallFloat(int exponentBits, int fractionBits, double largest, int nan) {
    this.exponentBits = exponentBits;
    this.fractionBits = fractionBits;
    this.largest = largest;
    this.nan = nan;
    int width = 1 + exponentBits + fractionBits;
    this.values = new float[width <= 16 ? 1 << width : 0];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) compute(i);
    }
  }

  static SmallFloat of(DataType type) {
    return switch (type.element()) {
      case F16 -> F16;
      case BF16 -> BF16;
      case TF32 -> TF32;
      case E4M3 -> E4M3;
      case E5M2 -> E5M2;
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  /** The exponent of the smallest normal value. */
  int leastExponent() {
    return 2 - (1 << exponentBits - 1);
  }

  /** The value of these bits. */
  float decode(int bits) {
    return this == TF32 ? Float.intBitsToFloat(bits & ~0x1FFF) : values[bits & values.length - 1];
  }

  private double compute(int bits) {
    int bias = (1 << exponentBits - 1) - 1;
    int fraction = bits & (1 << fractionBits) - 1;
    int exponent = bits >> fractionBits & (1 << exponentBits) - 1;
    boolean negative = (bits >> exponentBits + fractionBits & 1) != 0;
    double magnitude;
    // This runs before the constant E4M3 is assigned; of 4 exponent bits is e4m3 alone.
    boolean finite = exponentBits == 4;
    boolean all = fraction == (1 << fractionBits) - 1;
    if (exponent == (1 << exponentBits) - 1 && (!finite || all)) {
      magnitude = finite || fraction != 0 ? Double.NaN : Double.POSITIVE_INFINITY;
    } else if (exponent == 0) {
      magnitude = Math.scalb((double) fraction, 1 - bias - fractionBits);
    } else {
      magnitude =
          Math.scalb((double) (fraction | 1 << fractionBits), exponent - bias - fractionBits);
    }
    return negative ? -magnitude : magnitude;
  }

  /** Rounds once; a value that itself was rounded must have been rounded to odd. */
  int encode(double x, Rounding mode, boolean finite) {
    if (Double.isNaN(x)) {
      return nan;
    }
    int bias = (1 << exponentBits - 1) - 1;
    int exponent = Math.max(Math.getExponent(x), 1 - bias);
    double rounded = x;
    if (x != 0 && !Double.isInfinite(x)) {
      int scale = exponent - fractionBits;
      rounded = Math.scalb(Ieee.integral(Math.scalb(x, -scale), mode), scale);
    }
    int sign = Double.doubleToRawLongBits(x) < 0 ? 1 << exponentBits + fractionBits : 0;
    double magnitude = Math.abs(rounded);
    if (magnitude > largest) {
      boolean inward =
          mode == Rounding.RZ || mode == Rounding.RM && x > 0 || mode == Rounding.RP && x < 0;
      if (finite || inward && !Double.isInfinite(x)) {
        magnitude = largest;
      } else {
        int infinity = (1 << exponentBits) - 1 << fractionBits;
        return place(sign | (this == E4M3 ? 0x7F : infinity));
      }
    }
    exponent = Math.max(Math.getExponent(magnitude), 1 - bias);
    int units = (int) Math.scalb(magnitude, fractionBits - exponent);
    int field = units >> fractionBits == 0 ? 0 : exponent + bias;
    return place(sign | field << fractionBits | units & (1 << fractionBits) - 1);
  }

  /** A tf32 stands in the upper bits of its register. */
  private int place(int bits) {
    return this == TF32 ? bits << 13 : bits;
  }

  int encode(double x) {
    return encode(x, Rounding.RN, false);
  }
}
