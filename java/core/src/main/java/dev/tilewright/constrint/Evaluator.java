package dev.tilewright.constrint;

import dev.tilewright.constrint.Expr.Difference;
import dev.tilewright.constrint.Expr.Extremum;
import dev.tilewright.constrint.Expr.Name;
import dev.tilewright.constrint.Expr.Num;
import dev.tilewright.constrint.Expr.Power;
import dev.tilewright.constrint.Expr.Product;
import dev.tilewright.constrint.Expr.Quotient;
import dev.tilewright.constrint.Expr.Remainder;
import dev.tilewright.constrint.Expr.Rounding;
import dev.tilewright.constrint.Expr.SetOf;
import dev.tilewright.constrint.Expr.Sum;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * The meaning of rules and terms, written to be obviously right rather than fast. A term has a set
 * of possible values: one for each way to choose from the sets in it, none where it has no value.
 * As each occurrence chooses for itself, the values of an operation are those of all pairs of
 * operands.
 */
final class Evaluator {
  private Evaluator() {}

  static boolean holds(Rule rule, Function<String, BigInteger> names) {
    if (rule instanceof AnyOf any) {
      return any.rules().stream().anyMatch(r -> holds(r, names));
    }
    if (rule instanceof Pow2 pow2) {
      return values(pow2.term(), names).stream().anyMatch(v -> v.signum() > 0 && v.bitCount() == 1);
    }
    if (rule instanceof Divides divides) {
      return values(new Remainder(divides.dividend(), divides.divisor()), names)
          .contains(BigInteger.ZERO);
    }
    Comparison comparison = (Comparison) rule;
    Set<BigInteger> right = values(comparison.right(), names);
    for (BigInteger l : values(comparison.left(), names)) {
      for (BigInteger r : right) {
        if (comparison.op().accepts(l.compareTo(r))) {
          return true;
        }
      }
    }
    return false;
  }

  /** The possible values of a term. */
  static Set<BigInteger> values(Expr expr, Function<String, BigInteger> names) {
    if (expr instanceof Num num) {
      return Set.of(num.value());
    }
    if (expr instanceof Name name) {
      BigInteger value = names.apply(name.name());
      if (value == null) {
        throw new IllegalArgumentException("no value for " + name.name());
      }
      return Set.of(value);
    }
    if (expr instanceof SetOf set) {
      return new LinkedHashSet<>(set.values());
    }
    if (expr instanceof Sum sum) {
      return fold(sum.terms(), names, BigInteger::add);
    }
    if (expr instanceof Product product) {
      return fold(product.factors(), names, BigInteger::multiply);
    }
    if (expr instanceof Extremum extremum) {
      return fold(extremum.terms(), names, extremum.max() ? BigInteger::max : BigInteger::min);
    }
    if (expr instanceof Difference difference) {
      return fold(List.of(difference.left(), difference.right()), names, BigInteger::subtract);
    }
    if (expr instanceof Power power) {
      Set<BigInteger> result = new LinkedHashSet<>();
      for (BigInteger base : values(power.base(), names)) {
        result.add(base.pow(power.exponent()));
      }
      return result;
    }
    if (expr instanceof Quotient quotient) {
      return fold(
          List.of(quotient.dividend(), quotient.divisor()),
          names,
          (a, b) -> divide(quotient.rounding(), a, b));
    }
    Remainder remainder = (Remainder) expr;
    return fold(
        List.of(remainder.dividend(), remainder.divisor()),
        names,
        (a, b) -> b.signum() == 0 ? null : a.subtract(b.multiply(divide(Rounding.FLOOR, a, b))));
  }

  /** The operation over every combination of values; a null result is no value. */
  private static Set<BigInteger> fold(
      List<Expr> terms, Function<String, BigInteger> names, BinaryOperator<BigInteger> op) {
    Set<BigInteger> result = values(terms.get(0), names);
    for (Expr term : terms.subList(1, terms.size())) {
      List<BigInteger> right = new ArrayList<>(values(term, names));
      Set<BigInteger> next = new LinkedHashSet<>();
      for (BigInteger a : result) {
        for (BigInteger b : right) {
          BigInteger value = op.apply(a, b);
          if (value != null) {
            next.add(value);
          }
        }
      }
      result = next;
    }
    return result;
  }

  /** The quotient, or null where there is none. */
  static BigInteger divide(Rounding rounding, BigInteger a, BigInteger b) {
    if (b.signum() == 0) {
      return null;
    }
    BigInteger[] parts = a.divideAndRemainder(b);
    if (parts[1].signum() == 0) {
      return parts[0];
    }
    boolean negative = a.signum() != b.signum();
    return switch (rounding) {
      case EXACT -> null;
      case FLOOR -> negative ? parts[0].subtract(BigInteger.ONE) : parts[0];
      case CEIL -> negative ? parts[0] : parts[0].add(BigInteger.ONE);
    };
  }
}
