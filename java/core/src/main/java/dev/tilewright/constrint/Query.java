package dev.tilewright.constrint;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What to ask a {@link Solver}, with its limits. Immutable: each method that changes something
 * returns a new query.
 *
 * <p>The order: the variables listed come first, in that order, each with its preference; the
 * others follow in an order that the solver picks, smallest values first. Solutions come in the
 * lexicographic order of that list, as in upstream's solver, and {@code first} is the first of
 * them.
 */
public final class Query {
  /** Kinds of queries. */
  enum Kind {
    FIRST,
    ALL,
    COUNT,
    BEST
  }

  private final Kind kind;
  private final Objective objective;
  private final Map<String, Order> order;
  private final long limit;
  private final long nodes;
  private final long nanos;
  private final boolean explain;

  private Query(
      Kind kind,
      Objective objective,
      Map<String, Order> order,
      long limit,
      long nodes,
      long nanos,
      boolean explain) {
    this.kind = kind;
    this.objective = objective;
    this.order = order;
    this.limit = limit;
    this.nodes = nodes;
    this.nanos = nanos;
    this.explain = explain;
  }

  private static Query of(Kind kind, Objective objective) {
    return new Query(
        kind, objective, Map.of(), Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, false);
  }

  /** The first solution in the order. */
  public static Query first() {
    return of(Kind.FIRST, null);
  }

  /** Every solution. */
  public static Query all() {
    return of(Kind.ALL, null);
  }

  /** How many solutions there are. */
  public static Query count() {
    return of(Kind.COUNT, null);
  }

  /**
   * The solution with the best value of the rule set's objective; of equals the first in order.
   * When the objective has a value in no solution, the first in order, and the result has no
   * objective.
   */
  public static Query best() {
    return of(Kind.BEST, null);
  }

  /** The same for an objective of its own. */
  public static Query best(Objective objective) {
    return of(Kind.BEST, Objects.requireNonNull(objective));
  }

  /**
   * Appends a variable to the order. A name that is bound or a constant is passed over, so one
   * order serves many bindings.
   */
  public Query order(String name, Order preference) {
    Map<String, Order> longer = new LinkedHashMap<>(order);
    longer.remove(name);
    longer.put(name, preference);
    return new Query(
        kind, objective, Collections.unmodifiableMap(longer), limit, nodes, nanos, explain);
  }

  /** Ends after this many solutions, at least 1. */
  public Query limit(long solutions) {
    return new Query(kind, objective, order, positive(solutions), nodes, nanos, explain);
  }

  /** Gives up after this many nodes, at least 1. */
  public Query nodes(long most) {
    return new Query(kind, objective, order, limit, positive(most), nanos, explain);
  }

  /** Gives up after this time. */
  public Query time(Duration most) {
    long given;
    try {
      given = positive(most.toNanos());
    } catch (ArithmeticException e) {
      given = Long.MAX_VALUE;
    }
    return new Query(kind, objective, order, limit, nodes, given, explain);
  }

  /** Names the rules that conflict, when there is no solution. */
  public Query explain() {
    return new Query(kind, objective, order, limit, nodes, nanos, true);
  }

  private static long positive(long value) {
    if (value < 1) {
      throw new IllegalArgumentException("a limit of " + value + "; at least 1");
    }
    return value;
  }

  Kind kind() {
    return kind;
  }

  Objective objective() {
    return objective;
  }

  Map<String, Order> order() {
    return order;
  }

  long limit() {
    return limit;
  }

  long nodes() {
    return nodes;
  }

  long nanos() {
    return nanos;
  }

  boolean explains() {
    return explain;
  }
}
