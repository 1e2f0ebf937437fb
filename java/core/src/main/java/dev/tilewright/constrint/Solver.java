package dev.tilewright.constrint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Answers queries about a rule set: exactly, and always the same for the same question. Immutable
 * and safe for threads; each query works on state of its own.
 *
 * <p>An interrupt of the calling thread ends a search like a limit does and stays set.
 */
public final class Solver {
  private final RuleSet rules;
  private final Model model;
  private final Root root;
  private final List<String> variables;
  private final Map<List<Object>, Plan> plans = new ConcurrentHashMap<>();

  private Solver(RuleSet rules) {
    this.rules = rules;
    model = new Model(rules, rules.rules());
    root = new Root(model);
    variables = List.of(model.names);
  }

  /** A solver of these rules. */
  public static Solver of(RuleSet rules) {
    return new Solver(rules);
  }

  /**
   * A solver of these rules with values for constants and variables.
   *
   * @throws IllegalArgumentException when a name is neither a constant nor a variable of the rules,
   *     or a value is outside the variable's domain
   */
  public static Solver of(RuleSet rules, Map<String, Long> constants) {
    return new Solver(rules.bind(constants));
  }

  /** Takes solutions as they are found. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * A solution.
     *
     * @param values in the order of {@link Solver#variables}; valid during the call only, and not
     *     to be written
     * @return whether to go on
     */
    boolean accept(long[] values);
  }

  /** The rules, with what was bound in place. */
  public RuleSet rules() {
    return rules;
  }

  /** The variables, in the order of their first appearance in the rules. */
  public List<String> variables() {
    return variables;
  }

  /**
   * Answers a query.
   *
   * @throws IllegalArgumentException when the query orders a name that the rules do not have, or
   *     asks for the best without an objective
   */
  public Result solve(Query query) {
    long start = System.nanoTime();
    List<Solution> solutions = new ArrayList<>();
    Outcome outcome =
        switch (query.kind()) {
          case FIRST -> walk(query.limit(1), values -> solutions.add(solution(values)));
          case ALL -> walk(query, values -> solutions.add(solution(values)));
          case COUNT -> count(query);
          case BEST -> best(query, solutions);
        };
    List<Rule> conflict = List.of();
    boolean complete = outcome.complete || query.kind() == Query.Kind.FIRST && outcome.count > 0;
    if (query.explains() && outcome.count == 0 && complete) {
      Conflict search = new Conflict(rules, query);
      conflict = search.find();
      complete = search.sure();
    }
    return new Result(
        outcome.count > 0,
        complete,
        outcome.count,
        solutions,
        Optional.ofNullable(outcome.objective),
        outcome.nodes,
        System.nanoTime() - start,
        conflict);
  }

  /**
   * Shows each solution to a visitor, in order and without making objects: the fast way to
   * enumerate.
   *
   * @return the count and whether it is complete; no solutions
   */
  public Result forEach(Query query, Visitor visitor) {
    long start = System.nanoTime();
    Outcome outcome = walk(query, visitor);
    return new Result(
        outcome.count > 0,
        outcome.complete,
        outcome.count,
        List.of(),
        Optional.empty(),
        outcome.nodes,
        System.nanoTime() - start,
        List.of());
  }

  /**
   * The solutions in order, each found when it is asked for. The stream ends at the query's limit
   * of solutions; a limit of nodes or time, or an interrupt, ends it with a {@link
   * CancellationException}, as a stream cut short would look like a whole one.
   */
  public Stream<Solution> all(Query query) {
    Map<Integer, Order> order = order(query);
    Spliterator<Solution> solutions =
        new Spliterators.AbstractSpliterator<>(
            Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL) {
          private final Search search =
              root.feasible
                  ? new Search(plan(order, true), new Limit(query.nodes(), query.nanos()), null)
                  : null;
          private long count;

          @Override
          public boolean tryAdvance(Consumer<? super Solution> action) {
            if (search == null || count == query.limit()) {
              return false;
            }
            if (!search.next()) {
              if (search.stopped) {
                throw new CancellationException("the search was cut short after " + count);
              }
              return false;
            }
            count++;
            action.accept(solution(search.values));
            return true;
          }
        };
    return StreamSupport.stream(solutions, false);
  }

  /**
   * Why there is no solution: rules that cannot hold together although all of them but any one can.
   * Empty when there is a solution. Within the limits of the query, and otherwise within 2^18 nodes
   * in each of six orders for each set of rules looked at; a set not decided within them counts as
   * satisfiable, so that the answer is still a conflict but may have a rule too many ({@link
   * Query#explain} says whether), or is empty where the conflict itself could not be proven.
   */
  public List<Rule> whyNot(Query query) {
    return new Conflict(rules, query).find();
  }

  /** What a search came to. */
  record Outcome(long count, boolean complete, long nodes, BigInteger objective) {}

  private Outcome walk(Query query, Visitor visitor) {
    Map<Integer, Order> order = order(query);
    if (!root.feasible) {
      return new Outcome(0, true, 0, null);
    }
    Search search = new Search(plan(order, true), new Limit(query.nodes(), query.nanos()), null);
    int n = model.names.length;
    long[] shown = search.values.length == n ? search.values : new long[n];
    long count = 0;
    while (search.next()) {
      count++;
      if (shown != search.values) {
        System.arraycopy(search.values, 0, shown, 0, n);
      }
      if (!visitor.accept(shown) || count == query.limit()) {
        return new Outcome(count, false, search.nodes, null);
      }
    }
    return new Outcome(count, !search.stopped, search.nodes, null);
  }

  private Outcome count(Query query) {
    Map<Integer, Order> order = order(query);
    if (!root.feasible) {
      return new Outcome(0, true, 0, null);
    }
    Plan plan = plan(order, false);
    long each = 1;
    for (int v : plan.free) {
      each = Sat.mul(each, root.bounds.size(v));
    }
    Search search = new Search(plan, new Limit(query.nodes(), query.nanos()), null);
    long count = 0;
    while (search.next()) {
      count = Sat.addHi(count, Sat.mul(each, Sat.addHi(1, search.skipPlain())));
      if (count >= query.limit()) {
        return new Outcome(query.limit(), count == Sat.INF, search.nodes, null);
      }
    }
    return new Outcome(count, !search.stopped, search.nodes, null);
  }

  private Outcome best(Query query, List<Solution> solutions) {
    Objective objective = query.objective();
    if (objective == null) {
      objective =
          rules
              .objective()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "no objective: the rules have no 'maximize' or 'minimize'"));
    } else {
      objective = rules.bind(objective);
    }
    Map<Integer, Order> order = order(query);
    if (!root.feasible) {
      return new Outcome(0, true, 0, null);
    }
    return new Optimizer(root, model.target(objective), objective.maximize(), query)
        .run(order, values -> solutions.add(solution(values)));
  }

  private Solution solution(long[] values) {
    long[] named = new long[model.names.length];
    System.arraycopy(values, 0, named, 0, named.length);
    return new Solution(model, named);
  }

  private Map<Integer, Order> order(Query query) {
    Map<Integer, Order> result = new LinkedHashMap<>();
    for (Map.Entry<String, Order> entry : query.order().entrySet()) {
      int v = model.index(entry.getKey());
      if (v >= 0) {
        result.put(v, entry.getValue());
      } else if (!rules.knows(entry.getKey())) {
        throw new IllegalArgumentException(
            "no variable '" + entry.getKey() + "'; there: " + String.join(", ", variables));
      }
    }
    return result;
  }

  private Plan plan(Map<Integer, Order> order, boolean unconstrained) {
    List<Object> key = new ArrayList<>(order.entrySet());
    key.add(unconstrained);
    return plans.computeIfAbsent(key, k -> new Plan(root, order, null, unconstrained, null));
  }
}
