package dev.tilewright.constrint;

import java.math.BigInteger;

/** What a plan does at a place: steps that narrow the candidates, tests of one candidate. */
final class Steps {
  private Steps() {}

  /** Narrows the candidates of a variable from the values before it; false when none is left. */
  interface Step {
    boolean apply(Search s, Range r);
  }

  /** Tests a candidate that has been put in place, products included. */
  interface Test {
    boolean test(Search s);
  }

  /**
   * A sum of coefficients times registers.
   *
   * @param others second factors, registers too; null where all are 1
   */
  record Linear(long[] coefficients, int[] registers, int[] others) {
    long value(long[] r) {
      long sum = 0;
      if (others == null) {
        for (int i = 0; i < registers.length; i++) {
          sum += coefficients[i] * r[registers[i]];
        }
      } else {
        for (int i = 0; i < registers.length; i++) {
          sum += coefficients[i] * r[registers[i]] * r[others[i]];
        }
      }
      return sum;
    }
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
      if (a > 0) {
        // Bounds that do not cut need no division.
        return a * r.hi + b <= 0 || r.atMost(Math.floorDiv(-b, a));
      }
      if (a < 0) {
        return r.atLeast(Sat.ceilDiv(b, -a));
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
      if (a == -1) {
        return r.atLeast(b) && r.atMost(b);
      }
      if (a == 0) {
        return b == 0;
      }
      long x = -b / a;
      return x * a == -b && r.atLeast(x) && r.atMost(x);
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
  record RootOfLeft(long a, int left, long c, int right, int power) implements Step {
    @Override
    public boolean apply(Search s, Range r) {
      long dividend = a * s.registers[left];
      long divisor = Sat.mul(c, s.registers[right]);
      long x = dividend / divisor;
      if (x * divisor != dividend) {
        return false;
      }
      if (power > 1) {
        long root = Sat.rootFloor(x, power);
        if (Sat.pow(root, power) != x) {
          return false;
        }
        x = root;
      }
      return r.atLeast(x) && r.atMost(x);
    }
  }

  /** {@code a left x^power == c right}: the same with the small side unknown. */
  record RootOfRight(long a, int left, long c, int right, int power) implements Step {
    @Override
    public boolean apply(Search s, Range r) {
      long dividend = Sat.mul(c, s.registers[right]);
      if (dividend == Sat.INF) {
        return false;
      }
      long divisor = Sat.mul(a, s.registers[left]);
      long x = dividend / divisor;
      if (x * divisor != dividend) {
        return false;
      }
      if (power > 1) {
        long root = Sat.rootFloor(x, power);
        if (Sat.pow(root, power) != x) {
          return false;
        }
        x = root;
      }
      return r.atLeast(x) && r.atMost(x);
    }
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
  }

  /** {@code c right | a left x}: candidates are multiples. */
  record Multiple(long a, int left, long c, int right) implements Step {
    @Override
    public boolean apply(Search s, Range r) {
      long have = a * s.registers[left];
      long need = Sat.mul(c, s.registers[right]);
      if (need == 1) {
        return true;
      }
      long multiple = need / Factors.gcd(need, have);
      return multiple == 1 || multiple <= r.hi && r.multipleOf(multiple);
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
  record Evaluate(Node term) implements Step {
    @Override
    public boolean apply(Search s, Range r) {
      Bounds b = s.bounds;
      b.inexact = false;
      if (!term.forward(b)) {
        return false;
      }
      long x;
      if (b.inexact) {
        BigInteger exact = term.exact(s.values);
        if (exact == null || exact.bitLength() > 63) {
          return false;
        }
        x = exact.longValue();
      } else {
        x = b.termLo[term.id];
      }
      return r.atLeast(x) && r.atMost(x);
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
