package dev.tilewright.constrint;

import dev.tilewright.constrint.Flat.Mono;
import dev.tilewright.constrint.Flat.Poly;
import dev.tilewright.constrint.Polynomial.Monomial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A static order of the variables with, for each place in it, how candidates are made and tested.
 * Where an equation determines a variable from those before it, its place has one candidate at
 * most. Immutable.
 */
final class Plan {
  /** One variable in the order. */
  static final class Place {
    final int variable;
    final boolean largest;

    /** Whether an equation gives the value. */
    boolean derived;

    /** The value, where it is derived; else null. */
    Steps.Definition definition;

    /** The place to go back to when this one fails: the last before it with a choice, or -1. */
    int back;

    /** What narrows the candidates where there is a choice. */
    Steps.Step[] steps;

    /** Products to compute from the value: target register, source register, factor. */
    int[] products;

    /** Products from here on may be too large and saturate. */
    int saturating;

    Steps.Test[] tests;

    /** The most quotients that the candidates may have to divide. */
    int quotients;

    /** The most values that the candidates may have to differ from. */
    int holes;

    /** Whether the steps leave no candidate to a test, so that they can be counted unseen. */
    boolean plain;

    Place(int variable, boolean largest) {
      this.variable = variable;
      this.largest = largest;
    }
  }

  final Root root;
  final Place[] places;

  /** Variables that no constraint concerns, not among the places. */
  final int[] free;

  final int registers;

  /** Terms that have an interval, the bound's included. */
  final int nodes;

  /** Whether some step or test looks at bounds, so that the search must keep them. */
  final boolean dense;

  /**
   * @param order variables to place first, in this order, with their preference
   * @param largest of the variables not listed, whether large values come first; null for none
   * @param unconstrained whether variables without a constraint are placed too
   * @param bound keeps an objective better than the best so far; null without one
   */
  Plan(Root root, Map<Integer, Order> order, boolean[] largest, boolean unconstrained, Best bound) {
    this.root = root;
    nodes = bound == null ? root.model.nodes : bound.nodes();
    List<Constraint> constraints = new ArrayList<>(Arrays.asList(root.constraints));
    List<Flat> flats = new ArrayList<>(Arrays.asList(root.flats));
    if (bound != null) {
      constraints.add(bound);
      flats.add(null);
    }
    Placement placement = new Placement(root, constraints, flats, order, largest, unconstrained);
    places = placement.places();
    free = placement.free();
    PlanWriter writer = new PlanWriter(root, placement);
    writer.foresee(flats);
    boolean trees = false;
    for (int c = 0; c < constraints.size(); c++) {
      Flat flat = flats.get(c);
      if (flat instanceof Mono mono) {
        writer.mono(c, mono);
      } else if (flat instanceof Poly poly) {
        writer.poly(c, poly);
      } else {
        trees = true;
        writer.tree(c, constraints.get(c));
      }
    }
    dense = trees;
    registers = writer.finish();
  }

  /** Degree of a variable in a list. */
  static int degree(int[] variables, int v) {
    int degree = 0;
    for (int w : variables) {
      degree += w == v ? 1 : 0;
    }
    return degree;
  }

  /** Whether no monomial has the variable twice. */
  static boolean linear(Poly poly, int v) {
    for (Monomial m : poly.monomials()) {
      if (m.degree(v) > 1) {
        return false;
      }
    }
    return true;
  }
}
