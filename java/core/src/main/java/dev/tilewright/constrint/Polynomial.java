package dev.tilewright.constrint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A sum of monomials with numbers as coefficients, fixed variables replaced by their values. The
 * variables of a monomial are ascending, repeated as often as their power says. Immutable.
 */
record Polynomial(List<Monomial> monomials) {
  private static final int MAX_MONOMIALS = 64;
  private static final int MAX_DEGREE = 64;

  /** A coefficient, never 0, times variables. */
  record Monomial(BigInteger coefficient, int[] variables) {
    boolean has(int v) {
      return Arrays.binarySearch(variables, v) >= 0;
    }

    int degree(int v) {
      int degree = 0;
      for (int w : variables) {
        degree += w == v ? 1 : 0;
      }
      return degree;
    }
  }

  /** The term as a polynomial, or null where it is none or a large one. */
  static Polynomial of(Node node, Bounds b) {
    List<Monomial> monomials = expand(node, b);
    return monomials == null ? null : new Polynomial(monomials);
  }

  static Polynomial difference(Polynomial a, Polynomial c) {
    List<Monomial> all = new ArrayList<>(a.monomials);
    for (Monomial m : c.monomials) {
      all.add(new Monomial(m.coefficient.negate(), m.variables));
    }
    return new Polynomial(collect(all));
  }

  private static List<Monomial> expand(Node node, Bounds b) {
    if (node instanceof Node.Constant constant) {
      return constant.value.signum() == 0
          ? List.of()
          : List.of(new Monomial(constant.value, new int[0]));
    }
    if (node instanceof Node.Variable variable) {
      int v = variable.index;
      if (b.fixed(v)) {
        return b.lo[v] == 0
            ? List.of()
            : List.of(new Monomial(BigInteger.valueOf(b.lo[v]), new int[0]));
      }
      return List.of(new Monomial(BigInteger.ONE, new int[] {v}));
    }
    if (node instanceof Node.Sum sum) {
      List<Monomial> all = new ArrayList<>();
      for (int i = 0; i < sum.terms.length; i++) {
        List<Monomial> part = expand(sum.terms[i], b);
        if (part == null) {
          return null;
        }
        for (Monomial m : part) {
          all.add(sum.minus[i] ? new Monomial(m.coefficient.negate(), m.variables) : m);
        }
        if (all.size() > MAX_MONOMIALS) {
          return null;
        }
      }
      return collect(all);
    }
    if (node instanceof Node.Product product) {
      List<Monomial> result = List.of(new Monomial(BigInteger.ONE, new int[0]));
      for (Node factor : product.factors) {
        result = multiply(result, expand(factor, b));
        if (result == null) {
          return null;
        }
      }
      return result;
    }
    if (node instanceof Node.Power power && power.exponent <= MAX_DEGREE) {
      List<Monomial> result = List.of(new Monomial(BigInteger.ONE, new int[0]));
      List<Monomial> root = power.exponent == 0 ? null : expand(power.root, b);
      for (int i = 0; i < power.exponent && result != null; i++) {
        result = multiply(result, root);
      }
      return result;
    }
    return null;
  }

  private static List<Monomial> multiply(List<Monomial> a, List<Monomial> c) {
    if (a == null || c == null || a.size() * c.size() > MAX_MONOMIALS) {
      return null;
    }
    List<Monomial> all = new ArrayList<>(a.size() * c.size());
    for (Monomial m : a) {
      for (Monomial n : c) {
        int[] variables = Arrays.copyOf(m.variables, m.variables.length + n.variables.length);
        System.arraycopy(n.variables, 0, variables, m.variables.length, n.variables.length);
        if (variables.length > MAX_DEGREE) {
          return null;
        }
        Arrays.sort(variables);
        all.add(new Monomial(m.coefficient.multiply(n.coefficient), variables));
      }
    }
    return all.size() > 1 ? collect(all) : all;
  }

  private static List<Monomial> collect(List<Monomial> all) {
    List<Monomial> result = new ArrayList<>(all.size());
    for (Monomial m : all) {
      int same = -1;
      for (int i = 0; i < result.size() && same < 0; i++) {
        if (Arrays.equals(result.get(i).variables, m.variables)) {
          same = i;
        }
      }
      if (same < 0) {
        result.add(m);
      } else {
        BigInteger sum = result.get(same).coefficient.add(m.coefficient);
        if (sum.signum() == 0) {
          result.remove(same);
        } else {
          result.set(same, new Monomial(sum, m.variables));
        }
      }
    }
    return result;
  }

  /** Greatest common divisor of the coefficients of the monomials with variables; 0 for none. */
  BigInteger content() {
    BigInteger gcd = BigInteger.ZERO;
    for (Monomial m : monomials) {
      if (m.variables.length > 0) {
        gcd = gcd.gcd(m.coefficient);
      }
    }
    return gcd;
  }

  BigInteger constant() {
    for (Monomial m : monomials) {
      if (m.variables.length == 0) {
        return m.coefficient;
      }
    }
    return BigInteger.ZERO;
  }

  /**
   * Bound of the sum of the monomials' magnitudes for variables that are not negative; INF above.
   */
  long magnitude(Bounds b) {
    long sum = 0;
    for (Monomial m : monomials) {
      sum = Sat.addHi(sum, magnitude(m, b));
    }
    return sum;
  }

  static long magnitude(Monomial m, Bounds b) {
    long product = Sat.of(m.coefficient.abs());
    for (int v : m.variables) {
      if (b.lo[v] < 0) {
        return Sat.INF;
      }
      product = Sat.mul(product, b.hi[v]);
    }
    return product;
  }
}
