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
    extend(rules, rules.rules(), new ArrayList<>(), new HashMap<>(), found, Integer.MAX_VALUE);
    return found;
  }

  /** Whether some of the rules of a set can hold together. */
  static boolean satisfiable(RuleSet all, List<Rule> some) {
    List<List<Long>> found = new ArrayList<>();
    extend(all, some, new ArrayList<>(), new HashMap<>(), found, 1);
    return !found.isEmpty();
  }

  private static void extend(
      RuleSet all,
      List<Rule> rules,
      List<Long> chosen,
      Map<String, BigInteger> values,
      List<List<Long>> found,
      int most) {
    if (chosen.size() == all.names().size()) {
      if (rules.stream().allMatch(rule -> rule.holds(values::get))) {
        found.add(List.copyOf(chosen));
      }
      return;
    }
    String name = all.names().get(chosen.size());
    for (long value : Domains.values(all.domain(name))) {
      if (found.size() == most) {
        return;
      }
      values.put(name, BigInteger.valueOf(value));
      chosen.add(value);
      extend(all, rules, chosen, values, found, most);
      chosen.remove(chosen.size() - 1);
    }
  }
}
