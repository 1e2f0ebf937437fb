package dev.tilewright.constrint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds rules that cannot hold together although all of them but any one can: QuickXplain (Junker,
 * AAAI 2004), first with propagation alone as the judge, which is cheap and leaves few rules, then
 * with a search.
 */
final class Conflict {
  /** Nodes for one set of rules, where the query sets no limit. */
  private static final long NODES = 1 << 18;

  /** Which variables try large values first, a bit each: all, none, and mixtures. */
  private static final long[] MIXES = {
    -1L, 0L, 0x5555555555555555L, 0xAAAAAAAAAAAAAAAAL, 0x9E3779B97F4A7C15L, 0x61C8864680B583EAL
  };

  /** Nodes of the first attempts. */
  private static final long FIRST = 1 << 10;

  private final RuleSet rules;
  private final Query query;

  /** The query's time, for all of it. */
  private final Limit limit;

  /** False when some set could not be decided within the limits: it was taken for satisfiable. */
  private boolean sure = true;

  Conflict(RuleSet rules, Query query) {
    this.rules = rules;
    this.query = query;
    limit = new Limit(Long.MAX_VALUE, query.nanos());
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

  /** Whether a search refutes these rules; false too when it is cut short. */
  boolean unsatisfiable(List<Rule> subset) {
    // In the order of the file, so that the same set always takes the same search.
    Set<Rule> members = Collections.newSetFromMap(new IdentityHashMap<>());
    members.addAll(subset);
    List<Rule> sorted = rules.rules().stream().filter(members::contains).toList();
    Root root = new Root(new Model(rules, sorted));
    if (!root.feasible) {
      return true;
    }
    // Fewer rules have solutions at one end of the values or the other, seldom known which.
    Plan[] plans = new Plan[MIXES.length];
    for (int k = 0; k < plans.length; k++) {
      boolean[] largest = new boolean[rules.names().size()];
      for (int v = 0; v < largest.length; v++) {
        largest[v] = (MIXES[k] >>> v % 64 & 1) == 1;
      }
      plans[k] = new Plan(root, Map.of(), largest, false, null);
    }
    long most = Math.min(NODES, query.nodes());
    for (long nodes = Math.min(FIRST, most); ; nodes = Math.min(8 * nodes, most)) {
      for (Plan plan : plans) {
        Search search = new Search(plan, limit.atMost(nodes), null);
        boolean satisfiable = search.next();
        if (satisfiable || !search.stopped) {
          return !satisfiable;
        }
      }
      if (nodes == most || limit.reached(0)) {
        sure = false;
        return false;
      }
    }
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
