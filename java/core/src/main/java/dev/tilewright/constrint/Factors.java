package dev.tilewright.constrint;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Prime factors and divisors. Small factors by trial division, the rest by Pollard's rho in Brent's
 * form with Miller-Rabin (deterministic below 2^64 with the first twelve primes).
 */
final class Factors {
  private static final int[] BASES = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};

  /** Trial division up to here finds all factors of numbers below its square. */
  private static final int TRIAL = 1 << 10;

  private Factors() {}

  /** Primes with their exponents, in no order, of n ≥ 1: p0, e0, p1, e1, … */
  static long[] factorise(long n) {
    Map<Long, Integer> found = new HashMap<>();
    long rest = n;
    int twos = Long.numberOfTrailingZeros(rest);
    if (twos > 0) {
      found.put(2L, twos);
      rest >>= twos;
    }
    for (long p = 3; p < TRIAL && p * p <= rest; p += 2) {
      while (rest % p == 0) {
        found.merge(p, 1, Integer::sum);
        rest /= p;
      }
    }
    split(rest, found);
    long[] result = new long[2 * found.size()];
    int i = 0;
    for (Map.Entry<Long, Integer> entry : found.entrySet()) {
      result[i++] = entry.getKey();
      result[i++] = entry.getValue();
    }
    return result;
  }

  private static void split(long n, Map<Long, Integer> found) {
    if (n == 1) {
      return;
    }
    if (n < (long) TRIAL * TRIAL || isPrime(n)) {
      found.merge(n, 1, Integer::sum);
      return;
    }
    long root = (long) Math.sqrt((double) n);
    for (long r = Math.max(2, root - 1); r <= root + 1; r++) {
      if (r * r == n) {
        split(r, found);
        split(r, found);
        return;
      }
    }
    long factor = rho(n);
    split(factor, found);
    split(n / factor, found);
  }

  /** Number of divisors, saturated, for n ≥ 1. */
  static long divisorCount(long[] factors) {
    long count = 1;
    for (int i = 1; i < factors.length; i += 2) {
      count *= factors[i] + 1;
    }
    return count;
  }

  /** The sorted divisors of n ≥ 1. */
  static long[] divisors(long n) {
    long[] factors = factorise(n);
    long[] result = new long[(int) divisorCount(factors)];
    result[0] = 1;
    int size = 1;
    for (int i = 0; i < factors.length; i += 2) {
      int base = size;
      long power = 1;
      for (long e = 0; e < factors[i + 1]; e++) {
        power *= factors[i];
        for (int j = 0; j < base; j++) {
          result[size++] = result[j] * power;
        }
      }
    }
    Arrays.sort(result);
    return result;
  }

  static long gcd(long a, long b) {
    while (b != 0) {
      long t = a % b;
      a = b;
      b = t;
    }
    return a;
  }

  static boolean isPrime(long n) {
    if (n < 2) {
      return false;
    }
    for (int p : BASES) {
      if (n % p == 0) {
        return n == p;
      }
    }
    int twos = Long.numberOfTrailingZeros(n - 1);
    long odd = n - 1 >> twos;
    for (int base : BASES) {
      long x = power(base, odd, n);
      if (x == 1 || x == n - 1) {
        continue;
      }
      boolean composite = true;
      for (int i = 1; i < twos && composite; i++) {
        x = multiply(x, x, n);
        composite = x != n - 1;
      }
      if (composite) {
        return false;
      }
    }
    return true;
  }

  private static long power(long base, long exponent, long n) {
    long result = 1;
    for (long b = base % n, e = exponent; e > 0; e >>= 1) {
      if ((e & 1) == 1) {
        result = multiply(result, b, n);
      }
      b = multiply(b, b, n);
    }
    return result;
  }

  /**
   * a b mod n for 0 ≤ a, b < n < 2^63: the quotient from floating point is off by a few at most.
   */
  private static long multiply(long a, long b, long n) {
    long high = Math.multiplyHigh(a, b);
    if (high == 0 && a * b >= 0) {
      return a * b % n;
    }
    // With n below 2^63 the product's quotient q = a b / n is below 2^63 too. The first estimate is
    // exact to about 53 bits; the second, of what it left over, mends the rest.
    long quotient = (long) ((double) a * (double) b / (double) n);
    long rest = a * b - quotient * n;
    // The true remainder is rest plus a multiple of n of at most a few thousand; it wraps, so the
    // multiple is estimated from the high words.
    long restHigh = high - Math.multiplyHigh(quotient, n) - borrow(a * b, quotient * n);
    double estimate = (restHigh * 0x1p64 + unsigned(rest)) / (double) n;
    long mend = (long) Math.floor(estimate);
    rest -= mend * n;
    while (rest < 0) {
      rest += n;
    }
    while (rest >= n) {
      rest -= n;
    }
    return rest;
  }

  private static long borrow(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
  }

  private static double unsigned(long a) {
    return (a >>> 1) * 2.0 + (a & 1);
  }

  private static long rho(long n) {
    for (long c = 1; ; c++) {
      long y = 2;
      long product = 1;
      long factor = 1;
      long x = y;
      long saved = y;
      for (long run = 1; factor == 1; run *= 2) {
        x = y;
        for (long i = 0; i < run; i++) {
          y = step(y, c, n);
        }
        for (long done = 0; done < run && factor == 1; done += 128) {
          saved = y;
          for (long i = 0; i < Math.min(128, run - done); i++) {
            y = step(y, c, n);
            product = multiply(product, Math.abs(x - y), n);
          }
          factor = gcd(product, n);
        }
      }
      if (factor == n) {
        factor = 1;
        while (factor == 1) {
          saved = step(saved, c, n);
          factor = gcd(Math.abs(x - saved), n);
        }
      }
      if (factor != n) {
        return factor;
      }
    }
  }

  private static long step(long y, long c, long n) {
    long next = multiply(y, y, n) - (n - c);
    return next < 0 ? next + n : next;
  }
}
