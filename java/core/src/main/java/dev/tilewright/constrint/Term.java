package dev.tilewright.constrint;

import java.util.List;

/**
 * A term with what the parser bounds by {@link Limits}, so that nothing has to walk the term for
 * it.
 *
 * @param depth levels of operators
 * @param nodes nodes of the tree, shared ones counted at each use
 * @param bits bits of the largest magnitude that the value can have
 * @param choices ways to choose from its sets
 */
record Term(Expr expr, int depth, long nodes, long bits, long choices) {
  /** Of a leaf. */
  static Term leaf(Expr expr, long nodes, long bits, long choices) {
    return new Term(expr, 1, nodes, Math.max(1, bits), choices);
  }

  /** Of an operator; {@code bits} as its kind has it. */
  static Term of(Expr expr, List<Term> operands, long bits) {
    int depth = 0;
    long nodes = 1;
    long choices = 1;
    for (Term operand : operands) {
      depth = Math.max(depth, operand.depth);
      nodes = Math.min(nodes + operand.nodes, Long.MAX_VALUE / 4);
      choices = choices(choices, operand.choices);
    }
    return new Term(expr, depth + 1, nodes, bits, choices);
  }

  /** The product, held below overflow. */
  static long choices(long a, long b) {
    return a > Limits.CHOICES || b > Limits.CHOICES ? Limits.CHOICES + 1L : a * b;
  }

  static long maxBits(List<Term> terms) {
    long most = 1;
    for (Term term : terms) {
      most = Math.max(most, term.bits);
    }
    return most;
  }

  static long sumBits(List<Term> terms) {
    long sum = 0;
    for (Term term : terms) {
      sum += term.bits;
    }
    return sum;
  }

  static List<Expr> exprs(List<Term> terms) {
    Expr[] exprs = new Expr[terms.size()];
    for (int i = 0; i < exprs.length; i++) {
      exprs[i] = terms.get(i).expr;
    }
    return List.of(exprs);
  }

  boolean hasSet() {
    return choices > 1;
  }
}
