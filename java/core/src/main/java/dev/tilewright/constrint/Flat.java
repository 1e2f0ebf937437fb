package dev.tilewright.constrint;

import dev.tilewright.constrint.Polynomial.Monomial;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * A constraint in a form that a {@link Plan} turns into arithmetic on longs, proven at the root's
 * bounds not to overflow. Immutable.
 */
sealed interface Flat {
  /** Bound of the magnitudes that the plain arithmetic of a plan may meet. */
  long LIMIT = 1L << 62;

  /** The variables, ascending. */
  int[] variables();

  /** {@code polynomial op 0} over variables that are not negative; op is EQ, NE or LE. */
  record Poly(Comparison.Op op, Monomial[] monomials, int[] variables) implements Flat {}

  /**
   * {@code left == right} or {@code right divides left}, monomials over positive variables, without
   * a variable on both sides. The left side stays below {@link #LIMIT}; of the right side only what
   * does is of interest.
   */
  record Mono(boolean equation, long a, int[] left, long c, int[] right, int[] variables)
      implements Flat {}

  /** The flat form at these bounds, or null. */
  static Flat of(Constraint constraint, Bounds b) {
    if (constraint.choices.length > 0) {
      return null;
    }
    if (constraint instanceof Constraint.Divisible divisible) {
      Polynomial dividend = Polynomial.of(divisible.dividend, b);
      Polynomial divisor = Polynomial.of(divisible.divisor, b);
      if (dividend == null
          || divisor == null
          || dividend.monomials().size() != 1
          || divisor.monomials().size() != 1) {
        return null;
      }
      return mono(false, dividend.monomials().get(0), divisor.monomials().get(0), b);
    }
    if (!(constraint instanceof Constraint.Compare compare)) {
      return null;
    }
    Polynomial left = Polynomial.of(compare.left, b);
    Polynomial right = left == null ? null : Polynomial.of(compare.right, b);
    if (right == null) {
      return null;
    }
    Polynomial difference = Polynomial.difference(left, right);
    if (compare.op == Comparison.Op.EQ && difference.monomials().size() == 2) {
      Monomial m = difference.monomials().get(0);
      Monomial n = difference.monomials().get(1);
      if (m.coefficient().signum() < 0) {
        Monomial swap = m;
        m = n;
        n = swap;
      }
      if (m.coefficient().signum() > 0 && n.coefficient().signum() < 0) {
        Flat result = mono(true, m, new Monomial(n.coefficient().negate(), n.variables()), b);
        if (result != null) {
          return result;
        }
      }
    }
    return poly(compare.op, difference, b);
  }

  private static Flat poly(Comparison.Op op, Polynomial polynomial, Bounds b) {
    Polynomial shifted = polynomial;
    if (op == Comparison.Op.LT) {
      // p < 0 is p + 1 <= 0
      shifted =
          Polynomial.difference(
              polynomial,
              new Polynomial(java.util.List.of(new Monomial(BigInteger.ONE.negate(), new int[0]))));
    }
    if (shifted.magnitude(b) >= LIMIT) {
      return null;
    }
    Monomial[] monomials = shifted.monomials().toArray(new Monomial[0]);
    int[][] lists = new int[monomials.length][];
    for (int i = 0; i < lists.length; i++) {
      lists[i] = monomials[i].variables();
    }
    return new Poly(op == Comparison.Op.LT ? Comparison.Op.LE : op, monomials, union(lists));
  }

  private static Flat mono(boolean equation, Monomial m, Monomial n, Bounds b) {
    if (m.coefficient().signum() <= 0 || n.coefficient().signum() <= 0) {
      return null;
    }
    int[] left = m.variables();
    int[] right = n.variables();
    for (int v : left) {
      if (b.lo[v] < 1) {
        return null;
      }
    }
    for (int v : right) {
      if (b.lo[v] < 1) {
        return null;
      }
    }
    BigInteger a = m.coefficient();
    BigInteger c = n.coefficient();
    BigInteger gcd = a.gcd(c);
    // Positive factors that both sides share cancel, in an equation and in a division.
    a = a.divide(gcd);
    c = c.divide(gcd);
    int[] common = left;
    left = without(left, right);
    right = without(right, common);
    long leftReach = Polynomial.magnitude(new Monomial(a, left), b);
    long rightReach = Polynomial.magnitude(new Monomial(c, right), b);
    if (equation && leftReach > rightReach) {
      int[] swap = left;
      left = right;
      right = swap;
      BigInteger t = a;
      a = c;
      c = t;
      leftReach = rightReach;
    }
    if (leftReach == Sat.INF) {
      return null;
    }
    return new Mono(equation, a.longValueExact(), left, Sat.of(c), right, union(left, right));
  }

  /** What is in the lists, ascending, each once. */
  private static int[] union(int[]... lists) {
    int length = 0;
    for (int[] list : lists) {
      length += list.length;
    }
    int[] all = new int[length];
    int n = 0;
    for (int[] list : lists) {
      System.arraycopy(list, 0, all, n, list.length);
      n += list.length;
    }
    Arrays.sort(all);
    int size = 0;
    for (int v : all) {
      if (size == 0 || all[size - 1] != v) {
        all[size++] = v;
      }
    }
    return Arrays.copyOf(all, size);
  }

  /** The first list less each member of the second, as often as it is there. */
  private static int[] without(int[] list, int[] less) {
    int[] result = new int[list.length];
    int size = 0;
    int j = 0;
    for (int v : list) {
      while (j < less.length && less[j] < v) {
        j++;
      }
      if (j < less.length && less[j] == v) {
        j++;
      } else {
        result[size++] = v;
      }
    }
    return Arrays.copyOf(result, size);
  }
}
