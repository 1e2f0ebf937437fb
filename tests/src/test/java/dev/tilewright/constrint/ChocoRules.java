package dev.tilewright.constrint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.chocosolver.solver.Model;
import org.chocosolver.solver.constraints.Constraint;
import org.chocosolver.solver.expression.discrete.arithmetic.ArExpression;
import org.chocosolver.solver.expression.discrete.relational.ReExpression;
import org.chocosolver.solver.search.strategy.Search;
import org.chocosolver.solver.variables.IntVar;

/** Rules as choco-solver has them; 32-bit numbers, no sets, no division. */
final class ChocoRules {
  private final Model model = new Model();
  private final Map<String, IntVar> variables = new HashMap<>();

  private ChocoRules() {}

  /** The solutions, each in the order of {@link RuleSet#names}. */
  static List<List<Long>> solutions(RuleSet rules) {
    ChocoRules choco = new ChocoRules();
    IntVar[] all = new IntVar[rules.names().size()];
    for (int i = 0; i < all.length; i++) {
      String name = rules.names().get(i);
      int[] values =
          Domains.values(rules.domain(name)).stream().mapToInt(Math::toIntExact).toArray();
      all[i] = choco.model.intVar(name, values);
      choco.variables.put(name, all[i]);
    }
    rules.rules().forEach(rule -> choco.relation(rule).post());
    choco.model.getSolver().setSearch(Search.inputOrderLBSearch(all));
    List<List<Long>> found = new ArrayList<>();
    while (choco.model.getSolver().solve()) {
      List<Long> solution = new ArrayList<>();
      for (IntVar variable : all) {
        solution.add((long) variable.getValue());
      }
      found.add(solution);
    }
    return found;
  }

  private Constraint relation(Rule rule) {
    if (rule instanceof AnyOf any) {
      return model.or(any.rules().stream().map(this::relation).toArray(Constraint[]::new));
    }
    if (rule instanceof Divides divides) {
      return term(divides.dividend()).mod(term(divides.divisor())).eq(0).decompose();
    }
    Comparison comparison = (Comparison) rule;
    ArExpression left = term(comparison.left());
    ArExpression right = term(comparison.right());
    ReExpression relation =
        switch (comparison.op()) {
          case EQ -> left.eq(right);
          case NE -> left.ne(right);
          case LE -> left.le(right);
          case LT -> left.lt(right);
          case GE -> left.ge(right);
          case GT -> left.gt(right);
        };
    return relation.decompose();
  }

  private ArExpression term(Expr expr) {
    if (expr instanceof Expr.Num number) {
      return model.intVar(number.value().intValueExact());
    }
    if (expr instanceof Expr.Name name) {
      return variables.get(name.name());
    }
    if (expr instanceof Expr.Power power) {
      ArExpression base = term(power.base());
      ArExpression result = base;
      for (int i = 1; i < power.exponent(); i++) {
        result = result.mul(base);
      }
      return result;
    }
    if (expr instanceof Expr.Sum sum) {
      return sum.terms().stream().map(this::term).reduce(ArExpression::add).orElseThrow();
    }
    Expr.Product product = (Expr.Product) expr;
    return product.factors().stream().map(this::term).reduce(ArExpression::mul).orElseThrow();
  }
}
