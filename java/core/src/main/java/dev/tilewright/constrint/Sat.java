package dev.tilewright.constrint;

/**
 * Bounds of integers without limit, kept in longs. As a lower bound {@code -INF} says nothing and
 * {@code INF} says "at least 2^63 - 1"; as an upper bound {@code INF} says nothing and {@code -INF}
 * says "at most -(2^63 - 1)". An operation that leaves the range saturates, which widens a bound
 * and never cuts a value off.
 */
final class Sat {
  static final long INF = Long.MAX_VALUE;

  private Sat() {}

  static long clamp(long value) {
    return value == Long.MIN_VALUE ? -INF : value;
  }

  static long of(java.math.BigInteger value) {
    return value.bitLength() < 64 ? clamp(value.longValue()) : value.signum() < 0 ? -INF : INF;
  }

  /** Sum of two lower bounds. */
  static long addLo(long a, long b) {
    return a == -INF || b == -INF ? -INF : add(a, b);
  }

  /** Sum of two upper bounds. */
  static long addHi(long a, long b) {
    return a == INF || b == INF ? INF : add(a, b);
  }

  private static long add(long a, long b) {
    long sum = a + b;
    if (((a ^ sum) & (b ^ sum)) < 0) {
      return a < 0 ? -INF : INF;
    }
    return clamp(sum);
  }

  static long negate(long a) {
    return -a;
  }

  /** Product of two bounds; 0 times anything is 0. */
  static long mul(long a, long b) {
    long low = a * b;
    long high = Math.multiplyHigh(a, b);
    if (high == low >> 63) {
      // An infinity times 1 keeps its meaning, as it is the extreme value.
      return clamp(low);
    }
    return (a ^ b) < 0 ? -INF : INF;
  }

  /** {@code a^k}, saturated. */
  static long pow(long a, int k) {
    long result = 1;
    for (int i = 0; i < k; i++) {
      result = mul(result, a);
      if (result == INF || result == -INF) {
        // The sign may still change with an odd or even number of factors.
        return a < 0 && k % 2 == 1 ? -INF : INF;
      }
      if (result == 0 || a == 1) {
        return result;
      }
      if (a == -1) {
        return k % 2 == 0 ? 1 : -1;
      }
    }
    return result;
  }

  static long ceilDiv(long a, long b) {
    return -Math.floorDiv(-a, b);
  }

  /** Largest r ≥ 0 with r^k ≤ a, for a ≥ 0; INF stays INF. */
  static long rootFloor(long a, int k) {
    if (a == INF || k == 1) {
      return a;
    }
    if (k >= 63) {
      return a >= 1 ? 1 : 0;
    }
    long r = (long) Math.pow(a, 1.0 / k);
    while (r > 0 && pow(r, k) > a) {
      r--;
    }
    while (pow(r + 1, k) <= a) {
      r++;
    }
    return r;
  }

  /** Smallest r ≥ 0 with r^k ≥ a, for a ≥ 0. */
  static long rootCeil(long a, int k) {
    if (a <= 1) {
      return Math.max(a, 0);
    }
    long r = rootFloor(a - 1, k);
    return r + 1;
  }

  /**
   * Smallest integer that can be t / o for t in [tlo, thi], o in [olo, ohi], 0 < olo; -INF when
   * unbounded.
   */
  static long quotientLo(long tlo, long olo, long ohi) {
    if (tlo == -INF) {
      return -INF;
    }
    if (tlo > 0) {
      return ohi == INF ? 1 : ceilDiv(tlo, ohi);
    }
    return ceilDiv(tlo, olo);
  }

  /** Largest integer that can be t / o, 0 < olo; INF when unbounded. */
  static long quotientHi(long thi, long olo, long ohi) {
    if (thi == INF) {
      return INF;
    }
    if (thi < 0) {
      return ohi == INF ? -1 : Math.floorDiv(thi, ohi);
    }
    return Math.floorDiv(thi, olo);
  }
}
