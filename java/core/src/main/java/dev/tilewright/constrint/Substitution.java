package dev.tilewright.constrint;

import dev.tilewright.constrint.Expr.Difference;
import dev.tilewright.constrint.Expr.Extremum;
import dev.tilewright.constrint.Expr.Name;
import dev.tilewright.constrint.Expr.Num;
import dev.tilewright.constrint.Expr.Power;
import dev.tilewright.constrint.Expr.Product;
import dev.tilewright.constrint.Expr.Quotient;
import dev.tilewright.constrint.Expr.Remainder;
import dev.tilewright.constrint.Expr.SetOf;
import dev.tilewright.constrint.Expr.Sum;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Puts numbers in place of names. What is shared stays shared; what has no such name, the same. */
final class Substitution {
  private final Map<String, Long> values;
  private final Map<Expr, Expr> done = new IdentityHashMap<>();

  Substitution(Map<String, Long> values) {
    this.values = values;
  }

  List<Rule> rules(List<Rule> rules) {
    List<Rule> result = new ArrayList<>(rules.size());
    for (Rule rule : rules) {
      result.add(rule(rule));
    }
    return result;
  }

  private Rule rule(Rule rule) {
    if (values.isEmpty()) {
      return rule;
    }
    if (rule instanceof AnyOf any) {
      return new AnyOf(any.origin(), List.copyOf(rules(any.rules())));
    }
    if (rule instanceof Pow2 pow2) {
      return new Pow2(pow2.origin(), expr(pow2.term()));
    }
    if (rule instanceof Divides divides) {
      return new Divides(divides.origin(), expr(divides.dividend()), expr(divides.divisor()));
    }
    Comparison comparison = (Comparison) rule;
    return Comparison.rule(
        comparison.origin(), comparison.op(), expr(comparison.left()), expr(comparison.right()));
  }

  Objective objective(Objective objective) {
    return new Objective(objective.maximize(), expr(objective.expr()), objective.origin());
  }

  private Expr expr(Expr expr) {
    if (expr instanceof Num || expr instanceof SetOf) {
      return expr;
    }
    Expr result = done.get(expr);
    if (result == null) {
      result = changed(expr);
      done.put(expr, result);
    }
    return result;
  }

  private Expr changed(Expr expr) {
    if (expr instanceof Name name) {
      Long value = values.get(name.name());
      return value == null ? name : new Num(BigInteger.valueOf(value));
    }
    if (expr instanceof Power power) {
      Expr base = expr(power.base());
      return base == power.base() ? power : new Power(base, power.exponent());
    }
    if (expr instanceof Sum sum) {
      List<Expr> terms = all(sum.terms());
      return terms == sum.terms() ? sum : new Sum(terms);
    }
    if (expr instanceof Product product) {
      List<Expr> factors = all(product.factors());
      return factors == product.factors() ? product : new Product(factors);
    }
    if (expr instanceof Extremum extremum) {
      List<Expr> terms = all(extremum.terms());
      return terms == extremum.terms() ? extremum : new Extremum(extremum.max(), terms);
    }
    if (expr instanceof Difference difference) {
      Expr left = expr(difference.left());
      Expr right = expr(difference.right());
      boolean same = left == difference.left() && right == difference.right();
      return same ? difference : new Difference(left, right);
    }
    if (expr instanceof Quotient quotient) {
      Expr dividend = expr(quotient.dividend());
      Expr divisor = expr(quotient.divisor());
      boolean same = dividend == quotient.dividend() && divisor == quotient.divisor();
      return same ? quotient : new Quotient(quotient.rounding(), dividend, divisor);
    }
    Remainder remainder = (Remainder) expr;
    Expr dividend = expr(remainder.dividend());
    Expr divisor = expr(remainder.divisor());
    boolean same = dividend == remainder.dividend() && divisor == remainder.divisor();
    return same ? remainder : new Remainder(dividend, divisor);
  }

  /** The list itself where nothing changes. */
  private List<Expr> all(List<Expr> terms) {
    Expr[] changed = null;
    for (int i = 0; i < terms.size(); i++) {
      Expr term = terms.get(i);
      Expr now = expr(term);
      if (now != term && changed == null) {
        changed = terms.toArray(new Expr[0]);
      }
      if (changed != null) {
        changed[i] = now;
      }
    }
    return changed == null ? terms : List.of(changed);
  }
}
