package dev.tilewright.constrint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Solves by trying every assignment with the evaluator. The domains must be small. */
final class BruteForce {
  private final RuleSet rules;
  private final List<String> order;
  private final List<long[]> values = new ArrayList<>();

  /**
   * @param order every variable, with its preference, first the one that is decided first
   * @param bounds upper bounds of variables whose domain is not declared
   */
  BruteForce(RuleSet rules, Map<String, Order> order, Map<String, Long> bounds) {
    this.rules = rules;
    this.order = List.copyOf(order.keySet());
    for (String name : this.order) {
      Domain domain = rules.domain(name);
      if (bounds.containsKey(name)) {
        domain = Domain.range(domain.min(), bounds.get(name), 1);
      }
      long[] list = new long[Math.toIntExact(domain.size())];
      for (int i = 0; i < list.length; i++) {
        int at = order.get(name) == Order.LARGEST ? list.length - 1 - i : i;
        list[at] = domain.values() != null ? domain.values()[i] : domain.min() + i * domain.step();
      }
      values.add(list);
    }
  }

  /** The solutions in order. */
  List<Map<String, Long>> all() {
    return all(rules.rules());
  }

  /** The assignments that satisfy these rules of the set. */
  List<Map<String, Long>> all(List<Rule> some) {
    List<Map<String, Long>> found = new ArrayList<>();
    each(
        0,
        new HashMap<>(),
        assignment -> {
          if (some.stream().allMatch(rule -> rule.holds(n -> big(assignment, n)))) {
            found.add(Map.copyOf(assignment));
          }
        });
    return found;
  }

  /** The first of those solutions with the best value of the objective. */
  static Optional<Map<String, Long>> best(Objective objective, List<Map<String, Long>> solutions) {
    Map<String, Long> best = null;
    BigInteger value = null;
    for (Map<String, Long> solution : solutions) {
      BigInteger next = objective.value(n -> big(solution, n)).orElse(null);
      if (next != null
          && (value == null
              || (objective.maximize() ? next.compareTo(value) : value.compareTo(next)) > 0)) {
        best = solution;
        value = next;
      }
    }
    return Optional.ofNullable(best);
  }

  static BigInteger big(Map<String, Long> assignment, String name) {
    Long value = assignment.get(name);
    return value == null ? null : BigInteger.valueOf(value);
  }

  private void each(int at, Map<String, Long> assignment, Consumer<Map<String, Long>> visitor) {
    if (at == order.size()) {
      visitor.accept(assignment);
      return;
    }
    for (long value : values.get(at)) {
      assignment.put(order.get(at), value);
      each(at + 1, assignment, visitor);
    }
  }
}
