package dev.tilewright.constrint;

import java.util.HashMap;
import java.util.Map;

/** Divisors of the numbers that one search meets. */
final class DivisorTable {
  /** Beyond this many the table starts anew. */
  private static final int MOST = 1 << 14;

  private final Map<Long, long[]> known = new HashMap<>();

  long[] of(long n) {
    long[] result = known.get(n);
    if (result == null) {
      if (known.size() >= MOST) {
        known.clear();
      }
      result = Factors.divisors(n);
      known.put(n, result);
    }
    return result;
  }
}
