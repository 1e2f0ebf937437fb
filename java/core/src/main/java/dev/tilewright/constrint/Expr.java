package dev.tilewright.constrint;

import java.math.BigInteger;
import java.util.List;

/**
 * A term: what stands on either side of a comparison. Immutable; a {@code let} that is used twice
 * is the same object twice, so terms are graphs that read as trees. The parser bounds depth, size,
 * digits and combinations of sets ({@link Limits}), so recursion over a term is safe.
 *
 * <p>A term has no value where a divisor is 0 or an exact division leaves a remainder.
 */
sealed interface Expr {

  /** A literal, or a constant after {@link RuleSet#bind}. */
  record Num(BigInteger value) implements Expr {}

  /**
   * {@code [8, 16, 32]}: one of these values, chosen for this occurrence alone. At least one value,
   * sorted, distinct.
   */
  record SetOf(List<BigInteger> values) implements Expr {}

  /** A variable; in an unbound rule set also a constant. */
  record Name(String name) implements Expr {}

  /** At least two terms; none is a sum unless a {@code let} or parentheses made it one. */
  record Sum(List<Expr> terms) implements Expr {}

  /** At least two factors. */
  record Product(List<Expr> factors) implements Expr {}

  /** {@code base ^ exponent}, exponent ≥ 0; {@code x ^ 0} is 1. */
  record Power(Expr base, int exponent) implements Expr {}

  /** {@code left - right}; {@code -x} is {@code 0 - x}. */
  record Difference(Expr left, Expr right) implements Expr {}

  /** A division, rounded as {@code rounding} says. No value where the divisor is 0. */
  record Quotient(Rounding rounding, Expr dividend, Expr divisor) implements Expr {}

  /** How a quotient becomes an integer. */
  enum Rounding {
    /** {@code a / b}: has a value only where b divides a. */
    EXACT,
    /** {@code floordiv(a, b)}: toward minus infinity. */
    FLOOR,
    /** {@code ceildiv(a, b)}: toward plus infinity. */
    CEIL
  }

  /** {@code max(…)} or {@code min(…)} of at least one term. */
  record Extremum(boolean max, List<Expr> terms) implements Expr {}

  /**
   * {@code a % b} as a value: {@code a - b * floordiv(a, b)}, so its sign is the divisor's. No
   * value where the divisor is 0.
   */
  record Remainder(Expr dividend, Expr divisor) implements Expr {}
}
