package dev.tilewright.constrint;

import java.math.BigInteger;

/**
 * A term with numbered variables. {@code forward} computes its interval from those of its parts,
 * {@code backward} narrows the parts from what the term must be (HC4: Benhamou, Goualard,
 * Granvilliers and Puget, "Revising hull and box consistency", 1999), both with the saturating
 * bounds of {@link Sat}. Immutable.
 */
abstract class Node {
  /** Where its interval lies in {@link Bounds#termLo}. */
  final int id;

  Node(int id) {
    this.id = id;
  }

  /**
   * Sets the interval. False when the term can have no value. When the bounds' {@code inexact} is
   * still false after this, the interval is the one value of the term.
   */
  abstract boolean forward(Bounds b);

  /** Narrows the variables below to what lets the term lie in [from, to]; after forward. */
  abstract boolean backward(Bounds b, long from, long to);

  /** The value for these values of the variables, or null where there is none. */
  abstract BigInteger exact(long[] values);

  /** The terms directly below. */
  Node[] parts() {
    return new Node[0];
  }

  final boolean set(Bounds b, long lo, long hi) {
    b.termLo[id] = lo;
    b.termHi[id] = hi;
    if (lo != hi || lo == Sat.INF || lo == -Sat.INF) {
      b.inexact = true;
    }
    return true;
  }

  /** A number. */
  static final class Constant extends Node {
    final BigInteger value;
    final long bound;

    Constant(int id, BigInteger value) {
      super(id);
      this.value = value;
      bound = Sat.of(value);
    }

    @Override
    boolean forward(Bounds b) {
      return set(b, bound, bound);
    }

    @Override
    boolean backward(Bounds b, long from, long to) {
      return from <= bound && to >= bound;
    }

    @Override
    BigInteger exact(long[] values) {
      return value;
    }
  }

  /** A variable. */
  static final class Variable extends Node {
    final int index;

    Variable(int id, int index) {
      super(id);
      this.index = index;
    }

    @Override
    boolean forward(Bounds b) {
      return set(b, b.lo[index], b.hi[index]);
    }

    @Override
    boolean backward(Bounds b, long from, long to) {
      return b.narrow(index, from, to);
    }

    @Override
    BigInteger exact(long[] values) {
      return BigInteger.valueOf(values[index]);
    }
  }

  /** Terms added, each with its sign. */
  static final class Sum extends Node {
    final Node[] terms;
    final boolean[] minus;

    Sum(int id, Node[] terms, boolean[] minus) {
      super(id);
      this.terms = terms;
      this.minus = minus;
    }

    private long lo(Bounds b, int i) {
      return minus[i] ? -b.termHi[terms[i].id] : b.termLo[terms[i].id];
    }

    private long hi(Bounds b, int i) {
      return minus[i] ? -b.termLo[terms[i].id] : b.termHi[terms[i].id];
    }

    @Override
    Node[] parts() {
      return terms;
    }

    @Override
    boolean forward(Bounds b) {
      long lo = 0;
      long hi = 0;
      for (int i = 0; i < terms.length; i++) {
        if (!terms[i].forward(b)) {
          return false;
        }
        lo = Sat.addLo(lo, lo(b, i));
        hi = Sat.addHi(hi, hi(b, i));
      }
      return set(b, lo, hi);
    }

    @Override
    boolean backward(Bounds b, long from, long to) {
      if (from <= b.termLo[id] && to >= b.termHi[id]) {
        return true;
      }
      int n = terms.length;
      long[] lows = new long[n + 1];
      long[] highs = new long[n + 1];
      for (int i = n - 1; i >= 0; i--) {
        lows[i] = Sat.addLo(lows[i + 1], lo(b, i));
        highs[i] = Sat.addHi(highs[i + 1], hi(b, i));
      }
      long beforeLo = 0;
      long beforeHi = 0;
      for (int i = 0; i < n; i++) {
        long othersLo = Sat.addLo(beforeLo, lows[i + 1]);
        long othersHi = Sat.addHi(beforeHi, highs[i + 1]);
        beforeLo = Sat.addLo(beforeLo, lo(b, i));
        beforeHi = Sat.addHi(beforeHi, hi(b, i));
        long lo = othersHi == Sat.INF ? -Sat.INF : Sat.addLo(from, -othersHi);
        long hi = othersLo == -Sat.INF ? Sat.INF : Sat.addHi(to, -othersLo);
        if (!(minus[i] ? terms[i].backward(b, -hi, -lo) : terms[i].backward(b, lo, hi))) {
          return false;
        }
      }
      return true;
    }

    @Override
    BigInteger exact(long[] values) {
      BigInteger result = BigInteger.ZERO;
      for (int i = 0; i < terms.length; i++) {
        BigInteger value = terms[i].exact(values);
        if (value == null) {
          return null;
        }
        result = minus[i] ? result.subtract(value) : result.add(value);
      }
      return result;
    }
  }

  /** Terms multiplied. */
  static final class Product extends Node {
    final Node[] factors;

    Product(int id, Node[] factors) {
      super(id);
      this.factors = factors;
    }

    @Override
    Node[] parts() {
      return factors;
    }

    @Override
    boolean forward(Bounds b) {
      long lo = 1;
      long hi = 1;
      for (Node factor : factors) {
        if (!factor.forward(b)) {
          return false;
        }
        long fl = b.termLo[factor.id];
        long fh = b.termHi[factor.id];
        if (lo >= 0 && fl >= 0) {
          lo = Sat.mul(lo, fl);
          hi = Sat.mul(hi, fh);
        } else {
          long p = Sat.mul(lo, fl);
          long q = Sat.mul(lo, fh);
          long r = Sat.mul(hi, fl);
          long s = Sat.mul(hi, fh);
          lo = Math.min(Math.min(p, q), Math.min(r, s));
          hi = Math.max(Math.max(p, q), Math.max(r, s));
        }
      }
      return set(b, lo, hi);
    }

    @Override
    boolean backward(Bounds b, long from, long to) {
      if (from <= b.termLo[id] && to >= b.termHi[id]) {
        return true;
      }
      for (Node factor : factors) {
        if (b.termLo[factor.id] <= 0) {
          return backwardSigned(b, from, to);
        }
      }
      int n = factors.length;
      long[] lows = new long[n + 1];
      long[] highs = new long[n + 1];
      lows[n] = 1;
      highs[n] = 1;
      for (int i = n - 1; i >= 0; i--) {
        lows[i] = Sat.mul(lows[i + 1], b.termLo[factors[i].id]);
        highs[i] = Sat.mul(highs[i + 1], b.termHi[factors[i].id]);
      }
      long beforeLo = 1;
      long beforeHi = 1;
      for (int i = 0; i < n; i++) {
        Node factor = factors[i];
        long othersLo = Sat.mul(beforeLo, lows[i + 1]);
        long othersHi = Sat.mul(beforeHi, highs[i + 1]);
        beforeLo = Sat.mul(beforeLo, b.termLo[factor.id]);
        beforeHi = Sat.mul(beforeHi, b.termHi[factor.id]);
        long lo = Sat.quotientLo(from, othersLo, othersHi);
        long hi = Sat.quotientHi(to, othersLo, othersHi);
        if (lo > hi || !factor.backward(b, lo, hi)) {
          return false;
        }
      }
      return true;
    }

    /** With factors that may be zero or negative; only where the others keep clear of zero. */
    private boolean backwardSigned(Bounds b, long from, long to) {
      for (int i = 0; i < factors.length; i++) {
        long lo = 1;
        long hi = 1;
        for (int j = 0; j < factors.length; j++) {
          if (j != i) {
            long fl = b.termLo[factors[j].id];
            long fh = b.termHi[factors[j].id];
            long p = Sat.mul(lo, fl);
            long q = Sat.mul(lo, fh);
            long r = Sat.mul(hi, fl);
            long s = Sat.mul(hi, fh);
            lo = Math.min(Math.min(p, q), Math.min(r, s));
            hi = Math.max(Math.max(p, q), Math.max(r, s));
          }
        }
        long from1 = from;
        long to1 = to;
        if (hi < 0) {
          long t = lo;
          lo = -hi;
          hi = -t;
          from1 = -to;
          to1 = -from;
        }
        if (lo <= 0) {
          continue;
        }
        long low = Sat.quotientLo(from1, lo, hi);
        long high = Sat.quotientHi(to1, lo, hi);
        if (low > high || !factors[i].backward(b, low, high)) {
          return false;
        }
      }
      return true;
    }

    @Override
    BigInteger exact(long[] values) {
      BigInteger result = BigInteger.ONE;
      for (Node factor : factors) {
        BigInteger value = factor.exact(values);
        if (value == null) {
          return null;
        }
        result = result.multiply(value);
      }
      return result;
    }
  }

  /** A term to a power ≥ 0. */
  static final class Power extends Node {
    final Node root;
    final int exponent;

    Power(int id, Node root, int exponent) {
      super(id);
      this.root = root;
      this.exponent = exponent;
    }

    @Override
    Node[] parts() {
      return new Node[] {root};
    }

    @Override
    boolean forward(Bounds b) {
      if (!root.forward(b)) {
        return false;
      }
      long lo = b.termLo[root.id];
      long hi = b.termHi[root.id];
      if (exponent == 0) {
        return set(b, 1, 1);
      }
      long p = Sat.pow(lo, exponent);
      long q = Sat.pow(hi, exponent);
      if (exponent % 2 == 1 || lo >= 0) {
        return set(b, p, q);
      }
      if (hi <= 0) {
        return set(b, q, p);
      }
      return set(b, 0, Math.max(p, q));
    }

    @Override
    boolean backward(Bounds b, long from, long to) {
      if (exponent == 0) {
        return from <= 1 && to >= 1;
      }
      if (exponent == 1) {
        return root.backward(b, from, to);
      }
      if (from <= b.termLo[id] && to >= b.termHi[id]) {
        return true;
      }
      boolean even = exponent % 2 == 0;
      if (b.termLo[root.id] >= 0) {
        return to >= 0
            && root.backward(
                b, Sat.rootCeil(Math.max(from, 0), exponent), Sat.rootFloor(to, exponent));
      }
      if (even) {
        if (to < 0) {
          return false;
        }
        long reach = Sat.rootFloor(to, exponent);
        return root.backward(b, -reach, reach);
      }
      long lo = from >= 0 ? Sat.rootCeil(from, exponent) : -Sat.rootFloor(-from, exponent);
      long hi = to >= 0 ? Sat.rootFloor(to, exponent) : -Sat.rootCeil(-to, exponent);
      return root.backward(b, lo, hi);
    }

    @Override
    BigInteger exact(long[] values) {
      BigInteger value = root.exact(values);
      return value == null ? null : value.pow(exponent);
    }
  }

  /** {@code [8, 16, 32]}: one of some values; a variable that no caller sees holds which. */
  static final class Choice extends Node {
    final BigInteger[] sorted;
    final int index;

    Choice(int id, BigInteger[] sorted, int index) {
      super(id);
      this.sorted = sorted;
      this.index = index;
    }

    @Override
    boolean forward(Bounds b) {
      return set(b, Sat.of(sorted[(int) b.lo[index]]), Sat.of(sorted[(int) b.hi[index]]));
    }

    @Override
    boolean backward(Bounds b, long from, long to) {
      int first = (int) b.lo[index];
      int last = (int) b.hi[index];
      while (first <= last && Sat.of(sorted[first]) < from) {
        first++;
      }
      while (first <= last && Sat.of(sorted[last]) > to) {
        last--;
      }
      return first <= last && b.narrow(index, first, last);
    }

    @Override
    BigInteger exact(long[] values) {
      return sorted[(int) values[index]];
    }
  }
}
