package dev.tilewright.constrint;

import dev.tilewright.constrint.Flat.Mono;
import dev.tilewright.constrint.Flat.Poly;
import dev.tilewright.constrint.Polynomial.Monomial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Chooses the order of the variables: what an equation determines at once; then what the caller
 * listed; then the variable with the fewest candidates.
 */
final class Placement {
  private final Bounds b;
  private final List<Constraint> constraints;
  private final List<Flat> flats;
  private final int names;

  /** What completing a side of an equation is worth, as a factor of candidates: e^3. */
  private static final double SIDE = 3;

  /** Of each constraint, whether it has sides to complete; null until it is asked. */
  private final Boolean[] sides;

  /** Of each constraint, its open variables. */
  private final int[][] open;

  private final int[] unplaced;
  private final int[] place;
  private final List<Plan.Place> places = new ArrayList<>();
  private final int[] free;
  private int freeCount;

  /** Of each place, the constraint that determines it, or -1. */
  private final int[] solvers;

  /** Of each variable, its constraints, ascending. */
  private final int[][] watching;

  /** Of each variable, the logarithm of the number of its values. */
  private final double[] width;

  /** Of each constraint, whether it was seen not to give the one variable that is left. */
  private final boolean[] useless;

  Placement(
      Root root,
      List<Constraint> constraints,
      List<Flat> flats,
      Map<Integer, Order> order,
      boolean[] largest,
      boolean unconstrained) {
    b = root.bounds;
    this.constraints = constraints;
    this.flats = flats;
    names = root.model.names.length;
    sides = new Boolean[constraints.size()];
    open = new int[constraints.size()][];
    unplaced = new int[constraints.size()];
    place = new int[names];
    free = new int[names];
    solvers = new int[names];
    useless = new boolean[constraints.size()];
    int[] degree = new int[names];
    for (int c = 0; c < open.length; c++) {
      Flat flat = flats.get(c);
      open[c] = open(flat == null ? constraints.get(c).variables : flat.variables());
      unplaced[c] = open[c].length;
      for (int v : open[c]) {
        degree[v]++;
      }
    }
    watching = new int[names][];
    width = new double[names];
    for (int v = 0; v < names; v++) {
      place[v] = b.fixed(v) ? -1 : Integer.MAX_VALUE;
      watching[v] = new int[degree[v]];
      width[v] = b.fixed(v) ? 0 : Math.log(b.size(v));
      if (!unconstrained && degree[v] == 0 && !b.fixed(v)) {
        free[freeCount++] = v;
        place[v] = -1;
      }
    }
    for (int c = open.length - 1; c >= 0; c--) {
      for (int v : open[c]) {
        watching[v][--degree[v]] = c;
      }
    }
    derive(order);
    for (Map.Entry<Integer, Order> entry : order.entrySet()) {
      put(entry.getKey(), entry.getValue() == Order.LARGEST, -1);
      derive(order);
    }
    for (int v = choose(); v >= 0; v = choose()) {
      put(v, largest != null && largest[v], -1);
      derive(order);
    }
    int back = -1;
    for (int p = 0; p < places.size(); p++) {
      places.get(p).back = back;
      if (!places.get(p).derived) {
        back = p;
      }
    }
  }

  Plan.Place[] places() {
    return places.toArray(new Plan.Place[0]);
  }

  int[] free() {
    return Arrays.copyOf(free, freeCount);
  }

  /** Of each variable; -1 for those that are fixed. */
  int[] place() {
    return place;
  }

  int[] solvers() {
    return solvers;
  }

  private boolean isPlaced(int v) {
    return place[v] != Integer.MAX_VALUE;
  }

  private int[] open(int[] variables) {
    int[] result = new int[variables.length];
    int n = 0;
    for (int v : variables) {
      if (!b.fixed(v)) {
        result[n++] = v;
      }
    }
    return n == result.length ? result : Arrays.copyOf(result, n);
  }

  private void put(int v, boolean largest, int solver) {
    if (isPlaced(v)) {
      return;
    }
    place[v] = places.size();
    Plan.Place at = new Plan.Place(v, largest);
    at.derived = solver >= 0;
    solvers[places.size()] = solver;
    places.add(at);
    for (int c : watching[v]) {
      unplaced[c]--;
    }
  }

  private void derive(Map<Integer, Order> order) {
    for (boolean more = true; more; ) {
      more = false;
      for (int c = 0; c < open.length; c++) {
        if (unplaced[c] == 1 && !useless[c]) {
          int v = -1;
          for (int w : open[c]) {
            v = isPlaced(w) ? v : w;
          }
          if (determines(c, v)) {
            put(v, order.get(v) == Order.LARGEST, c);
            more = true;
          } else {
            useless[c] = true;
          }
        }
      }
    }
  }

  /** Whether the constraint gives a variable's value once its others have theirs. */
  private boolean determines(int c, int v) {
    Flat flat = flats.get(c);
    if (flat instanceof Mono mono) {
      return mono.equation();
    }
    if (flat instanceof Poly poly) {
      return poly.op() == Comparison.Op.EQ && Plan.linear(poly, v) && slopeIsNotZero(poly, v);
    }
    return PlanWriter.definition(constraints.get(c), v) != null;
  }

  /** Whether what stands with the variable has one sign and no factor that can be zero. */
  private boolean slopeIsNotZero(Poly poly, int v) {
    int sign = 0;
    for (Monomial m : poly.monomials()) {
      if (m.has(v)) {
        if (sign != 0 && sign != m.coefficient().signum()) {
          return false;
        }
        sign = m.coefficient().signum();
        for (int w : m.variables()) {
          if (w != v && b.lo[w] < 1) {
            return false;
          }
        }
      }
    }
    return sign != 0;
  }

  /** The open variable with the fewest candidates, weighed by what it helps to decide; or -1. */
  private int choose() {
    int best = -1;
    double bestCost = 0;
    for (int v = 0; v < names; v++) {
      if (!isPlaced(v)) {
        double cost = cost(v);
        if (best < 0 || cost < bestCost) {
          best = v;
          bestCost = cost;
        }
      }
    }
    return best;
  }

  private double cost(int v) {
    double cost = width[v];
    for (int c : watching[v]) {
      // A constraint that this completes, or nearly so, cuts more.
      cost -= 0.5 / unplaced[c] + SIDE * completesSide(c, v);
    }
    return cost;
  }

  /**
   * How far a variable completes one side of an equation that gives no variable's value: once a
   * side is known, it bounds the other. 1 where only this variable is open there, a half where two
   * are.
   */
  private double completesSide(int c, int v) {
    if (!hasSides(c)) {
      return 0;
    }
    Constraint.Compare compare = (Constraint.Compare) constraints.get(c);
    double best = 0;
    for (Node side : new Node[] {compare.left, compare.right}) {
      if (PlanWriter.uses(side, v)) {
        int left = 0;
        for (int w : open[c]) {
          left += !isPlaced(w) && PlanWriter.uses(side, w) ? 1 : 0;
        }
        best = Math.max(best, 1.0 / left);
      }
    }
    return best;
  }

  /** Whether it is an equation that gives the value of none of its variables. */
  private boolean hasSides(int c) {
    if (sides[c] == null) {
      boolean has =
          constraints.get(c) instanceof Constraint.Compare compare
              && compare.op == Comparison.Op.EQ
              && !(flats.get(c) instanceof Mono);
      for (int i = 0; has && i < open[c].length; i++) {
        has = !determines(c, open[c][i]);
      }
      sides[c] = has;
    }
    return sides[c];
  }
}
