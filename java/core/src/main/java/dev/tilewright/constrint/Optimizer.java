package dev.tilewright.constrint;

import java.math.BigInteger;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Branch and bound. First the best value, in whatever order finds it soon: short searches halve the
 * gap between the best so far and what bounds allow, then one search proves it. At last the first
 * solution in the query's order that has the best value.
 */
final class Optimizer {
  /** Nodes of one short search. */
  private static final long PROBE = 4096;

  private static final int PROBES = 80;

  private final Root root;
  private final Model.Target target;
  private final boolean maximize;
  private final Limit limit;
  private long[] found;
  private BigInteger best;

  Optimizer(Root root, Model.Target target, boolean maximize, Query query) {
    this.root = root;
    this.target = target;
    this.maximize = maximize;
    limit = new Limit(query.nodes(), query.nanos());
  }

  Solver.Outcome run(Map<Integer, Order> order, Consumer<long[]> solution) {
    Best bound = Best.of(target, maximize);
    Plan plan = new Plan(root, Map.of(), bound.largest(root.bounds), true, bound);
    boolean complete = true;
    Search search = new Search(plan, limit, bound);
    boolean some = search.next();
    limit.spend(search.nodes);
    if (some) {
      take(search, bound);
    }
    if (best == null) { // or none has a value, as when the root leaves one choice
      return some || !search.stopped
          ? withoutValue(order, solution)
          : new Solver.Outcome(0, false, limit.spent(), null);
    }
    BigInteger reach = narrow(plan, bound);
    if (!best.equals(reach)) {
      bound.ask(maximize ? best.add(BigInteger.ONE) : best.subtract(BigInteger.ONE));
      search = new Search(plan, limit, bound);
      while (search.next()) {
        take(search, bound);
      }
      limit.spend(search.nodes);
      complete = !search.stopped;
    }
    if (complete) {
      Best exactly = Best.exactly(target, best);
      search = new Search(new Plan(root, order, null, true, exactly), limit, exactly);
      if (search.next()) {
        found = search.values.clone();
      }
      complete = !search.stopped;
      limit.spend(search.nodes);
    }
    solution.accept(found);
    return new Solver.Outcome(1, complete, limit.spent(), best);
  }

  /** The objective has a value in no solution: then the first one will do. */
  private Solver.Outcome withoutValue(Map<Integer, Order> order, Consumer<long[]> solution) {
    Search search = new Search(new Plan(root, order, null, true, null), limit, null);
    boolean some = search.next();
    limit.spend(search.nodes);
    if (some) {
      solution.accept(search.values.clone());
    }
    return new Solver.Outcome(some ? 1 : 0, !search.stopped, limit.spent(), null);
  }

  private void take(Search search, Best bound) {
    bound.improve(search.values);
    best = bound.best();
    found = search.values.clone();
  }

  /** Halves the gap while short searches find or refute; the value that none can be better than. */
  private BigInteger narrow(Plan plan, Best bound) {
    BigInteger reach = bound.reach(root.bounds);
    BigInteger end = reach;
    for (int i = 0; i < PROBES && end != null && bound.better(end, best); i++) {
      BigInteger middle = best.add(end).shiftRight(1);
      if (!bound.better(middle, best)) {
        middle = end;
      }
      bound.ask(middle);
      Limit probe = limit.atMost(PROBE);
      Search search = new Search(plan, probe, bound);
      boolean some = search.next();
      limit.spend(search.nodes);
      if (some) {
        take(search, bound);
        end = reach;
      } else if (search.stopped) {
        // Not decided: look nearer to what is known to exist.
        if (limit.reached(0)) {
          break;
        }
        end = maximize ? middle.subtract(BigInteger.ONE) : middle.add(BigInteger.ONE);
      } else {
        reach = maximize ? middle.subtract(BigInteger.ONE) : middle.add(BigInteger.ONE);
        end = reach;
      }
    }
    return reach;
  }
}
