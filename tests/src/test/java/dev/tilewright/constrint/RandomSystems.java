package dev.tilewright.constrint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random rule files over a few small variables, with every construct of the language. */
final class RandomSystems {
  static final List<String> NAMES = List.of("A", "B", "C");

  private RandomSystems() {}

  /**
   * A rule file.
   *
   * @param bounds of the variables that are not declared but bounded by a rule
   * @param order every variable with its preference
   */
  record SystemOfRules(String text, Map<String, Long> bounds, Map<String, Order> order) {
    RuleSet rules() {
      return RuleSet.parse(text);
    }

    BruteForce bruteForce(RuleSet rules) {
      return new BruteForce(rules, order, bounds);
    }

    Query ordered(Query query) {
      for (Map.Entry<String, Order> entry : order.entrySet()) {
        query = query.order(entry.getKey(), entry.getValue());
      }
      return query;
    }

    @Override
    public String toString() {
      return text + "\n# " + order;
    }
  }

  /** How a variable is declared: {@code bound} is 0 where a {@code var} declares it. */
  private record Variable(String statement, long bound) {}

  static Arbitrary<SystemOfRules> systems(boolean declaredOnly) {
    Arbitrary<List<Variable>> variables =
        Combinators.combine(
                variable("A", declaredOnly), variable("B", declaredOnly), variable("C", true))
            .as(List::of);
    Arbitrary<List<String>> rules = rule().list().ofMinSize(1).ofMaxSize(4);
    Arbitrary<String> let = term(2, false).map(t -> "let t = " + t + " * [1, 2]");
    Arbitrary<String> objective =
        Combinators.combine(Arbitraries.of("maximize ", "minimize "), term(2, false))
            .as(String::concat);
    Arbitrary<List<String>> order = Arbitraries.shuffle(NAMES);
    Arbitrary<List<Order>> preferences = Arbitraries.of(Order.class).list().ofSize(3);
    return Combinators.combine(variables, rules, let, objective, order, preferences)
        .as(RandomSystems::system);
  }

  private static SystemOfRules system(
      List<Variable> variables,
      List<String> rules,
      String let,
      String objective,
      List<String> order,
      List<Order> preferences) {
    List<String> lines = new ArrayList<>();
    Map<String, Long> bounds = new LinkedHashMap<>();
    lines.add("const K = 2");
    for (int i = 0; i < NAMES.size(); i++) {
      Variable variable = variables.get(i);
      lines.add(variable.statement());
      if (variable.bound() > 0) {
        bounds.put(NAMES.get(i), variable.bound());
      }
    }
    lines.add(let);
    lines.addAll(rules);
    lines.add(objective);
    Map<String, Order> orders = new LinkedHashMap<>();
    for (int i = 0; i < order.size(); i++) {
      orders.put(order.get(i), preferences.get(i));
    }
    return new SystemOfRules(String.join(";\n", lines), bounds, orders);
  }

  private static Arbitrary<Variable> variable(String name, boolean declared) {
    Arbitrary<String> range =
        Combinators.combine(
                Arbitraries.integers().between(-5, 4), Arbitraries.integers().between(0, 9))
            .as((from, size) -> from + ".." + (from + size));
    Arbitrary<String> steps =
        Combinators.combine(
                Arbitraries.integers().between(-8, 8), Arbitraries.integers().between(1, 7))
            .as((from, step) -> from + ".." + (from + 30) + " step " + step);
    Arbitrary<String> set =
        Arbitraries.integers()
            .between(-9, 40)
            .list()
            .ofMinSize(1)
            .ofMaxSize(5)
            .map(Object::toString)
            .map(s -> s.replace('[', '{').replace(']', '}'));
    Arbitrary<Variable> declaration =
        Arbitraries.oneOf(range, range, steps, set)
            .map(domain -> new Variable("var " + name + " in " + domain, 0));
    if (declared) {
      return declaration;
    }
    return Arbitraries.oneOf(
        declaration,
        Arbitraries.longs().between(1, 12).map(n -> new Variable(name + " <= " + n, n)));
  }

  private static Arbitrary<String> rule() {
    Arbitrary<String> simple =
        Arbitraries.frequencyOf(
            Tuple.of(6, comparison()),
            Tuple.of(
                3,
                Combinators.combine(term(2, true), term(1, true))
                    .as((a, b) -> a + " % (" + b + ") == 0")),
            Tuple.of(1, term(1, true).map(t -> "pow2(" + t + ")")),
            Tuple.of(1, Combinators.combine(term(1, false), set()).as((t, s) -> t + " != " + s)));
    return Arbitraries.frequencyOf(
        Tuple.of(4, simple), Tuple.of(1, simple.list().ofSize(2).map(l -> String.join(" | ", l))));
  }

  private static Arbitrary<String> comparison() {
    Arbitrary<String> op = Arbitraries.of("==", "==", "==", "<=", "<", ">=", ">");
    return Arbitraries.oneOf(
        Combinators.combine(term(2, true), op, term(1, true))
            .as((a, o, b) -> a + " " + o + " " + b),
        Combinators.combine(term(1, false), term(1, false)).as((a, b) -> a + " != " + b));
  }

  private static Arbitrary<String> set() {
    return Arbitraries.integers()
        .between(-3, 12)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(Object::toString);
  }

  private static Arbitrary<String> atom(boolean sets) {
    Arbitrary<String> names = Arbitraries.of("A", "B", "C", "A", "B", "C", "K");
    Arbitrary<String> numbers = Arbitraries.integers().between(0, 24).map(Object::toString);
    return sets
        ? Arbitraries.frequencyOf(
            Tuple.of(8, names),
            Tuple.of(4, numbers),
            Tuple.of(1, set()),
            Tuple.of(1, Arbitraries.just("t")))
        : Arbitraries.oneOf(names, names, numbers);
  }

  private static Arbitrary<String> term(int depth, boolean sets) {
    if (depth == 0) {
      return atom(sets).map(t -> t.equals("t") ? "(t)" : t);
    }
    Arbitrary<String> part = term(depth - 1, sets);
    Arbitrary<String> binary =
        Combinators.combine(part, Arbitraries.of(" + ", " * ", " * ", " - ", " / ", " % "), part)
            .as((a, op, b) -> "(" + a + op + b + ")");
    Arbitrary<String> call =
        Combinators.combine(Arbitraries.of("min", "max", "ceildiv", "floordiv"), part, part)
            .as((name, a, b) -> name + "(" + a + ", " + b + ")");
    Arbitrary<String> power =
        Combinators.combine(part, Arbitraries.integers().between(0, 4))
            .as((a, e) -> "(" + a + ") ^ " + e);
    return Arbitraries.frequencyOf(
        Tuple.of(3, atom(sets)),
        Tuple.of(6, binary),
        Tuple.of(1, call),
        Tuple.of(1, power),
        Tuple.of(1, part.map(t -> "-" + t)));
  }
}
