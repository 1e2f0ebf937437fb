package dev.tilewright.constrint;

import dev.tilewright.constrint.Expr.Num;
import dev.tilewright.constrint.Expr.Remainder;

/** {@code left op right}. */
record Comparison(Origin origin, Op op, Expr left, Expr right) implements Rule {

  /** The six comparisons. */
  enum Op {
    EQ("=="),
    NE("!="),
    LE("<="),
    LT("<"),
    GE(">="),
    GT(">");

    private final String symbol;

    Op(String symbol) {
      this.symbol = symbol;
    }

    String symbol() {
      return symbol;
    }

    /** Whether a comparison that gave {@code sign} (as of {@code compareTo}) satisfies this. */
    boolean accepts(int sign) {
      return switch (this) {
        case EQ -> sign == 0;
        case NE -> sign != 0;
        case LE -> sign <= 0;
        case LT -> sign < 0;
        case GE -> sign >= 0;
        case GT -> sign > 0;
      };
    }
  }

  /** The comparison, or {@link Divides} where it is {@code A % B == 0}. */
  static Rule rule(Origin origin, Op op, Expr left, Expr right) {
    if (op == Op.EQ) {
      if (left instanceof Remainder remainder && isZero(right)) {
        return new Divides(origin, remainder.dividend(), remainder.divisor());
      }
      if (right instanceof Remainder remainder && isZero(left)) {
        return new Divides(origin, remainder.dividend(), remainder.divisor());
      }
    }
    return new Comparison(origin, op, left, right);
  }

  private static boolean isZero(Expr expr) {
    return expr instanceof Num num && num.value().signum() == 0;
  }

  @Override
  public String toString() {
    return origin.toString();
  }
}
