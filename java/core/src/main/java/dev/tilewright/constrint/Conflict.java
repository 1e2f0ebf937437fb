package dev.tilewright.constrint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds rules that cannot hold together although all of them but any one can: QuickXplain (Junker,
 * AAAI 2004), first with propagation alone as the judge, which is cheap and leaves few rules, then
 * with a search.
 */
final class Conflict {
  /** Nodes for one set of rules, where the query sets no limit. */
  private static final long NODES = 1 << 20;

  private final RuleSet rules;
  private final Query query;

  /** False when some set could not be decided within the limits: it was taken for satisfiable. */
  private boolean sure = true;

  Conflict(RuleSet rules, Query query) {
    this.rules = rules;
    this.query = query;
  }

  boolean sure() {
    return sure;
  }

  /** The conflict; empty when the rules are satisfiable, or were not refuted within the limits. */
  List<Rule> find() {
    List<Rule> all = rules.rules();
    List<Rule> suspects = all;
    if (refuted(all)) {
      suspects = explain(List.of(), false, all, this::refuted);
    } else if (!unsatisfiable(all)) {
      return List.of();
    }
    return explain(List.of(), false, suspects, this::unsatisfiable);
  }

  private boolean refuted(List<Rule> subset) {
    return !new Root(new Model(rules, subset)).feasible;
  }

  private boolean unsatisfiable(List<Rule> subset) {
    Root root = new Root(new Model(rules, subset));
    if (!root.feasible) {
      return true;
    }
    Plan plan = new Plan(root, Map.of(), null, false, null);
    Search search =
        new Search(plan, new Limit(Math.min(NODES, query.nodes()), query.nanos()), null);
    if (search.next()) {
      return false;
    }
    sure &= !search.stopped;
    return !search.stopped;
  }

  /** A minimal part of {@code open} that is inconsistent with {@code kept}. */
  private static List<Rule> explain(
      List<Rule> kept, boolean grown, List<Rule> open, Predicate<List<Rule>> inconsistent) {
    if (grown && inconsistent.test(kept)) {
      return List.of();
    }
    if (open.size() == 1) {
      // A conflict without any rule is none that rules make.
      return open;
    }
    int middle = open.size() / 2;
    List<Rule> first = open.subList(0, middle);
    List<Rule> second = open.subList(middle, open.size());
    List<Rule> fromSecond = explain(join(kept, first), !first.isEmpty(), second, inconsistent);
    List<Rule> fromFirst =
        explain(join(kept, fromSecond), !fromSecond.isEmpty(), first, inconsistent);
    List<Rule> result = new ArrayList<>(fromFirst);
    result.addAll(fromSecond);
    return result;
  }

  private static List<Rule> join(List<Rule> a, List<Rule> b) {
    List<Rule> all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }
}
