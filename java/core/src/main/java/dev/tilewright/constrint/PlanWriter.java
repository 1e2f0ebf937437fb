package dev.tilewright.constrint;

import dev.tilewright.constrint.Flat.Mono;
import dev.tilewright.constrint.Flat.Poly;
import dev.tilewright.constrint.Plan.Place;
import dev.tilewright.constrint.Polynomial.Monomial;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes each constraint into the places of its variables, as steps and tests. */
final class PlanWriter {
  private final Bounds b;
  private final Place[] places;

  /** Of each variable; -1 when fixed. */
  private final int[] place;

  private final int[] solvers;
  private final Registers registers;
  private final List<List<Steps.Step>> steps = new ArrayList<>();
  private final List<List<Steps.Test>> tests = new ArrayList<>();

  /** Of each place and variable, the registers of the ends of a later variable, or null. */
  private final int[][][] foreseen;

  PlanWriter(Root root, Placement placement) {
    b = root.bounds;
    places = placement.places();
    place = placement.place();
    solvers = placement.solvers();
    registers = new Registers(place, b);
    foreseen = new int[places.length][][];
    for (int p = 0; p < places.length; p++) {
      steps.add(new ArrayList<>());
      tests.add(new ArrayList<>());
    }
  }

  /**
   * Before a place with a choice: bounds of the variables that are derived right after it, last one
   * first, from constraints whose other variables are placed or bounded so already. Inequalities on
   * the last of a chain of definitions bound its first by this.
   */
  void foresee(List<Flat> flats) {
    for (int p = 0; p < places.length; p++) {
      if (places[p].derived) {
        continue;
      }
      int end = p;
      while (end + 1 < places.length && places[end + 1].derived) {
        end++;
      }
      foreseen[p] = end > p ? new int[place.length][] : null;
      for (int q = end; q > p; q--) {
        foresee(flats, p, places[q].variable);
      }
    }
  }

  private void foresee(List<Flat> flats, int p, int v) {
    List<Steps.AtMost> bounds = new ArrayList<>();
    for (Flat flat : flats) {
      if (flat == null || Plan.degree(flat.variables(), v) == 0) {
        continue;
      }
      boolean known = true;
      for (int w : flat.variables()) {
        known &= w == v || place[w] < p || foreseen[p][w] != null;
      }
      if (!known) {
        continue;
      }
      for (Monomial[] side : sides(flat, v)) {
        bounds.add(new Steps.AtMost(slope(side, v, p), offset(side, v, p)));
      }
    }
    if (!bounds.isEmpty()) {
      int[] ends = {registers.scratch(), registers.scratch()};
      foreseen[p][v] = ends;
      steps.get(p).add(new Steps.Foresee(v, bounds.toArray(new Steps.AtMost[0]), ends[0], ends[1]));
    }
  }

  /** The sums that are at most 0 by a constraint linear in a variable; none where it is not. */
  private List<Monomial[]> sides(Flat flat, int v) {
    if (flat instanceof Poly poly) {
      if (poly.op() == Comparison.Op.NE || !Plan.linear(poly, v)) {
        return List.of();
      }
      return poly.op() == Comparison.Op.EQ
          ? List.of(poly.monomials(), negated(poly.monomials()))
          : List.<Monomial[]>of(poly.monomials());
    }
    Mono mono = (Mono) flat;
    Monomial left = new Monomial(BigInteger.valueOf(mono.a()), mono.left());
    Monomial right = new Monomial(BigInteger.valueOf(mono.c()), mono.right());
    long reach = Sat.addHi(Polynomial.magnitude(left, b), Polynomial.magnitude(right, b));
    if (reach >= Flat.LIMIT || left.degree(v) + right.degree(v) > 1) {
      return List.of();
    }
    Monomial[] atMost = {right, new Monomial(left.coefficient().negate(), left.variables())};
    return mono.equation() ? List.of(atMost, negated(atMost)) : List.<Monomial[]>of(atMost);
  }

  /** Completes the places; the number of registers. */
  int finish() {
    for (int p = 0; p < places.length; p++) {
      Place at = places[p];
      at.steps = steps.get(p).toArray(new Steps.Step[0]);
      at.tests = tests.get(p).toArray(new Steps.Test[0]);
      registers.write(at);
      for (Steps.Step step : at.steps) {
        at.quotients += step instanceof Steps.Divides ? 1 : 0;
        at.holes += step instanceof Steps.Differs ? 1 : 0;
      }
      at.plain = at.tests.length == 0;
    }
    return registers.count();
  }

  /** The term that a rule {@code x == term} gives, or null. */
  static Node definition(Constraint constraint, int v) {
    if (!(constraint instanceof Constraint.Compare compare)
        || compare.op != Comparison.Op.EQ
        || compare.choices.length > 0) {
      return null;
    }
    if (compare.left instanceof Node.Variable x && x.index == v && !uses(compare.right, v)) {
      return compare.right;
    }
    if (compare.right instanceof Node.Variable x && x.index == v && !uses(compare.left, v)) {
      return compare.left;
    }
    return null;
  }

  /** Whether a variable stands in a term. */
  static boolean uses(Node node, int v) {
    if (node instanceof Node.Variable variable) {
      return variable.index == v;
    }
    for (Node part : node.parts()) {
      if (uses(part, v)) {
        return true;
      }
    }
    return false;
  }

  /** The last place of these variables. */
  private int last(int[] variables) {
    int last = -1;
    for (int v : variables) {
      last = Math.max(last, place[v]);
    }
    return last;
  }

  private boolean choiceBetween(int from, int to) {
    for (int p = from + 1; p <= to; p++) {
      if (!places[p].derived) {
        return true;
      }
    }
    return false;
  }

  private int[] placesOf(int[] variables) {
    int[] result = new int[variables.length];
    int n = 0;
    for (int v : variables) {
      if (place[v] >= 0) {
        result[n++] = place[v];
      }
    }
    Arrays.sort(result, 0, n);
    return Arrays.copyOf(result, n);
  }

  /** A constraint that stays a tree: revised at each of its places, decided at the last. */
  void tree(int c, Constraint constraint) {
    int[] at = placesOf(constraint.variables);
    for (int i = 0; i < at.length; i++) {
      int p = at[i];
      boolean lastPlace = i + 1 == at.length;
      if (solvers[p] == c) {
        places[p].definition = new Steps.Evaluated(definition(constraint, places[p].variable));
        continue;
      }
      if (!places[p].derived) {
        steps.get(p).add(new Steps.Revise(constraint, places[p].variable));
      }
      if (lastPlace) {
        tests.get(p).add(new Steps.Holds(constraint));
      } else if (choiceBetween(p, at[at.length - 1])) {
        tests.get(p).add(new Steps.May(constraint));
      }
    }
  }

  void mono(int c, Mono mono) {
    int lastLeft = last(mono.left());
    int lastRight = last(mono.right());
    int end = Math.max(lastLeft, lastRight);
    for (int p : placesOf(mono.variables())) {
      int v = places[p].variable;
      int inLeft = Plan.degree(mono.left(), v);
      int inRight = Plan.degree(mono.right(), v);
      int left = registers.product(mono.left(), p);
      int right = registers.product(mono.right(), p);
      if (solvers[p] == c) {
        places[p].definition =
            inRight > 0
                ? new Steps.RootOfLeft(mono.a(), left, mono.c(), right, inRight)
                : new Steps.RootOfRight(mono.a(), left, mono.c(), right, inLeft);
        continue;
      }
      if (places[p].derived) {
        if (p == end) {
          int l = registers.product(mono.left(), p + 1);
          int r = registers.product(mono.right(), p + 1);
          tests
              .get(p)
              .add(
                  mono.equation()
                      ? new Steps.Equal(mono.a(), l, mono.c(), r)
                      : new Steps.Divisible(mono.a(), l, mono.c(), r));
        }
        continue;
      }
      if (inRight > 0 && lastLeft < p) {
        steps.get(p).add(new Steps.Divides(mono.a(), left, mono.c(), right));
        if (inRight > 1 && p == end) {
          finalTest(mono, p);
        }
      } else if (inLeft > 0 && mono.equation() && lastRight < p) {
        steps.get(p).add(new Steps.Divides(mono.c(), right, mono.a(), left));
      } else if (inLeft == 1 && lastLeft == p) {
        if (right != 0 || mono.c() != 1) {
          steps.get(p).add(new Steps.Multiple(mono.a(), left, mono.c(), right));
        }
      } else if (p == end) {
        finalTest(mono, p);
      }
      bounds(mono, p);
    }
  }

  private void finalTest(Mono mono, int p) {
    int l = registers.product(mono.left(), p + 1);
    int r = registers.product(mono.right(), p + 1);
    tests.get(p).add(new Steps.Divisible(mono.a(), l, mono.c(), r));
  }

  /** Right is at most left, and in an equation the other way round too. */
  private void bounds(Mono mono, int p) {
    if (p < Math.max(last(mono.left()), last(mono.right()))) {
      for (Monomial[] side : sides(mono, places[p].variable)) {
        atMost(side, p);
      }
    }
  }

  void poly(int c, Poly poly) {
    int end = last(poly.variables());
    for (int p : placesOf(poly.variables())) {
      int v = places[p].variable;
      boolean linear = Plan.linear(poly, v);
      boolean atEnd = p == end;
      if (solvers[p] == c) {
        places[p].definition =
            new Steps.Solved(slope(poly.monomials(), v, p), offset(poly.monomials(), v, p));
        continue;
      }
      if (atEnd && linear && poly.op() == Comparison.Op.EQ && !places[p].derived) {
        steps
            .get(p)
            .add(new Steps.Exactly(slope(poly.monomials(), v, p), offset(poly.monomials(), v, p)));
        continue;
      }
      boolean ordered = poly.op() != Comparison.Op.NE;
      if (atEnd && linear && !ordered && !places[p].derived) {
        steps
            .get(p)
            .add(new Steps.Differs(slope(poly.monomials(), v, p), offset(poly.monomials(), v, p)));
        continue;
      }
      if (!places[p].derived && linear && ordered) {
        atMost(poly.monomials(), p);
        if (poly.op() == Comparison.Op.EQ) {
          atMost(negated(poly.monomials()), p);
        }
        continue;
      }
      if (atEnd) {
        tests.get(p).add(new Steps.Compares(poly.op(), whole(poly.monomials(), p)));
      } else if (ordered && choiceBetween(p, end)) {
        tests.get(p).add(new Steps.NotPositive(whole(poly.monomials(), p)));
        if (poly.op() == Comparison.Op.EQ) {
          tests.get(p).add(new Steps.NotPositive(whole(negated(poly.monomials()), p)));
        }
      }
    }
  }

  private static Monomial[] negated(Monomial[] monomials) {
    Monomial[] result = new Monomial[monomials.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = new Monomial(monomials[i].coefficient().negate(), monomials[i].variables());
    }
    return result;
  }

  /** The least that the sum can be is at most 0: a bound of the place's variable, linear there. */
  private void atMost(Monomial[] monomials, int p) {
    int v = places[p].variable;
    Linear slope = slope(monomials, v, p);
    Linear offset = offset(monomials, v, p);
    if (slope.isConstant() && offset.isConstant()) {
      long end = slope.constant > 0 ? b.hi[v] : b.lo[v];
      if (slope.constant * end + offset.constant <= 0) {
        return; // the root knows
      }
    }
    for (Steps.Step step : steps.get(p)) {
      if (step instanceof Steps.Divides divides && divides.bounds(slope, offset)) {
        return;
      }
    }
    steps.get(p).add(new Steps.AtMost(slope, offset));
  }

  private Linear slope(Monomial[] monomials, int v, int p) {
    return linear(monomials, true, v, p);
  }

  private Linear offset(Monomial[] monomials, int v, int p) {
    return linear(monomials, false, v, p);
  }

  /** The least value with the place's variable in. */
  private Linear whole(Monomial[] monomials, int p) {
    return linear(monomials, false, -1, p + 1);
  }

  /**
   * The sum of the monomials that have a variable, that factor left out, or of those that have it
   * not; variables from {@code before} on at what makes it least: their ends at the root, or the
   * registers that foresee them.
   */
  private Linear linear(Monomial[] monomials, boolean having, int v, int before) {
    Linear.Term[] terms = new Linear.Term[monomials.length];
    int[][] known = v < 0 ? null : foreseen[before];
    int size = 0;
    for (Monomial m : monomials) {
      if (v >= 0 && m.has(v) != having) {
        continue;
      }
      long coefficient = m.coefficient().longValueExact();
      int other = 0;
      for (int w : m.variables()) {
        if (w != v && place[w] >= before) {
          int[] ends = known == null ? null : known[w];
          if (ends != null && other == 0) {
            other = coefficient > 0 ? ends[0] : ends[1];
          } else {
            coefficient *= coefficient > 0 ? b.lo[w] : b.hi[w];
          }
        }
      }
      if (coefficient != 0) {
        terms[size++] =
            new Linear.Term(coefficient, registers.product(m.variables(), before, v), other);
      }
    }
    return Linear.of(terms, size);
  }
}
