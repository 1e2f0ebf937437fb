package dev.tilewright.sim;

import dev.tilewright.ptx.Rounding;
import java.math.BigDecimal;

/** Floating-point arithmetic in every rounding mode of PTX (ISA section 6.5.2). */
final class Ieee {
  /** The NaN that single-precision instructions return (ISA section 9.7.3). */
  static final int NAN = 0x7FFFFFFF;

  private Ieee() {}

  /**
   * The sum rounded to odd: toward zero, with the last bit set when it is not exact. Rounded again
   * to a format of at most 51 bits it gives what one rounding of the exact sum gives (Boldo and
   * Melquiond, 2008).
   */
  static double addOdd(double a, double b) {
    double sum = a + b;
    if (Double.isNaN(sum) || Double.isInfinite(sum)) {
      return sum;
    }
    double part = sum - a;
    double error = a - (sum - part) + (b - part); // Knuth's two-sum.
    return odd(sum, error);
  }

  /** A rounded value and the sign of what is missing to the exact one, rounded to odd. */
  private static double odd(double rounded, double error) {
    long bits = Double.doubleToRawLongBits(rounded);
    if (error == 0 || (bits & 1) == 1 || Double.isInfinite(rounded) || rounded == 0) {
      return rounded;
    }
    return Double.longBitsToDouble(error > 0 == rounded > 0 ? bits + 1 : bits - 1);
  }

  static double fmaOdd(float a, float b, float c) {
    return addOdd((double) a * b, c);
  }

  static double divideOdd(float a, float b) {
    double q = (double) a / b;
    if (Double.isNaN(q) || Double.isInfinite(q) || q == 0) {
      return q;
    }
    double rest = Math.fma(-q, (double) b, (double) a);
    return odd(q, b > 0 ? rest : -rest);
  }

  static double rootOdd(float a) {
    double root = Math.sqrt(a);
    return Double.isNaN(root) || Double.isInfinite(root) || root == 0
        ? root
        : odd(root, Math.fma(-root, root, (double) a));
  }

  /** Rounds a value that was rounded to odd to single precision. */
  static float toFloat(double x, Rounding mode) {
    float near = (float) x;
    switch (mode) {
      case RZ:
        return Math.abs((double) near) > Math.abs(x)
            ? x > 0 ? Math.nextDown(near) : Math.nextUp(near)
            : near;
      case RM:
        return near > x ? Math.nextDown(near) : near;
      case RP:
        return near < x ? Math.nextUp(near) : near;
      default:
        return near;
    }
  }

  /** The sum of opposite values is zero: of which sign, the rounding tells. */
  static double zero(double sum, double a, double b, Rounding mode) {
    return sum == 0 && mode == Rounding.RM && (a != 0 || isNegative(a) != isNegative(b))
        ? -0.0
        : sum;
  }

  private static boolean isNegative(double x) {
    return Double.doubleToRawLongBits(x) < 0;
  }

  static double fma(double a, double b, double c, Rounding mode) {
    double near = Math.fma(a, b, c);
    if (mode == Rounding.RN || Double.isNaN(near)) {
      return near;
    }
    double product = a * b;
    if (Double.isInfinite(a) || Double.isInfinite(b) || Double.isInfinite(c)) {
      return near;
    }
    BigDecimal exact = new BigDecimal(a).multiply(new BigDecimal(b)).add(new BigDecimal(c));
    if (exact.signum() == 0) {
      return zero(near, product, c, mode);
    }
    return directed(near, exact, mode);
  }

  private static double directed(double near, BigDecimal exact, Rounding mode) {
    if (Double.isInfinite(near)) {
      boolean inward = mode == Rounding.RZ || mode == Rounding.RM == near > 0;
      return inward ? Math.copySign(Double.MAX_VALUE, near) : near;
    }
    int above = new BigDecimal(near).compareTo(exact);
    return step(near, above, exact.signum(), mode);
  }

  /** Moves to the neighbour that the mode wants, from a value above or below the exact one. */
  private static double step(double near, int above, int sign, Rounding mode) {
    boolean down = mode == Rounding.RM || mode == Rounding.RZ && sign > 0;
    boolean up = mode == Rounding.RP || mode == Rounding.RZ && sign < 0;
    if (above > 0 && down) {
      return Math.nextDown(near);
    }
    return above < 0 && up ? Math.nextUp(near) : near;
  }

  static double divide(double a, double b, Rounding mode) {
    double q = a / b;
    boolean exact = a == 0 || b == 0 || Double.isInfinite(a) || Double.isInfinite(b);
    if (mode == Rounding.RN || Double.isNaN(q) || exact) {
      return q;
    }
    boolean outward = mode == (isNegative(q) ? Rounding.RM : Rounding.RP);
    if (Double.isInfinite(q)) {
      return outward ? q : Math.copySign(Double.MAX_VALUE, q);
    }
    if (q == 0) {
      return outward ? Math.copySign(Double.MIN_VALUE, q) : q;
    }
    BigDecimal rest = new BigDecimal(a).subtract(new BigDecimal(q).multiply(new BigDecimal(b)));
    int missing = b > 0 ? rest.signum() : -rest.signum();
    return step(q, -missing, q > 0 ? 1 : -1, mode);
  }

  static double root(double a, Rounding mode) {
    double root = Math.sqrt(a);
    if (mode == Rounding.RN || Double.isNaN(root) || Double.isInfinite(root) || root == 0) {
      return root;
    }
    BigDecimal square = new BigDecimal(root).pow(2);
    return step(root, square.compareTo(new BigDecimal(a)), 1, mode);
  }

  static float flush(float x) {
    return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
  }

  static float saturate(float x) {
    return x > 0 ? Math.min(x, 1f) : 0f; // NaN becomes zero.
  }

  static double saturate(double x) {
    return x > 0 ? Math.min(x, 1.0) : 0.0;
  }

  /** Rounds to an integer, for the modes of cvt and for those of float to integer. */
  static double integral(double x, Rounding mode) {
    return switch (mode) {
      case RZI, RZ -> x < 0 ? Math.ceil(x) : Math.floor(x);
      case RMI, RM -> Math.floor(x);
      case RPI, RP -> Math.ceil(x);
      case RNA -> Math.copySign(Math.floor(Math.abs(x) + 0.5), x);
      default -> Math.rint(x);
    };
  }
}
