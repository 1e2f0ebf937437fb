package dev.tilewright.constrint;

import java.math.BigInteger;

/** {@code x ≡ residue (mod modulus)}, from {@code x % 12 == 5} or {@code x % 12 == 0}. */
record Congruence(int variable, long residue, long modulus) {
  /** The congruence that a constraint states, or null. */
  static Congruence of(Constraint constraint) {
    if (constraint instanceof Constraint.Divisible divisible
        && divisible.dividend instanceof Node.Variable x
        && divisible.divisor instanceof Node.Constant m) {
      return of(x.index, BigInteger.ZERO, m.value);
    }
    if (constraint instanceof Constraint.Compare compare && compare.op == Comparison.Op.EQ) {
      Node remainder = compare.left;
      Node value = compare.right;
      if (remainder instanceof Node.Constant) {
        remainder = compare.right;
        value = compare.left;
      }
      if (remainder instanceof Divisions.Remainder r
          && r.dividend instanceof Node.Variable x
          && r.divisor instanceof Node.Constant m
          && value instanceof Node.Constant c) {
        return c.value.signum() >= 0 && c.value.compareTo(m.value) < 0
            ? of(x.index, c.value, m.value)
            : null;
      }
    }
    return null;
  }

  private static Congruence of(int v, BigInteger residue, BigInteger modulus) {
    return modulus.signum() > 0 && modulus.bitLength() < 63
        ? new Congruence(v, residue.longValue(), modulus.longValue())
        : null;
  }

  /**
   * Joins the congruence with that of the variable's range (Chinese remainder theorem); false when
   * no value has both. Leaves value lists, and moduli whose product is large, to others.
   */
  boolean narrow(Bounds b) {
    int v = variable;
    if (b.values[v] != null) {
      return true;
    }
    long step = b.step[v];
    long gcd = Factors.gcd(step, modulus);
    long base = Math.floorMod(b.base[v], step);
    if (Math.floorMod(residue - base, gcd) != 0) {
      return false;
    }
    BigInteger lcm = BigInteger.valueOf(step / gcd).multiply(BigInteger.valueOf(modulus));
    if (lcm.bitLength() >= 62 || modulus == gcd) {
      return true;
    }
    // base + step k ≡ residue (mod modulus)
    BigInteger m = BigInteger.valueOf(modulus / gcd);
    BigInteger k =
        BigInteger.valueOf((residue - base) / gcd)
            .multiply(BigInteger.valueOf(step / gcd).modInverse(m))
            .mod(m);
    b.base[v] = k.multiply(BigInteger.valueOf(step)).add(BigInteger.valueOf(base)).longValueExact();
    b.step[v] = lcm.longValueExact();
    long lo = b.lo[v] + Math.floorMod(b.base[v] - b.lo[v], b.step[v]);
    long hi = b.hi[v] - Math.floorMod(b.hi[v] - b.base[v], b.step[v]);
    return lo <= hi && b.narrow(v, lo, hi);
  }

  /** Whether every value of the variable's range has the residue. */
  boolean within(Bounds b) {
    int v = variable;
    return b.values[v] == null
        && b.step[v] % modulus == 0
        && Math.floorMod(b.base[v], modulus) == residue;
  }
}
