package dev.tilewright.sim;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sums of tensor cores, slowly, with decimals of any length: the model of arXiv 2512.07004,
 * written from its text. An element is its bits in a format.
 */
final class TensorSumModel {
  /** A format by its fields; {@code finite} for e4m3, whose only special value is NaN. */
  record Format(int exponentBits, int fractionBits, boolean finite) {
    static final Format F16 = new Format(5, 10, false);
    static final Format BF16 = new Format(8, 7, false);
    static final Format TF32 = new Format(8, 10, false);
    static final Format F32 = new Format(8, 23, false);
    static final Format E4M3 = new Format(4, 3, true);
    static final Format E5M2 = new Format(5, 2, false);

    int width() {
      return 1 + exponentBits + fractionBits;
    }

    private int field(int bits) {
      return bits >> fractionBits & (1 << exponentBits) - 1;
    }

    private int fraction(int bits) {
      return bits & (1 << fractionBits) - 1;
    }

    private int leastExponent() {
      return 2 - (1 << exponentBits - 1);
    }

    boolean isNegative(int bits) {
      return (bits >> exponentBits + fractionBits & 1) != 0;
    }

    boolean isNan(int bits) {
      boolean top = field(bits) == (1 << exponentBits) - 1;
      return finite ? top && fraction(bits) == (1 << fractionBits) - 1 : top && fraction(bits) != 0;
    }

    boolean isInfinite(int bits) {
      return !finite && field(bits) == (1 << exponentBits) - 1 && fraction(bits) == 0;
    }

    boolean isZero(int bits) {
      return field(bits) == 0 && fraction(bits) == 0;
    }

    int exponent(int bits) {
      return Math.max(1, field(bits)) - 1 + leastExponent();
    }

    BigDecimal value(int bits) {
      int significand = fraction(bits) | (field(bits) == 0 ? 0 : 1 << fractionBits);
      BigDecimal value = new BigDecimal(significand).multiply(power(exponent(bits) - fractionBits));
      return isNegative(bits) ? value.negate() : value;
    }
  }

  private TensorSumModel() {}

  private static final Map<Integer, BigDecimal> POWERS = new ConcurrentHashMap<>();

  static BigDecimal power(int exponent) {
    return POWERS.computeIfAbsent(
        exponent,
        e -> e >= 0 ? new BigDecimal(BigInteger.TWO.pow(e)) : new BigDecimal("0.5").pow(-e));
  }

  /**
   * A step: the products of some elements and c, as a single; or as a half in its value.
   *
   * @param fraction how many bits behind the largest exponent are kept
   * @param significant the bits of a single result; 11 for one rounded to the nearest half
   */
  static float step(
      Format fa, int[] a, Format fb, int[] b, Format fc, int c, int fraction, int significant) {
    boolean nan = fc.isNan(c);
    int plus = fc.isInfinite(c) && !fc.isNegative(c) ? 1 : 0;
    int minus = fc.isInfinite(c) && fc.isNegative(c) ? 1 : 0;
    int largest = fc.isZero(c) ? -126 : fc.exponent(c);
    for (int i = 0; i < a.length; i++) {
      nan |= fa.isNan(a[i]) || fb.isNan(b[i]);
      nan |= fa.isInfinite(a[i]) && fb.isZero(b[i]) || fa.isZero(a[i]) && fb.isInfinite(b[i]);
      if (fa.isInfinite(a[i]) || fb.isInfinite(b[i])) {
        boolean negative = fa.isNegative(a[i]) != fb.isNegative(b[i]);
        plus += negative ? 0 : 1;
        minus += negative ? 1 : 0;
      } else if (!fa.isZero(a[i]) && !fb.isZero(b[i])) {
        largest = Math.max(largest, fa.exponent(a[i]) + fb.exponent(b[i]));
      } else {
        largest = Math.max(largest, -126);
      }
    }
    if (nan || plus > 0 && minus > 0) {
      return Float.NaN;
    }
    if (plus + minus > 0) {
      return plus > 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
    }
    BigDecimal perUnit = power(fraction - largest);
    BigInteger sum = fc.value(c).multiply(perUnit).toBigInteger(); // Toward zero.
    for (int i = 0; i < a.length; i++) {
      sum = sum.add(fa.value(a[i]).multiply(fb.value(b[i])).multiply(perUnit).toBigInteger());
    }
    return round(new BigDecimal(sum).multiply(power(largest - fraction)), significant);
  }

  /**
   * To 11 bits to the nearest even within a half's exponents, else toward zero within a single's.
   */
  static float round(BigDecimal value, int significant) {
    if (value.signum() == 0) {
      return 0;
    }
    boolean half = significant == 11;
    int exponent = half ? -14 : -126;
    while (value.abs().compareTo(power(exponent + 1)) >= 0) {
      exponent++;
    }
    int unit = exponent - significant + 1;
    BigDecimal rounded =
        value
            .multiply(power(-unit))
            .setScale(0, half ? RoundingMode.HALF_EVEN : RoundingMode.DOWN)
            .multiply(power(unit));
    BigDecimal limit = power(half ? 16 : 128);
    if (rounded.abs().compareTo(limit) >= 0) {
      return value.signum() > 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
    }
    return rounded.signum() == 0 && value.signum() < 0 ? -0f : rounded.floatValue();
  }
}
