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

  Range(int quotients) {
    this.quotients = new long[quotients];
  }

  void reset(long from, long to) {
    lo = from;
    hi = to;
    multiple = 1;
    count = 0;
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
