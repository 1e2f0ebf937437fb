package dev.tilewright.constrint;

import java.math.BigInteger;
import java.util.Optional;
import java.util.function.Function;

/** What {@code best} looks for: the largest or the smallest value of a term. Immutable. */
public final class Objective {
  private final boolean maximize;
  private final Expr expr;
  private final Origin origin;

  Objective(boolean maximize, Expr expr, Origin origin) {
    this.maximize = maximize;
    this.expr = expr;
    this.origin = origin;
  }

  /**
   * Reads {@code maximize A * B - C} or {@code minimize …}; the same statement as in a rule file,
   * with names of the rule set that it is used with.
   *
   * @throws RuleException when it cannot be read
   */
  public static Objective parse(String text) {
    return Parser.objective(text);
  }

  /** Whether large values are better. */
  public boolean maximize() {
    return maximize;
  }

  Expr expr() {
    return expr;
  }

  Origin origin() {
    return origin;
  }

  /** The statement as written, on one line. */
  public String text() {
    return origin.text();
  }

  /**
   * The value of the term, or nothing where it has none (an exact division with a remainder, a
   * divisor of 0): such a solution is never the best.
   *
   * @param values a value for each name of the term
   */
  public Optional<BigInteger> value(Function<String, BigInteger> values) {
    return Evaluator.values(expr, values).stream().findFirst();
  }

  @Override
  public String toString() {
    return origin.text();
  }
}
