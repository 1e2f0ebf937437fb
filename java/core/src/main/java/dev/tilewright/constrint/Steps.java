package dev.tilewright.constrint;

import java.math.BigInteger;

/** What a plan does at a place: steps that narrow the candidates, tests of one candidate. */
final class Steps {
  private Steps() {}

  /** What a {@link Definition} says when there is no value: less than any domain has. */
  static final long NONE = Long.MIN_VALUE;

  /** Narrows the candidates of a variable from the values before it; false when none is left. */
  interface Step {
    boolean apply(Search s, Range r);
  }

  /** The only value that a variable can have after those before it, or {@link #NONE}. */
  interface Definition {
    long value(Search s);
  }

  /** Tests a candidate that has been put in place, products included. */
  interface Test {
    boolean test(Search s);
  }

  /**
   * Bounds a variable that a later place derives, into two registers, so that what it depends on
   * can be bounded by it.
   */
  record Foresee(int variable, AtMost[] steps, int lo, int hi) implements Step {
    @Override
    public boolean apply(Search s, Range r) {
      Range range = s.foreseen;
      range.reset(s.bounds.lo[variable], s.bounds.hi[variable]);
      for (AtMost step : steps) {
        if (!step.apply(s, range)) {
          return false;
        }
      }
      s.registers[lo] = range.lo;
      s.registers[hi] = range.hi;
      return true;
    }
  }

  /** {@code slope x + offset <= 0}. */
  record AtMost(Linear slope, Linear offset) implements Step {
    @Override
    public boolean apply(Search s, Range r) {
      long a = slope.value(s.registers);
      long b = offset.value(s.registers);
      // Bounds that do not cut need no division.
      if (a > 0) {
        return a * r.hi + b <= 0 || r.atMost(a == 1 ? -b : Math.floorDiv(-b, a));
      }
      if (a < 0) {
        return a * r.lo + b <= 0 || r.atLeast(a == -1 ? b : Sat.ceilDiv(b, -a));
      }
      return b <= 0;
    }
  }

  /** {@code slope x + offset == 0}. */
  record Exactly(Linear slope, Linear offset) implements Step {
    @Override
    public boolean apply(Search s, Range r) {
      long a = slope.value(s.registers);
      long b = offset.value(s.registers);
      if (a == 0) {
        return b == 0;
      }
      long x = -b / a;
      return x * a == -b && r.atLeast(x) && r.atMost(x);
    }
  }

  /** {@code slope x + offset == 0} with a slope that is never 0. */
  record Solved(Linear slope, Linear offset) implements Definition {
    @Override
    public long value(Search s) {
      long a = slope.value(s.registers);
      long b = offset.value(s.registers);
      if (a == -1) {
        return b;
      }
      long x = -b / a;
      return x * a == -b ? x : NONE;
    }
  }

  /** {@code slope x + offset != 0}. */
  record Differs(Linear slope, Linear offset) implements Step {
    @Override
    public boolean apply(Search s, Range r) {
      long a = slope.value(s.registers);
      long b = offset.value(s.registers);
      if (a == 0) {
        return b != 0;
      }
      return b % a != 0 || r.differs(-b / a);
    }
  }

  /** {@code a left == c right x^power}: x from an exact division and a root. */
  record RootOfLeft(long a, int left, long c, int right, int power) implements Definition {
    @Override
    public long value(Search s) {
      return root(a * s.registers[left], Sat.mul(c, s.registers[right]), power);
    }
  }

  /** {@code a left x^power == c right}: the same with the small side unknown. */
  record RootOfRight(long a, int left, long c, int right, int power) implements Definition {
    @Override
    public long value(Search s) {
      long dividend = Sat.mul(c, s.registers[right]);
      return dividend == Sat.INF ? NONE : root(dividend, Sat.mul(a, s.registers[left]), power);
    }
  }

  private static long root(long dividend, long divisor, int power) {
    long x = divisor == 1 ? dividend : dividend / divisor;
    if (x * divisor != dividend) {
      return NONE;
    }
    if (power == 1) {
      return x;
    }
    long root = Sat.rootFloor(x, power);
    return Sat.pow(root, power) == x ? root : NONE;
  }

  /** {@code c right x | a left}: candidates divide the quotient. */
  record Divides(long a, int left, long c, int right) implements Step {
    @Override
    public boolean apply(Search s, Range r) {
      long dividend = Sat.mul(a, s.registers[left]);
      long divisor = Sat.mul(c, s.registers[right]);
      long q = dividend / divisor;
      return dividend != Sat.INF && q * divisor == dividend && r.atMost(q) && r.divides(q);
    }

    /** Whether {@code slope x + offset <= 0} is the bound that this gives. */
    boolean bounds(Linear slope, Linear offset) {
      return c != Sat.INF && slope.is(c, this.right) && offset.is(-a, this.left);
    }
  }

  /** {@code c right | a left x}: candidates are multiples. */
  record Multiple(long a, int left, long c, int right) implements Step {
    @Override
    public boolean apply(Search s, Range r) {
      long have = a * s.registers[left];
      long need = Sat.mul(c, s.registers[right]);
      if (have % need == 0) {
        return true;
      }
      long multiple = need / Factors.gcd(need, have);
      return multiple <= r.hi && r.multipleOf(multiple);
    }
  }

  /** Narrows by revising a constraint within the bounds of this search. */
  record Revise(Constraint constraint, int variable) implements Step {
    @Override
    public boolean apply(Search s, Range r) {
      Bounds b = s.bounds;
      int mark = b.mark();
      boolean some =
          b.narrow(variable, r.lo, r.hi)
              && constraint.revise(b)
              && r.atLeast(b.lo[variable])
              && r.atMost(b.hi[variable]);
      b.undo(mark);
      return some;
    }
  }

  /** {@code x == term} with all of the term fixed. */
  record Evaluated(Node term) implements Definition {
    @Override
    public long value(Search s) {
      Bounds b = s.bounds;
      b.inexact = false;
      if (!term.forward(b)) {
        return NONE;
      }
      if (!b.inexact) {
        return b.termLo[term.id];
      }
      BigInteger exact = term.exact(s.values);
      return exact == null || exact.bitLength() > 63 ? NONE : exact.longValue();
    }
  }

  /** {@code sum op 0}. */
  record Compares(Comparison.Op op, Linear sum) implements Test {
    @Override
    public boolean test(Search s) {
      return op.accepts(Long.signum(sum.value(s.registers)));
    }
  }

  /** {@code sum <= 0}. */
  record NotPositive(Linear sum) implements Test {
    @Override
    public boolean test(Search s) {
      return sum.value(s.registers) <= 0;
    }
  }

  /** {@code a left == c right}. */
  record Equal(long a, int left, long c, int right) implements Test {
    @Override
    public boolean test(Search s) {
      return a * s.registers[left] == Sat.mul(c, s.registers[right]);
    }
  }

  /** {@code c right | a left}. */
  record Divisible(long a, int left, long c, int right) implements Test {
    @Override
    public boolean test(Search s) {
      return a * s.registers[left] % Sat.mul(c, s.registers[right]) == 0;
    }
  }

  /** A constraint all of whose variables are fixed. */
  record Holds(Constraint constraint) implements Test {
    @Override
    public boolean test(Search s) {
      return constraint.holds(s.bounds, s.values);
    }
  }

  /** Whether a constraint may still hold. */
  record May(Constraint constraint) implements Test {
    @Override
    public boolean test(Search s) {
      int mark = s.bounds.mark();
      boolean may = constraint.revise(s.bounds);
      s.bounds.undo(mark);
      return may;
    }
  }
}
