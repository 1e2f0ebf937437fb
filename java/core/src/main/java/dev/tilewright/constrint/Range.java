package dev.tilewright.constrint;

/** The candidates of the next variable, as the steps of its place narrow them. */
final class Range {
  long lo;
  long hi;

  /** Candidates are multiples of this. */
  long multiple;

  /** What the candidates divide. */
  final long[] quotients;

  int count;

  /** What the candidates are not. */
  final long[] excluded;

  int holes;

  Range(int quotients, int excluded) {
    this.quotients = new long[quotients];
    this.excluded = new long[excluded];
  }

  void reset(long from, long to) {
    lo = from;
    hi = to;
    multiple = 1;
    count = 0;
    holes = 0;
  }

  boolean differs(long value) {
    for (int i = 0; i < holes; i++) {
      if (excluded[i] == value) {
        return true;
      }
    }
    excluded[holes++] = value;
    return true;
  }

  /** Whether a member of the interval meets the other conditions. */
  boolean admits(long value) {
    for (int i = 0; i < count; i++) {
      if (quotients[i] % value != 0) {
        return false;
      }
    }
    for (int i = 0; i < holes; i++) {
      if (excluded[i] == value) {
        return false;
      }
    }
    return multiple == 1 || value % multiple == 0;
  }

  boolean atMost(long bound) {
    hi = Math.min(hi, bound);
    return lo <= hi;
  }

  boolean atLeast(long bound) {
    lo = Math.max(lo, bound);
    return lo <= hi;
  }

  boolean divides(long quotient) {
    quotients[count++] = quotient;
    return true;
  }

  boolean multipleOf(long m) {
    if (multiple == 1) {
      multiple = m;
      return true;
    }
    long factor = m / Factors.gcd(multiple, m);
    if (factor > hi / multiple) {
      return lo <= 0;
    }
    multiple *= factor;
    return true;
  }
}
