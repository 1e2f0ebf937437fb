package dev.tilewright.constrint;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Rules and terms with every grouping in brackets, so that a test sees what the parser understood.
 */
final class Shown {
  private Shown() {}

  static String rules(String text) {
    return rules(RuleSet.parse(text));
  }

  static String rules(RuleSet rules) {
    return rules.rules().stream().map(Shown::rule).collect(Collectors.joining("; "));
  }

  static String rule(Rule rule) {
    if (rule instanceof AnyOf any) {
      return any.rules().stream().map(Shown::rule).collect(Collectors.joining(" | "));
    }
    if (rule instanceof Divides divides) {
      return term(divides.divisor()) + " divides " + term(divides.dividend());
    }
    if (rule instanceof Pow2 pow2) {
      return "pow2 " + term(pow2.term());
    }
    Comparison c = (Comparison) rule;
    return term(c.left()) + " " + c.op().symbol() + " " + term(c.right());
  }

  static String term(Expr expr) {
    if (expr instanceof Expr.Num num) {
      return num.value().toString();
    }
    if (expr instanceof Expr.Name name) {
      return name.name();
    }
    if (expr instanceof Expr.SetOf set) {
      return set.values().toString();
    }
    if (expr instanceof Expr.Sum sum) {
      return all(sum.terms(), " + ");
    }
    if (expr instanceof Expr.Product product) {
      return all(product.factors(), " * ");
    }
    if (expr instanceof Expr.Power power) {
      return "(" + term(power.base()) + " ^ " + power.exponent() + ")";
    }
    if (expr instanceof Expr.Difference difference) {
      return all(List.of(difference.left(), difference.right()), " - ");
    }
    if (expr instanceof Expr.Quotient q) {
      String operator =
          switch (q.rounding()) {
            case EXACT -> " / ";
            case FLOOR -> " floordiv ";
            case CEIL -> " ceildiv ";
          };
      return all(List.of(q.dividend(), q.divisor()), operator);
    }
    if (expr instanceof Expr.Extremum extremum) {
      return (extremum.max() ? "max" : "min") + all(extremum.terms(), ", ");
    }
    Expr.Remainder remainder = (Expr.Remainder) expr;
    return all(List.of(remainder.dividend(), remainder.divisor()), " % ");
  }

  private static String all(List<Expr> terms, String operator) {
    return terms.stream().map(Shown::term).collect(Collectors.joining(operator, "(", ")"));
  }
}
