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
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rules with numbered variables: those of the rule set first, then one for each choice from a set.
 * Numbers are folded. Immutable once built.
 */
final class Model {
  /** The variables of the rule set. */
  final String[] names;

  /** Of the variables and the choices; narrowed by rules of the form {@code X == [8, 16]}. */
  final Domain[] domains;

  final Constraint[] constraints;

  /** Terms that have an interval. */
  final int nodes;

  /** A rule that no value of its variable satisfies, or null. */
  final Rule contradiction;

  private final Map<String, Integer> index = new HashMap<>();

  Model(RuleSet rules, List<Rule> subset) {
    names = rules.names().toArray(new String[0]);
    Builder builder = new Builder();
    for (int v = 0; v < names.length; v++) {
      index.put(names[v], v);
      builder.domains.add(rules.domain(names[v]));
    }
    List<Constraint> compiled = new ArrayList<>();
    Rule impossible = null;
    for (Rule rule : subset) {
      if (!builder.restricts(rule)) {
        compiled.add(builder.constraint(rule, rule));
      } else if (builder.empty) {
        impossible = rule;
        break;
      }
    }
    contradiction = impossible;
    constraints = compiled.toArray(new Constraint[0]);
    domains = builder.domains.toArray(new Domain[0]);
    nodes = builder.nodes;
  }

  /** Number of a variable, or -1. */
  int index(String name) {
    return index.getOrDefault(name, -1);
  }

  /** An objective over this model's variables; its terms are numbered after the model's. */
  Target target(Objective objective) {
    Builder builder = new Builder();
    builder.nodes = nodes;
    builder.domains.addAll(List.of(domains));
    Node node = builder.node(objective.expr());
    return new Target(node, builder.variables(), builder.nodes);
  }

  /** A term to make large or small. */
  record Target(Node node, int[] variables, int nodes) {}

  private final class Builder {
    final List<Domain> domains = new ArrayList<>();
    int nodes;
    boolean empty;
    private BitSet used = new BitSet();
    private BitSet choices = new BitSet();
    private boolean total = true;

    /**
     * {@code X == [8, 16]} narrows a domain once and for all; true when the rule was of this form.
     */
    boolean restricts(Rule rule) {
      if (!(rule instanceof Comparison comparison) || comparison.op() != Comparison.Op.EQ) {
        return false;
      }
      Expr left = comparison.left();
      Expr right = comparison.right();
      if (!(left instanceof Name)) {
        Expr swap = left;
        left = right;
        right = swap;
      }
      if (!(left instanceof Name name && right instanceof SetOf set)) {
        return false;
      }
      int v = index(name.name());
      Domain domain = domains.get(v);
      long[] kept = new long[set.values().size()];
      int size = 0;
      for (BigInteger value : set.values()) {
        if (value.bitLength() < 64 && domain.contains(value.longValue())) {
          kept[size++] = value.longValue();
        }
      }
      empty = size == 0;
      if (!empty) {
        domains.set(v, Domain.of(Arrays.copyOf(kept, size)));
      }
      return true;
    }

    Constraint constraint(Rule rule, Rule origin) {
      if (rule instanceof AnyOf any) {
        List<Constraint> branches = new ArrayList<>();
        BitSet all = new BitSet();
        for (Rule branch : any.rules()) {
          Constraint constraint = constraint(branch, origin);
          branches.add(constraint);
          for (int v : constraint.variables) {
            all.set(v);
          }
        }
        return new Constraint.Any(origin, ints(all), branches.toArray(new Constraint[0]));
      }
      used = new BitSet();
      choices = new BitSet();
      total = true;
      if (rule instanceof Pow2 pow2) {
        Node term = node(pow2.term());
        return new Constraint.PowerOfTwo(origin, variables(), ints(choices), term);
      }
      if (rule instanceof Divides divides) {
        Node dividend = node(divides.dividend());
        Node divisor = node(divides.divisor());
        return new Constraint.Divisible(origin, variables(), ints(choices), dividend, divisor);
      }
      Comparison comparison = (Comparison) rule;
      Node left = node(comparison.left());
      Node right = node(comparison.right());
      return switch (comparison.op()) {
        case GE -> compare(origin, Comparison.Op.LE, right, left);
        case GT -> compare(origin, Comparison.Op.LT, right, left);
        default -> compare(origin, comparison.op(), left, right);
      };
    }

    private Constraint compare(Rule origin, Comparison.Op op, Node first, Node second) {
      // A common factor of both sides cancels, which keeps large numbers within 64 bits.
      BigInteger gcd = scale(first).gcd(scale(second));
      Node left = divide(first, gcd);
      Node right = divide(second, gcd);
      return new Constraint.Compare(origin, variables(), ints(choices), op, left, right, total);
    }

    /** The number in front of a product. */
    private static BigInteger scale(Node node) {
      Node front = node instanceof Node.Product product ? product.factors[0] : node;
      return front instanceof Node.Constant constant ? constant.value : BigInteger.ONE;
    }

    private Node divide(Node node, BigInteger by) {
      if (by.compareTo(BigInteger.ONE) <= 0) {
        return node;
      }
      Node scale = new Node.Constant(nodes++, scale(node).divide(by));
      if (!(node instanceof Node.Product product)) {
        return scale;
      }
      Node[] factors = product.factors.clone();
      factors[0] = scale;
      return new Node.Product(nodes++, factors);
    }

    int[] variables() {
      return ints(used);
    }

    private static int[] ints(BitSet set) {
      int[] result = new int[set.cardinality()];
      int n = 0;
      for (int v = set.nextSetBit(0); v >= 0; v = set.nextSetBit(v + 1)) {
        result[n++] = v;
      }
      return result;
    }

    Node node(Expr expr) {
      if (expr instanceof Num num) {
        return new Node.Constant(nodes++, num.value());
      }
      if (expr instanceof Name name) {
        int v = index(name.name());
        used.set(v);
        return new Node.Variable(nodes++, v);
      }
      if (expr instanceof SetOf set) {
        if (set.values().size() == 1) {
          return new Node.Constant(nodes++, set.values().get(0));
        }
        int choice = domains.size();
        domains.add(Domain.range(0, set.values().size() - 1, 1));
        choices.set(choice);
        return new Node.Choice(nodes++, set.values().toArray(new BigInteger[0]), choice);
      }
      if (expr instanceof Product product) {
        List<Node> factors = new ArrayList<>();
        BigInteger scale = multiply(product, factors, BigInteger.ONE);
        return product(factors, scale);
      }
      if (expr instanceof Sum || expr instanceof Difference) {
        List<Node> terms = new ArrayList<>();
        List<Boolean> minus = new ArrayList<>();
        BigInteger constant = add(expr, false, terms, minus, BigInteger.ZERO);
        return sum(terms, minus, constant);
      }
      if (expr instanceof Power power) {
        Node root = node(power.base());
        return fold(new Node.Power(nodes++, root, power.exponent()), root);
      }
      if (expr instanceof Quotient quotient) {
        Node dividend = node(quotient.dividend());
        Node divisor = node(quotient.divisor());
        Node result = new Divisions.Quotient(nodes++, quotient.rounding(), dividend, divisor);
        total &=
            quotient.rounding() != Expr.Rounding.EXACT
                && divisor instanceof Node.Constant constant
                && constant.value.signum() != 0;
        return fold(result, dividend, divisor);
      }
      if (expr instanceof Remainder remainder) {
        Node dividend = node(remainder.dividend());
        Node divisor = node(remainder.divisor());
        total &= divisor instanceof Node.Constant constant && constant.value.signum() != 0;
        return fold(new Divisions.Remainder(nodes++, dividend, divisor), dividend, divisor);
      }
      Extremum extremum = (Extremum) expr;
      Node[] terms = extremum.terms().stream().map(this::node).toArray(Node[]::new);
      return fold(new Divisions.Extremum(nodes++, extremum.max(), terms), terms);
    }

    /** A constant, where all operands are and there is a value. */
    private Node fold(Node node, Node... operands) {
      for (Node operand : operands) {
        if (!(operand instanceof Node.Constant)) {
          return node;
        }
      }
      BigInteger value = node.exact(new long[0]);
      return value == null ? node : new Node.Constant(nodes++, value);
    }

    private BigInteger multiply(Expr expr, List<Node> factors, BigInteger scale) {
      if (expr instanceof Product product) {
        BigInteger result = scale;
        for (Expr factor : product.factors()) {
          result = multiply(factor, factors, result);
        }
        return result;
      }
      Node node = node(expr);
      if (node instanceof Node.Constant constant) {
        return scale.multiply(constant.value);
      }
      factors.add(node);
      return scale;
    }

    private Node product(List<Node> all, BigInteger scale) {
      List<Node> factors = powers(all);
      if (factors.isEmpty() || !scale.equals(BigInteger.ONE)) {
        Node constant = new Node.Constant(nodes++, scale);
        if (factors.isEmpty()) {
          return constant;
        }
        factors.add(0, constant);
      }
      return factors.size() == 1
          ? factors.get(0)
          : new Node.Product(nodes++, factors.toArray(new Node[0]));
    }

    /** Joins what occurs several times: bounds see more of a square than of a product. */
    private List<Node> powers(List<Node> factors) {
      Map<Integer, Integer> exponents = new TreeMap<>();
      List<Node> result = new ArrayList<>();
      for (Node factor : factors) {
        if (factor instanceof Node.Variable variable) {
          exponents.merge(variable.index, 1, Integer::sum);
        } else if (factor instanceof Node.Power power
            && power.root instanceof Node.Variable variable
            && power.exponent > 0) {
          exponents.merge(variable.index, power.exponent, Integer::sum);
        } else {
          result.add(factor);
        }
      }
      exponents.forEach(
          (v, exponent) -> {
            Node variable = new Node.Variable(nodes++, v);
            result.add(exponent == 1 ? variable : new Node.Power(nodes++, variable, exponent));
          });
      return result;
    }

    private BigInteger add(
        Expr expr, boolean negative, List<Node> terms, List<Boolean> minus, BigInteger constant) {
      if (expr instanceof Sum sum) {
        BigInteger result = constant;
        for (Expr term : sum.terms()) {
          result = add(term, negative, terms, minus, result);
        }
        return result;
      }
      if (expr instanceof Difference difference) {
        BigInteger result = add(difference.left(), negative, terms, minus, constant);
        return add(difference.right(), !negative, terms, minus, result);
      }
      Node node = node(expr);
      if (node instanceof Node.Constant number) {
        return negative ? constant.subtract(number.value) : constant.add(number.value);
      }
      terms.add(node);
      minus.add(negative);
      return constant;
    }

    private Node sum(List<Node> terms, List<Boolean> minus, BigInteger constant) {
      if (terms.isEmpty() || constant.signum() != 0) {
        Node node = new Node.Constant(nodes++, constant);
        if (terms.isEmpty()) {
          return node;
        }
        terms.add(node);
        minus.add(false);
      }
      if (terms.size() == 1 && !minus.get(0)) {
        return terms.get(0);
      }
      boolean[] signs = new boolean[terms.size()];
      for (int i = 0; i < signs.length; i++) {
        signs[i] = minus.get(i);
      }
      return new Node.Sum(nodes++, terms.toArray(new Node[0]), signs);
    }
  }
}
