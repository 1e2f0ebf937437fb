package dev.tilewright.bench.peers;

import java.util.stream.IntStream;

/** Divisors of a positive number. */
final class Divisors {
  private Divisors() {}

  /** Those up to a bound, ascending. */
  static int[] upTo(int bound, int n) {
    return IntStream.rangeClosed(1, Math.min(bound, n)).filter(d -> n % d == 0).toArray();
  }

  static int[] of(int n) {
    int low = (int) Math.sqrt(n);
    IntStream small = IntStream.rangeClosed(1, low).filter(d -> n % d == 0);
    IntStream large =
        IntStream.iterate(low, d -> d >= 1, d -> d - 1)
            .filter(d -> n % d == 0 && d != n / d)
            .map(d -> n / d);
    return IntStream.concat(small, large).toArray();
  }
}
