package dev.tilewright.constrint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All assignments of the domains tried with the reference meaning of the rules. */
final class BruteForce {
  private BruteForce() {}

  /** The solutions, each in the order of {@link RuleSet#names}, lexicographic. */
  static List<List<Long>> solutions(RuleSet rules) {
    List<List<Long>> found = new ArrayList<>();
    extend(rules, new ArrayList<>(), new HashMap<>(), found);
    return found;
  }

  private static void extend(
      RuleSet rules, List<Long> chosen, Map<String, BigInteger> values, List<List<Long>> found) {
    if (chosen.size() == rules.names().size()) {
      if (rules.holds(values::get)) {
        found.add(List.copyOf(chosen));
      }
      return;
    }
    String name = rules.names().get(chosen.size());
    Domain domain = rules.domain(name);
    for (long i = 0; i < domain.size(); i++) {
      long value =
          domain.values() != null ? domain.values()[(int) i] : domain.min() + i * domain.step();
      values.put(name, BigInteger.valueOf(value));
      chosen.add(value);
      extend(rules, chosen, values, found);
      chosen.remove(chosen.size() - 1);
    }
  }
}
