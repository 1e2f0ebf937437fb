package dev.tilewright.constrint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Factors and divisors, against trial division and {@link BigInteger}. */
final class FactorsTest {
  @Test
  void listsTheDivisors() {
    for (long n = 1; n < 3000; n++) {
      long number = n;
      long[] expected = LongStream.rangeClosed(1, n).filter(d -> number % d == 0).toArray();
      assertArrayEquals(expected, Factors.divisors(n));
    }
  }

  @Test
  void factorisesLargeNumbers() {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      int bits = 2 + random.nextInt(30);
      BigInteger p = BigInteger.probablePrime(bits, random);
      BigInteger q = BigInteger.probablePrime(2 + random.nextInt(60 - bits), random);
      check(p.multiply(q).longValueExact());
      check(random.nextLong() >>> 1 + random.nextInt(20) | 1);
    }
    check(Long.MAX_VALUE);
    check(1L << 62);
    check(2147483647L * 2147483647L);
    check(3037000493L * 3037000493L);
  }

  private static void check(long n) {
    long[] factors = Factors.factorise(n);
    long product = 1;
    for (int i = 0; i < factors.length; i += 2) {
      assertEquals(true, BigInteger.valueOf(factors[i]).isProbablePrime(40), n + ": " + factors[i]);
      for (long e = 0; e < factors[i + 1]; e++) {
        product = Math.multiplyExact(product, factors[i]);
      }
    }
    assertEquals(n, product);
    assertEquals(BigInteger.valueOf(n).isProbablePrime(40), Factors.isPrime(n));
  }
}
