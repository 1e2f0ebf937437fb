package dev.tilewright.constrint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What propagation alone finds out: bounds and value lists that no search takes back, the
 * constraints that still matter, and their flat forms. Immutable once built.
 */
final class Root {
  /** Domains up to this size are filtered value by value. */
  private static final int FILTER = 4096;

  private static final int ROUNDS = 4;

  final Model model;

  /** Read only. */
  final Bounds bounds;

  final boolean feasible;
  final Constraint[] constraints;

  /** By constraint; null where it stays a tree. */
  final Flat[] flats;

  private final List<Constraint> live;

  /** Flat forms while the same variables are fixed. */
  private final Map<Constraint, Flat> known = new IdentityHashMap<>();

  private int knownFixed;

  Root(Model model) {
    this.model = model;
    bounds = new Bounds(model.domains, model.nodes);
    live = new ArrayList<>(Arrays.asList(model.constraints));
    feasible = model.contradiction == null && settle() && decideClosed();
    bounds.commit();
    bounds.forgetChanges();
    constraints = live.toArray(new Constraint[0]);
    flats = new Flat[constraints.length];
    for (int c = 0; c < flats.length && feasible; c++) {
      flats[c] = flat(constraints[c]);
    }
  }

  /** The flat form. It stays as it is until a variable is fixed; one that is not there may come. */
  private Flat flat(Constraint constraint) {
    int fixed = 0;
    for (int v = 0; v < bounds.lo.length; v++) {
      fixed += bounds.fixed(v) ? 1 : 0;
    }
    if (fixed != knownFixed) {
      known.clear();
      knownFixed = fixed;
    }
    Flat flat = known.get(constraint);
    if (flat == null) {
      flat = Flat.of(constraint, bounds);
      if (flat != null) {
        known.put(constraint, flat);
      }
    }
    return flat;
  }

  private boolean settle() {
    Propagator propagator = new Propagator(model.constraints, model.domains.length);
    int budget = 1000 + 50 * model.constraints.length;
    if (!propagator.all(bounds, budget)) {
      return false;
    }
    for (int round = 0; round < ROUNDS; round++) {
      int before = live.size();
      for (int i = live.size() - 1; i >= 0; i--) {
        if (!settle(live.get(i), i)) {
          return false;
        }
      }
      int mark = bounds.mark();
      if (!propagator.run(bounds, budget)) {
        return false;
      }
      if (mark == bounds.mark() && before == live.size()) {
        break;
      }
    }
    return new Differences(live, this::flat, bounds.lo.length).consistent();
  }

  /** Decides what the last round left without an open variable: no place of a plan would. */
  private boolean decideClosed() {
    for (int i = live.size() - 1; i >= 0; i--) {
      Constraint constraint = live.get(i);
      Flat flat = flat(constraint);
      int[] variables = flat == null ? constraint.variables : flat.variables();
      boolean closed = true;
      for (int v : variables) {
        closed &= bounds.fixed(v);
      }
      if (closed && !settle(constraint, i)) {
        return false;
      }
    }
    return true;
  }

  /** Looks at one constraint on its own; drops it when nothing is left of it. */
  private boolean settle(Constraint constraint, int position) {
    int open = -1;
    int count = 0;
    for (int v : constraint.variables) {
      if (!bounds.fixed(v)) {
        open = v;
        count++;
      }
    }
    if (count == 0) {
      live.remove(position);
      return constraint.holds(bounds, values(constraint));
    }
    if (count == 1 && bounds.size(open) <= FILTER) {
      live.remove(position);
      return filter(constraint, open);
    }
    if (constraint.entailed(bounds)) {
      live.remove(position);
      return true;
    }
    Monotone monotone = count == 1 ? Monotone.of(constraint, open, bounds) : null;
    if (monotone != null) {
      live.remove(position);
      return monotone.narrow(((Constraint.Compare) constraint).op, bounds);
    }
    if (constraint instanceof Constraint.PowerOfTwo pow2 && pow2.term instanceof Node.Variable x) {
      live.remove(position);
      return powersOfTwo(x.index);
    }
    Congruence congruence = Congruence.of(constraint);
    if (congruence != null) {
      if (!congruence.narrow(bounds)) {
        return false;
      }
      if (congruence.within(bounds)) {
        live.remove(position);
        return true;
      }
    }
    Flat flat = flat(constraint);
    if (flat instanceof Flat.Mono mono) {
      return divisors(mono);
    }
    if (flat instanceof Flat.Poly poly && poly.variables().length == 0) {
      live.remove(position); // the variables cancel, as in A * B != B * A
      return constant(poly);
    }
    return !(flat instanceof Flat.Poly poly) || balanced(poly);
  }

  private static boolean constant(Flat.Poly poly) {
    BigInteger sum = BigInteger.ZERO;
    for (Polynomial.Monomial monomial : poly.monomials()) {
      sum = sum.add(monomial.coefficient());
    }
    return poly.op().accepts(sum.signum());
  }

  private long[] values(Constraint constraint) {
    long[] values = new long[bounds.lo.length];
    for (int v : constraint.variables) {
      values[v] = bounds.lo[v];
    }
    return values;
  }

  /** Keeps the values of its one open variable with which the constraint holds. */
  private boolean filter(Constraint constraint, int v) {
    long[] values = values(constraint);
    long lo = bounds.lo[v];
    long hi = bounds.hi[v];
    long[] kept = new long[(int) bounds.size(v)];
    int size = 0;
    long[] list = bounds.values[v];
    int first = list == null ? 0 : Bounds.lowerIndex(list, lo);
    for (int i = 0; i < kept.length; i++) {
      long value = list == null ? lo + i * bounds.step[v] : list[first + i];
      bounds.lo[v] = value;
      bounds.hi[v] = value;
      values[v] = value;
      if (constraint.holds(bounds, values)) {
        kept[size++] = value;
      }
    }
    bounds.lo[v] = lo;
    bounds.hi[v] = hi;
    return size == kept.length || keep(v, Arrays.copyOf(kept, size));
  }

  private boolean powersOfTwo(int v) {
    long[] powers = new long[63];
    int size = 0;
    for (long power = 1; power <= bounds.hi[v] && power > 0; power *= 2) {
      if (bounds.contains(v, power)) {
        powers[size++] = power;
      }
    }
    return keep(v, Arrays.copyOf(powers, size));
  }

  /** The variables of a monomial that divides a number divide that number. */
  private boolean divisors(Flat.Mono mono) {
    if (mono.equation() && mono.variables().length == 0) {
      return mono.a() == mono.c();
    }
    if (mono.left().length == 0) {
      return mono.a() % mono.c() == 0 && divisors(mono.a() / mono.c(), mono.right());
    }
    if (mono.right().length == 0 && mono.equation()) {
      return mono.c() % mono.a() == 0 && divisors(mono.c() / mono.a(), mono.left());
    }
    return true;
  }

  private boolean divisors(long number, int[] variables) {
    long[] all = Factors.divisors(number);
    for (int v : variables) {
      if (bounds.fixed(v)) {
        continue;
      }
      long[] kept = new long[all.length];
      int size = 0;
      for (long divisor : all) {
        if (bounds.contains(v, divisor)) {
          kept[size++] = divisor;
        }
      }
      if (size < bounds.size(v) && !keep(v, Arrays.copyOf(kept, size))) {
        return false;
      }
    }
    return true;
  }

  private boolean keep(int v, long[] kept) {
    return bounds.restrict(v, kept);
  }

  /** Whether the common divisor of an equation's coefficients divides its constant. */
  private static boolean balanced(Flat.Poly poly) {
    if (poly.op() != Comparison.Op.EQ) {
      return true;
    }
    Polynomial polynomial = new Polynomial(List.of(poly.monomials()));
    BigInteger content = polynomial.content();
    return content.signum() == 0 || polynomial.constant().mod(content).signum() == 0;
  }
}
