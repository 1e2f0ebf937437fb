package dev.tilewright.constrint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The constraints {@code x - y <= c} among others. Bounds alone creep for ever around a cycle such
 * as x < y, y < x; the shortest paths of Bellman and Ford see that its sum is negative.
 */
final class Differences {
  private record Edge(int from, int to, long weight) {}

  private final List<Edge> edges = new ArrayList<>();
  private final int variables;

  Differences(List<Constraint> constraints, Function<Constraint, Flat> flats, int variables) {
    this.variables = variables;
    for (Constraint constraint : constraints) {
      if (constraint.variables.length == 2
          && constraint instanceof Constraint.Compare compare
          && compare.op != Comparison.Op.NE) {
        Flat flat = flats.apply(constraint);
        if (flat instanceof Flat.Poly poly) {
          add(poly);
        } else if (flat instanceof Flat.Mono mono
            && mono.a() == mono.c()
            && mono.left().length == 1
            && mono.right().length == 1) {
          edges.add(new Edge(mono.left()[0], mono.right()[0], 0));
          edges.add(new Edge(mono.right()[0], mono.left()[0], 0));
        }
      }
    }
  }

  private void add(Flat.Poly poly) {
    if (poly.variables().length != 2) {
      return;
    }
    int plus = -1;
    int minus = -1;
    long scale = 0;
    long constant = 0;
    for (Polynomial.Monomial m : poly.monomials()) {
      long coefficient = m.coefficient().longValueExact();
      if (m.variables().length == 0) {
        constant = coefficient;
        continue;
      }
      if (m.variables().length > 1 || scale != 0 && Math.abs(coefficient) != scale) {
        return;
      }
      scale = Math.abs(coefficient);
      if (coefficient > 0) {
        plus = m.variables()[0];
      } else {
        minus = m.variables()[0];
      }
    }
    if (plus < 0 || minus < 0) {
      return;
    }
    // scale (plus - minus) + constant <= 0
    edges.add(new Edge(minus, plus, Math.floorDiv(-constant, scale)));
    if (poly.op() == Comparison.Op.EQ) {
      edges.add(new Edge(plus, minus, Math.floorDiv(constant, scale)));
    }
  }

  /** Whether the sums around all cycles allow a solution. */
  boolean consistent() {
    if (edges.size() < 2) {
      return true;
    }
    long[] distance = new long[variables];
    for (int round = 0; round <= variables; round++) {
      boolean changed = false;
      for (Edge edge : edges) {
        long next = Sat.addLo(distance[edge.from], edge.weight);
        if (next < distance[edge.to]) {
          distance[edge.to] = next;
          changed = true;
        }
      }
      if (!changed) {
        return true;
      }
    }
    return Arrays.stream(distance).anyMatch(d -> d == -Sat.INF);
  }
}
