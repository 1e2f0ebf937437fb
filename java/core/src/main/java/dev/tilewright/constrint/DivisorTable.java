package dev.tilewright.constrint;

/** Divisors of the numbers that one search meets: a hash table that probes on. */
final class DivisorTable {
  /** Beyond this many numbers the table starts anew. */
  private static final int MOST = 1 << 14;

  private long[] numbers = new long[64];
  private long[][] divisors = new long[64][];
  private int count;

  /** The sorted divisors of n ≥ 1. */
  long[] of(long n) {
    int at = slot(n);
    if (divisors[at] == null) {
      if (count >= MOST) {
        allot(64);
        at = slot(n);
      } else if (2 * count >= numbers.length) {
        grow();
        at = slot(n);
      }
      numbers[at] = n;
      divisors[at] = Factors.divisors(n);
      count++;
    }
    return divisors[at];
  }

  /** Where a number stands, or where it would. */
  private int slot(long n) {
    int mask = numbers.length - 1;
    long hash = n * 0x9E3779B97F4A7C15L;
    int at = (int) (hash >>> 40) & mask;
    while (divisors[at] != null && numbers[at] != n) {
      at = at + 1 & mask;
    }
    return at;
  }

  private void allot(int size) {
    numbers = new long[size];
    divisors = new long[size][];
    count = 0;
  }

  private void grow() {
    long[] old = numbers;
    long[][] lists = divisors;
    allot(2 * old.length);
    for (int i = 0; i < old.length; i++) {
      if (lists[i] != null) {
        int at = slot(old[i]);
        numbers[at] = old[i];
        divisors[at] = lists[i];
        count++;
      }
    }
  }
}
