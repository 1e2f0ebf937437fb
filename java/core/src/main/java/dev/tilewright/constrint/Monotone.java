package dev.tilewright.constrint;

import dev.tilewright.constrint.Polynomial.Monomial;
import java.math.BigInteger;

/**
 * A comparison with one open variable whose polynomial only grows, or only falls, where the
 * variable is not negative: solved by halving, in numbers of any size.
 */
final class Monotone {
  private final Polynomial polynomial;
  private final int variable;
  private final int sign;

  private Monotone(Polynomial polynomial, int variable, int sign) {
    this.polynomial = polynomial;
    this.variable = variable;
    this.sign = sign;
  }

  /** The constraint in this form, or null where it has none. */
  static Monotone of(Constraint constraint, int v, Bounds b) {
    if (!(constraint instanceof Constraint.Compare compare)
        || compare.op == Comparison.Op.NE
        || compare.choices.length > 0
        || b.lo[v] < 0) {
      return null;
    }
    Polynomial left = Polynomial.of(compare.left, b);
    Polynomial right = left == null ? null : Polynomial.of(compare.right, b);
    if (right == null) {
      return null;
    }
    Polynomial difference = Polynomial.difference(left, right);
    int sign = 0;
    for (Monomial m : difference.monomials()) {
      if (m.variables().length > 0) {
        if (sign != 0 && m.coefficient().signum() != sign) {
          return null;
        }
        sign = m.coefficient().signum();
      }
    }
    return sign == 0 ? null : new Monotone(difference, v, sign);
  }

  /** Keeps exactly the solutions; false when there is none. */
  boolean narrow(Comparison.Op op, Bounds b) {
    long lo = b.lo[variable];
    long hi = b.hi[variable];
    if (op == Comparison.Op.EQ) {
      long x = reaching(lo, hi, 0);
      return x <= hi
          && value(x).signum() == 0
          && b.narrow(variable, x, x)
          && b.contains(variable, x);
    }
    // p <= 0 ends before p reaches 1, p < 0 before 0; a falling one begins where -p reaches 0 or 1.
    boolean strict = op == Comparison.Op.LT;
    return sign > 0
        ? b.narrow(variable, lo, reaching(lo, hi, strict ? 0 : 1) - 1)
        : b.narrow(variable, reaching(lo, hi, strict ? 1 : 0), hi);
  }

  /** The first value in [lo, hi] where the rising polynomial is at least this; hi + 1 for none. */
  private long reaching(long lo, long hi, int least) {
    BigInteger bound = BigInteger.valueOf(least);
    long from = lo;
    long to = hi + 1;
    while (from < to) {
      long middle = from + (to - from) / 2;
      BigInteger value = sign > 0 ? value(middle) : value(middle).negate();
      if (value.compareTo(bound) >= 0) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }

  private BigInteger value(long x) {
    BigInteger sum = BigInteger.ZERO;
    for (Monomial m : polynomial.monomials()) {
      sum = sum.add(m.coefficient().multiply(BigInteger.valueOf(x).pow(m.variables().length)));
    }
    return sum;
  }
}
