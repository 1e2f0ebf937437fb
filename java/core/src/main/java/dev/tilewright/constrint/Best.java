package dev.tilewright.constrint;

import java.math.BigInteger;

/**
 * Keeps a search to solutions whose objective is better than the best so far, or equals a given
 * value. Belongs to one search: the best changes as it goes.
 */
final class Best extends Constraint {
  private final Node node;
  private final boolean maximize;
  private final int nodes;
  private final boolean exactly;
  private BigInteger best;

  private Best(Model.Target target, boolean maximize, BigInteger exactly) {
    super(null, target.variables(), new int[0]);
    node = target.node();
    nodes = target.nodes();
    this.maximize = maximize;
    this.exactly = exactly != null;
    best = exactly;
  }

  /** At first any value will do. */
  static Best of(Model.Target target, boolean maximize) {
    return new Best(target, maximize, null);
  }

  static Best exactly(Model.Target target, BigInteger value) {
    return new Best(target, true, value);
  }

  int nodes() {
    return nodes;
  }

  BigInteger best() {
    return best;
  }

  /** The best bound that the terms' intervals give; null where it is not finite. */
  BigInteger reach(Bounds root) {
    Bounds b = new Bounds(root, nodes);
    if (!node.forward(b)) {
      return null;
    }
    long end = maximize ? b.termHi[node.id] : b.termLo[node.id];
    return Math.abs(end) == Sat.INF ? null : BigInteger.valueOf(end);
  }

  /** Asks for values at least as good as this. */
  void ask(BigInteger value) {
    best = maximize ? value.subtract(BigInteger.ONE) : value.add(BigInteger.ONE);
  }

  /** Whether one value is better than another. */
  boolean better(BigInteger value, BigInteger than) {
    int sign = value.compareTo(than);
    return maximize ? sign > 0 : sign < 0;
  }

  /** Takes a solution's value as the best. */
  void improve(long[] values) {
    best = node.exact(values);
  }

  /** Of each variable, whether larger values make the objective better, as far as that is plain. */
  boolean[] largest(Bounds b) {
    int[] signs = new int[b.lo.length];
    signs(node, maximize ? 1 : -1, b, signs);
    boolean[] result = new boolean[signs.length];
    for (int v = 0; v < signs.length; v++) {
      result[v] = signs[v] > 0;
    }
    return result;
  }

  private static void signs(Node node, int sign, Bounds b, int[] signs) {
    if (node instanceof Node.Variable variable) {
      signs[variable.index] += sign;
    } else if (node instanceof Node.Sum sum) {
      for (int i = 0; i < sum.terms.length; i++) {
        signs(sum.terms[i], sum.minus[i] ? -sign : sign, b, signs);
      }
    } else if (node instanceof Divisions.Quotient quotient) {
      signs(quotient.dividend, sign, b, signs);
      signs(quotient.divisor, -sign, b, signs);
    } else if (node instanceof Node.Product product) {
      int scale = sign;
      for (Node factor : product.factors) {
        if (factor instanceof Node.Constant constant && constant.value.signum() < 0) {
          scale = -scale;
        }
      }
      for (Node factor : product.factors) {
        signs(factor, scale, b, signs);
      }
    } else {
      for (Node part : node.parts()) {
        signs(part, sign, b, signs);
      }
    }
  }

  @Override
  boolean revise(Bounds b) {
    if (!node.forward(b)) {
      return false;
    }
    if (best == null) {
      return true;
    }
    long from = -Sat.INF;
    long to = Sat.INF;
    if (exactly || maximize) {
      from = Sat.of(exactly ? best : best.add(BigInteger.ONE));
    }
    if (exactly || !maximize) {
      to = Sat.of(exactly ? best : best.subtract(BigInteger.ONE));
    }
    return b.termHi[node.id] >= from && b.termLo[node.id] <= to && node.backward(b, from, to);
  }

  @Override
  boolean entailed(Bounds b) {
    return false;
  }

  @Override
  boolean decide(Bounds b, long[] values) {
    BigInteger value = node.exact(values);
    if (value == null) {
      return false;
    }
    if (best == null) {
      return true;
    }
    int sign = value.compareTo(best);
    return exactly ? sign == 0 : maximize ? sign > 0 : sign < 0;
  }
}
