package dev.tilewright.constrint;

import com.google.ortools.Loader;
import com.google.ortools.sat.BoolVar;
import com.google.ortools.sat.Constraint;
import com.google.ortools.sat.CpModel;
import com.google.ortools.sat.CpSolver;
import com.google.ortools.sat.CpSolverSolutionCallback;
import com.google.ortools.sat.CpSolverStatus;
import com.google.ortools.sat.IntVar;
import com.google.ortools.sat.LinearExpr;
import com.google.ortools.sat.Literal;
import com.google.ortools.util.Domain;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rules as OR-Tools CP-SAT has them; every term a variable with the bounds that its operands give
 * it. No sets, no division, terms positive and of 62 bits.
 */
final class CpSatRules {
  private static boolean loaded;

  private final CpModel model = new CpModel();
  private final Map<String, Term> variables = new HashMap<>();

  private record Term(IntVar variable, long low, long high) {}

  private CpSatRules() {}

  /** Loads the native library; null where it does, else why it does not. */
  static synchronized String missing() {
    if (!loaded) {
      try {
        Loader.loadNativeLibraries();
        loaded = true;
      } catch (RuntimeException | LinkageError e) {
        return "OR-Tools' native library does not load: " + e.getMessage();
      }
    }
    return null;
  }

  /** The solutions, each in the order of {@link RuleSet#names}. */
  static List<List<Long>> solutions(RuleSet rules) {
    CpSatRules sat = new CpSatRules();
    List<IntVar> all = new ArrayList<>();
    for (String name : rules.names()) {
      List<Long> values = Domains.values(rules.domain(name));
      Domain domain = Domain.fromValues(values.stream().mapToLong(v -> v).toArray());
      IntVar variable = sat.model.newIntVarFromDomain(domain, name);
      sat.variables.put(name, new Term(variable, values.get(0), values.get(values.size() - 1)));
      all.add(variable);
    }
    rules.rules().forEach(sat::post);
    CpSolver solver = new CpSolver();
    solver
        .getParameters()
        .setEnumerateAllSolutions(true)
        .setNumWorkers(1)
        .setLinearizationLevel(0)
        .setCpModelPresolve(false);
    // a literal that a disjunction leaves free gives the same values again
    Set<List<Long>> found = new LinkedHashSet<>();
    CpSolverStatus status =
        solver.solve(
            sat.model,
            new CpSolverSolutionCallback() {
              @Override
              public void onSolutionCallback() {
                found.add(all.stream().map(this::value).toList());
              }
            });
    if (status != CpSolverStatus.OPTIMAL && status != CpSolverStatus.INFEASIBLE) {
      throw new IllegalStateException("CP-SAT ended with " + status);
    }
    return List.copyOf(found);
  }

  private void post(Rule rule) {
    if (!(rule instanceof AnyOf any)) {
      post(rule, null);
      return;
    }
    List<Literal> chosen = new ArrayList<>();
    for (Rule each : any.rules()) {
      BoolVar holds = model.newBoolVar("");
      post(each, holds);
      chosen.add(holds);
    }
    model.addBoolOr(chosen.toArray(Literal[]::new));
  }

  /** States a rule, where {@code holds} is not null only if that is true. */
  private void post(Rule rule, Literal holds) {
    IntVar left;
    IntVar right;
    Comparison.Op op;
    if (rule instanceof Divides divides) {
      Term dividend = term(divides.dividend());
      Term divisor = term(divides.divisor());
      left = model.newIntVar(0, divisor.high, "");
      model.addModuloEquality(left, dividend.variable, divisor.variable);
      right = model.newConstant(0);
      op = Comparison.Op.EQ;
    } else {
      Comparison comparison = (Comparison) rule;
      left = term(comparison.left()).variable;
      right = term(comparison.right()).variable;
      op = comparison.op();
    }
    Constraint stated =
        switch (op) {
          case EQ -> model.addEquality(left, right);
          case NE -> model.addDifferent(left, right);
          case LE -> model.addLessOrEqual(left, right);
          case LT -> model.addLessThan(left, right);
          case GE -> model.addGreaterOrEqual(left, right);
          case GT -> model.addGreaterThan(left, right);
        };
    if (holds != null) {
      stated.onlyEnforceIf(holds);
    }
  }

  private Term term(Expr expr) {
    if (expr instanceof Expr.Num number) {
      long value = number.value().longValueExact();
      return new Term(model.newConstant(value), value, value);
    }
    if (expr instanceof Expr.Name name) {
      return variables.get(name.name());
    }
    if (expr instanceof Expr.Power power) {
      Term base = term(power.base());
      Term result = base;
      for (int i = 1; i < power.exponent(); i++) {
        result = times(result, base);
      }
      return result;
    }
    if (expr instanceof Expr.Sum sum) {
      List<Term> terms = sum.terms().stream().map(this::term).toList();
      long low = terms.stream().mapToLong(Term::low).reduce(0, Math::addExact);
      long high = terms.stream().mapToLong(Term::high).reduce(0, Math::addExact);
      IntVar total = model.newIntVar(low, high, "");
      model.addEquality(
          total, LinearExpr.sum(terms.stream().map(Term::variable).toArray(IntVar[]::new)));
      return new Term(total, low, high);
    }
    Expr.Product product = (Expr.Product) expr;
    return product.factors().stream().map(this::term).reduce(this::times).orElseThrow();
  }

  private Term times(Term a, Term b) {
    long low = Math.multiplyExact(a.low, b.low);
    long high = Math.multiplyExact(a.high, b.high);
    if (BigInteger.valueOf(high).bitLength() > 62) {
      throw new ArithmeticException("beyond 62 bits");
    }
    IntVar product = model.newIntVar(low, high, "");
    model.addMultiplicationEquality(product, a.variable, b.variable);
    return new Term(product, low, high);
  }
}
