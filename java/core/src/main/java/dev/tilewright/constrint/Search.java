package dev.tilewright.constrint;

import java.util.Arrays;

/**
 * Walks a plan depth first and stops at each solution, in the plan's lexicographic order. Where
 * whole subtrees fail, it propagates; where a range is long, it halves it and propagates each half.
 * Both leave the order and the solutions as they are. Belongs to one thread.
 */
final class Search {
  /** A range longer than this is halved before its values are tried one by one. */
  private static final long CHUNK = 256;

  /** Failed subtrees of this many nodes on average are worth a propagation each. */
  private static final int WASTE = 48;

  final Plan plan;
  final long[] values;
  final long[] registers;
  final Bounds bounds;

  /** For {@link Steps.Foresee}. */
  final Range foreseen = new Range(0, 0);

  private final Plan.Place[] places;
  private final Cursor[] cursors;
  private final Limit limit;
  private final Propagator propagator;
  private final DivisorTable divisors = new DivisorTable();

  /** Whether bounds follow the values: needed by trees and by propagation. */
  private boolean dense;

  /** Nodes so far: candidates tried. */
  long nodes;

  /** Whether a limit or an interrupt ended the walk. */
  boolean stopped;

  private boolean started;
  private long solutions;

  /** Where a place stands among its candidates. */
  private static final class Cursor {
    final Range range;
    long[] list;
    long next;
    long end;
    long stride;

    /** Distance of candidates in a range. */
    long unit;

    /** Whether each candidate still needs a look at the range and the domain. */
    boolean unsure;

    int mark;
    boolean propagates;
    long startNodes;
    long startSolutions;
    long wasted;
    long failures;

    /** Parts of a long range still to come, as pairs of ends, the next one last. */
    long[] parts = new long[0];

    int partCount;

    Cursor(Plan.Place place) {
      range = new Range(place.quotients, place.holes);
    }
  }

  Search(Plan plan, Limit limit, Constraint bound) {
    this.plan = plan;
    this.limit = limit;
    places = plan.places;
    bounds = new Bounds(plan.root.bounds, plan.nodes);
    values = new long[bounds.lo.length];
    for (int v = 0; v < values.length; v++) {
      values[v] = bounds.lo[v];
    }
    registers = new long[plan.registers];
    registers[0] = 1;
    cursors = new Cursor[places.length];
    for (int p = 0; p < places.length; p++) {
      cursors[p] = new Cursor(places[p]);
    }
    Constraint[] constraints = plan.root.constraints;
    if (bound != null) {
      constraints = Arrays.copyOf(constraints, constraints.length + 1);
      constraints[constraints.length - 1] = bound;
    }
    propagator = new Propagator(constraints, bounds.lo.length);
    dense = plan.dense;
  }

  /** Goes to the next solution; false when there is none or {@link #stopped}. */
  boolean next() {
    int p;
    boolean enter = !started;
    if (started) {
      if (places.length == 0) {
        return false;
      }
      p = lastChoice();
      if (p < 0) {
        return false;
      }
    } else {
      started = true;
      p = 0;
    }
    while (true) {
      if (enter) {
        if (p == places.length) {
          solutions++;
          return true;
        }
        Plan.Place place = places[p];
        if (place.derived) {
          if (derive(place)) {
            p++;
            continue;
          }
          p = place.back;
        } else if (!open(p)) {
          p = place.back;
        }
        if (p < 0 || stopped) {
          return false;
        }
        enter = false;
      }
      if (advance(p)) {
        p++;
        enter = true;
      } else {
        if (stopped) {
          return false;
        }
        p = places[p].back;
        if (p < 0) {
          return false;
        }
      }
    }
  }

  private int lastChoice() {
    int p = places.length - 1;
    return places[p].derived ? places[p].back : p;
  }

  /**
   * After a solution: the number of the last place's further candidates, which are solutions all,
   * and skips them; 0 where each needs a look.
   */
  long skipPlain() {
    int p = places.length - 1;
    if (p < 0 || places[p].derived || !places[p].plain) {
      return 0;
    }
    Cursor at = cursors[p];
    int v = places[p].variable;
    if (at.list != null
        || at.partCount > 0
        || at.stride == 0
        || at.propagates
        || bounds.step[v] > 1 && at.range.multiple > 1) {
      return 0;
    }
    long count = Math.max(0, (at.end - at.next) / at.stride + 1);
    for (int i = 0; i < at.range.holes; i++) {
      long hole = at.range.excluded[i];
      boolean ahead =
          at.stride > 0 ? hole >= at.next && hole <= at.end : hole <= at.next && hole >= at.end;
      count -= ahead && (hole - at.next) % at.stride == 0 ? 1 : 0;
    }
    at.next = at.end + at.stride;
    return count;
  }

  private boolean derive(Plan.Place place) {
    long value = place.definition.value(this);
    return bounds.contains(place.variable, value) && assign(place, value);
  }

  /** Puts a value in place; false when a test fails. */
  private boolean assign(Plan.Place place, long value) {
    int v = place.variable;
    values[v] = value;
    if (dense && !bounds.narrow(v, value, value)) {
      return false;
    }
    int[] products = place.products;
    long[] r = registers;
    int i = 0;
    for (; i < place.saturating; i += 3) {
      r[products[i]] = r[products[i + 1]] * values[products[i + 2]];
    }
    for (; i < products.length; i += 3) {
      r[products[i]] = Sat.mul(r[products[i + 1]], values[products[i + 2]]);
    }
    for (Steps.Test test : place.tests) {
      if (!test.test(this)) {
        return false;
      }
    }
    return true;
  }

  /** Makes the candidates of a place with a choice; false when there are none. */
  private boolean open(int p) {
    Plan.Place place = places[p];
    Cursor at = cursors[p];
    // Where most nodes lead to solutions, keeping bounds costs more than the failures.
    if (at.failures >= 8
        && at.wasted > WASTE * at.failures
        && at.wasted > 2 * solutions
        && !at.propagates) {
      at.propagates = true;
      follow(p);
    }
    int v = place.variable;
    Range r = at.range;
    r.reset(bounds.lo[v], bounds.hi[v]);
    at.startNodes = -1;
    at.partCount = 0;
    for (Steps.Step step : place.steps) {
      if (!step.apply(this, r)) {
        return false;
      }
    }
    at.list = bounds.values[v];
    at.unsure = r.count > 0 || r.holes > 0 || r.multiple > 1 || bounds.step[v] > 1;
    if (r.count > 0) {
      long least = r.quotients[0];
      for (int i = 1; i < r.count; i++) {
        least = Math.min(least, r.quotients[i]);
      }
      long[] divide = divisors.of(least);
      if (at.list == null || divide.length < at.list.length) {
        at.list = divide;
      }
    }
    if (at.list != null) {
      int first = Bounds.lowerIndex(at.list, r.lo);
      int last = Bounds.lowerIndex(at.list, r.hi + 1) - 1;
      at.next = place.largest ? last : first;
      at.end = place.largest ? first : last;
      at.stride = place.largest ? -1 : 1;
      at.mark = bounds.mark();
      return first <= last;
    }
    at.stride = 0;
    at.unit = Math.max(r.multiple, bounds.step[v]);
    boolean exact = p == places.length - 1 && place.plain;
    boolean halve =
        !exact
            && Bounds.span(r.lo, r.hi) / at.unit > 16 * CHUNK
            && propagator.watching(v).length > 0;
    if (halve) {
      follow(p);
    }
    at.mark = bounds.mark();
    if (halve) {
      part(at, r.lo, r.hi);
      return nextPart(p);
    }
    return range(p, r.lo, r.hi);
  }

  /** Candidates are the members between two ends. */
  private boolean range(int p, long lo, long hi) {
    Cursor at = cursors[p];
    int v = places[p].variable;
    long step = bounds.step[v];
    long base = bounds.base[v];
    if (at.range.multiple > 1 && (step == 1 || at.range.multiple > step)) {
      step = at.range.multiple;
      base = 0;
    }
    long first = lo;
    long last = hi;
    if (step > 1) {
      first += Math.floorMod(base - lo, step);
      last -= Math.floorMod(hi - base, step);
    }
    at.next = places[p].largest ? last : first;
    at.end = places[p].largest ? first : last;
    at.stride = places[p].largest ? -step : step;
    return first <= last;
  }

  private static void part(Cursor at, long lo, long hi) {
    if (at.parts.length < 2 * at.partCount + 2) {
      at.parts = Arrays.copyOf(at.parts, Math.max(16, 4 * at.partCount + 4));
    }
    at.parts[2 * at.partCount] = lo;
    at.parts[2 * at.partCount++ + 1] = hi;
  }

  /** Halves a long range until a part is short, leaving out parts that propagation refutes. */
  private boolean nextPart(int p) {
    Cursor at = cursors[p];
    int v = places[p].variable;
    while (at.partCount > 0) {
      bounds.undo(at.mark);
      at.partCount--;
      long lo = at.parts[2 * at.partCount];
      long hi = at.parts[2 * at.partCount + 1];
      if (!count()) {
        return false;
      }
      bounds.forgetChanges();
      boolean some = bounds.narrow(v, lo, hi) && propagator.run(bounds, budget());
      lo = bounds.lo[v];
      hi = bounds.hi[v];
      bounds.undo(at.mark);
      if (!some) {
        continue;
      }
      if (Bounds.span(lo, hi) / at.unit <= CHUNK) {
        if (range(p, lo, hi)) {
          return true;
        }
        continue;
      }
      long middle = lo + hi >> 1;
      if (places[p].largest) {
        part(at, lo, middle);
        part(at, middle + 1, hi);
      } else {
        part(at, middle + 1, hi);
        part(at, lo, middle);
      }
    }
    return false;
  }

  private int budget() {
    return 8 + 4 * plan.root.constraints.length;
  }

  /** Counts a node; false when a limit is reached. */
  private boolean count() {
    nodes++;
    if (limit.reached(nodes)) {
      stopped = true;
      return false;
    }
    return true;
  }

  /** Takes the next candidate that passes; false when none is left. */
  private boolean advance(int p) {
    Plan.Place place = places[p];
    Cursor at = cursors[p];
    int v = place.variable;
    Range r = at.range;
    if (at.startNodes >= 0 && at.startSolutions == solutions) {
      at.wasted += nodes - at.startNodes;
      at.failures++;
    }
    while (true) {
      if (at.stride > 0 ? at.next > at.end : at.next < at.end || at.stride == 0) {
        if (at.partCount == 0 || !nextPart(p)) {
          if (dense) {
            bounds.undo(at.mark);
          }
          return false;
        }
        continue;
      }
      long value = at.list == null ? at.next : at.list[(int) at.next];
      at.next += at.stride;
      if (dense) {
        bounds.undo(at.mark);
      }
      if (at.unsure && !(r.admits(value) && bounds.contains(v, value))) {
        continue;
      }
      if (!count()) {
        return false;
      }
      if (!assign(place, value)) {
        continue;
      }
      if (at.propagates) {
        bounds.forgetChanges();
        if (!propagator.touched(bounds, v, budget())) {
          continue;
        }
      }
      at.startNodes = nodes;
      at.startSolutions = solutions;
      return true;
    }
  }

  /** From now on bounds follow the values; brings them up to date before a place. */
  private void follow(int p) {
    if (dense) {
      return;
    }
    dense = true;
    for (int q = 0; q < p; q++) {
      cursors[q].mark = bounds.mark();
      bounds.narrow(places[q].variable, values[places[q].variable], values[places[q].variable]);
    }
    bounds.forgetChanges();
  }
}
