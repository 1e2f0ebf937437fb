package dev.tilewright.constrint;

import java.math.BigInteger;
import java.util.function.Function;

/**
 * One constraint of a rule set: a comparison, {@code A % B == 0}, {@code pow2(A)}, or several of
 * them joined by {@code |}. Immutable. {@code toString} gives {@code line 3: A % B == 0}.
 */
public sealed interface Rule permits Comparison, Divides, Pow2, AnyOf {

  /** Where the rule stands in its file. */
  private Origin place() {
    if (this instanceof Comparison rule) {
      return rule.origin();
    }
    if (this instanceof Divides rule) {
      return rule.origin();
    }
    if (this instanceof Pow2 rule) {
      return rule.origin();
    }
    return ((AnyOf) this).origin();
  }

  /** The line of the file on which the rule begins, from 1. */
  default int line() {
    return place().line();
  }

  /** The column in which the rule begins, from 1. */
  default int column() {
    return place().column();
  }

  /** The rule as written, without comments, on one line. */
  default String text() {
    return place().text();
  }

  /**
   * Whether the rule is true for these values: the meaning of the language, computed without bounds
   * on the numbers. A set stands for some value of it, each occurrence for its own; where a term
   * has no value (a divisor of 0, an exact division with a remainder) that choice does not count.
   *
   * @param values a value for each name of the rule
   * @throws IllegalArgumentException when a name has no value ({@code null})
   */
  default boolean holds(Function<String, BigInteger> values) {
    return Evaluator.holds(this, values);
  }
}
