package dev.tilewright.constrint;

import java.math.BigInteger;

/**
 * A rule over numbered variables. {@code revise} narrows bounds; {@code holds} decides when all
 * variables of the rule are fixed; both agree with {@link Rule#holds}. Immutable.
 */
abstract class Constraint {
  /** Where it comes from. */
  final Rule rule;

  /** The rule's variables, ascending. */
  final int[] variables;

  /** The choices from sets, which are no variables to a caller: some choice must do. */
  final int[] choices;

  Constraint(Rule rule, int[] variables, int[] choices) {
    this.rule = rule;
    this.variables = variables;
    this.choices = choices;
  }

  /** Narrows what cannot be part of a solution within the bounds; false when nothing is left. */
  abstract boolean revise(Bounds b);

  /** Whether the rule surely holds for all values within the bounds. */
  abstract boolean entailed(Bounds b);

  /** Decides, with variables and choices fixed in the bounds and in {@code values}. */
  abstract boolean decide(Bounds b, long[] values);

  /** Whether some choice makes the rule hold, with its variables fixed in both arguments. */
  boolean holds(Bounds b, long[] values) {
    return choose(b, values, 0);
  }

  private boolean choose(Bounds b, long[] values, int k) {
    if (k == choices.length) {
      return decide(b, values);
    }
    int choice = choices[k];
    long lo = b.lo[choice];
    long hi = b.hi[choice];
    boolean found = false;
    for (long i = lo; i <= hi && !found; i++) {
      b.lo[choice] = i;
      b.hi[choice] = i;
      values[choice] = i;
      found = choose(b, values, k + 1);
    }
    b.lo[choice] = lo;
    b.hi[choice] = hi;
    return found;
  }

  /** A comparison; {@code >=} and {@code >} come with their sides swapped. */
  static final class Compare extends Constraint {
    final Comparison.Op op;
    final Node left;
    final Node right;

    /** Whether every term has a value whatever the variables are. */
    final boolean total;

    Compare(
        Rule rule,
        int[] variables,
        int[] choices,
        Comparison.Op op,
        Node left,
        Node right,
        boolean total) {
      super(rule, variables, choices);
      this.op = op;
      this.left = left;
      this.right = right;
      this.total = total;
    }

    @Override
    boolean revise(Bounds b) {
      if (!left.forward(b) || !right.forward(b)) {
        return false;
      }
      long al = b.termLo[left.id];
      long ah = b.termHi[left.id];
      long bl = b.termLo[right.id];
      long bh = b.termHi[right.id];
      switch (op) {
        case EQ:
          long lo = Math.max(al, bl);
          long hi = Math.min(ah, bh);
          return lo <= hi && left.backward(b, lo, hi) && right.backward(b, lo, hi);
        case LE:
          return al <= bh && left.backward(b, -Sat.INF, bh) && right.backward(b, al, Sat.INF);
        case LT:
          long most = bh == Sat.INF ? Sat.INF : Sat.addHi(bh, -1);
          long least = al == -Sat.INF ? -Sat.INF : Sat.addLo(al, 1);
          if (al == bh && Math.abs(al) < Sat.INF) {
            return false;
          }
          return al <= bh && left.backward(b, -Sat.INF, most) && right.backward(b, least, Sat.INF);
        case NE:
          if (Math.abs(al) == Sat.INF || Math.abs(bl) == Sat.INF) {
            return true;
          }
          if (al == ah && bl == bh) {
            return al != bl || !total || choices.length > 0;
          }
          if (choices.length > 0) {
            return true;
          }
          if (bl == bh && left instanceof Node.Variable) {
            return exclude(b, left, al, ah, bl);
          }
          return al != ah || !(right instanceof Node.Variable) || exclude(b, right, bl, bh, al);
        default:
          throw new AssertionError(op);
      }
    }

    private static boolean exclude(Bounds b, Node node, long lo, long hi, long value) {
      if (value == lo) {
        return node.backward(b, lo + 1, hi);
      }
      return value != hi || node.backward(b, lo, hi - 1);
    }

    @Override
    boolean entailed(Bounds b) {
      if (!total || choices.length > 0 || !left.forward(b) || !right.forward(b)) {
        return false;
      }
      long al = b.termLo[left.id];
      long ah = b.termHi[left.id];
      long bl = b.termLo[right.id];
      long bh = b.termHi[right.id];
      boolean finite = ah < Sat.INF && bl > -Sat.INF && bh < Sat.INF && al > -Sat.INF;
      return finite
          && switch (op) {
            case EQ -> al == ah && bl == bh && al == bl;
            case NE -> ah < bl || bh < al;
            case LE -> ah <= bl;
            case LT -> ah < bl;
            default -> false;
          };
    }

    @Override
    boolean decide(Bounds b, long[] values) {
      b.inexact = false;
      if (!left.forward(b) || !right.forward(b)) {
        return false;
      }
      if (!b.inexact) {
        return op.accepts(Long.compare(b.termLo[left.id], b.termLo[right.id]));
      }
      BigInteger a = left.exact(values);
      BigInteger c = right.exact(values);
      return a != null && c != null && op.accepts(a.compareTo(c));
    }
  }

  /** {@code dividend % divisor == 0}. */
  static final class Divisible extends Constraint {
    final Node dividend;
    final Node divisor;

    Divisible(Rule rule, int[] variables, int[] choices, Node dividend, Node divisor) {
      super(rule, variables, choices);
      this.dividend = dividend;
      this.divisor = divisor;
    }

    @Override
    boolean revise(Bounds b) {
      if (!dividend.forward(b) || !divisor.forward(b)) {
        return false;
      }
      long al = b.termLo[dividend.id];
      long ah = b.termHi[dividend.id];
      long bl = b.termLo[divisor.id];
      long bh = b.termHi[divisor.id];
      if (bl == 0 && bh == 0) {
        return false;
      }
      if (bl < 0) {
        return true;
      }
      bl = Math.max(bl, 1);
      if (al > 0) {
        if (!divisor.backward(b, bl, ah) || !dividend.backward(b, bl, Sat.INF)) {
          return false;
        }
      } else if (!divisor.backward(b, bl, Sat.INF)) {
        return false;
      }
      if (bl == bh && bh < Sat.INF) {
        long from = al == -Sat.INF || al == Sat.INF ? al : Sat.mul(Sat.ceilDiv(al, bl), bl);
        long to = ah == Sat.INF || ah == -Sat.INF ? ah : Sat.mul(Math.floorDiv(ah, bl), bl);
        return from <= to && dividend.backward(b, from, to);
      }
      return true;
    }

    @Override
    boolean entailed(Bounds b) {
      return false;
    }

    @Override
    boolean decide(Bounds b, long[] values) {
      b.inexact = false;
      if (!dividend.forward(b) || !divisor.forward(b)) {
        return false;
      }
      if (!b.inexact) {
        return b.termLo[divisor.id] != 0 && b.termLo[dividend.id] % b.termLo[divisor.id] == 0;
      }
      BigInteger a = dividend.exact(values);
      BigInteger c = divisor.exact(values);
      return a != null && c != null && c.signum() != 0 && a.remainder(c).signum() == 0;
    }
  }

  /** {@code pow2(term)}. */
  static final class PowerOfTwo extends Constraint {
    final Node term;

    PowerOfTwo(Rule rule, int[] variables, int[] choices, Node term) {
      super(rule, variables, choices);
      this.term = term;
    }

    @Override
    boolean revise(Bounds b) {
      if (!term.forward(b)) {
        return false;
      }
      long lo = Math.max(b.termLo[term.id], 1);
      long hi = b.termHi[term.id];
      if (hi < 1) {
        return false;
      }
      long down = Long.highestOneBit(lo);
      long from = down == lo ? lo : down > 1L << 61 ? Sat.INF : 2 * down;
      long to = hi == Sat.INF ? Sat.INF : Long.highestOneBit(hi);
      return from <= to && term.backward(b, from, to);
    }

    @Override
    boolean entailed(Bounds b) {
      return false;
    }

    @Override
    boolean decide(Bounds b, long[] values) {
      b.inexact = false;
      if (!term.forward(b)) {
        return false;
      }
      if (!b.inexact) {
        long value = b.termLo[term.id];
        return value > 0 && (value & value - 1) == 0;
      }
      BigInteger value = term.exact(values);
      return value != null && value.signum() > 0 && value.bitCount() == 1;
    }
  }

  /** Rules of which one must hold: narrows to the hull of what each leaves. */
  static final class Any extends Constraint {
    final Constraint[] branches;

    Any(Rule rule, int[] variables, Constraint[] branches) {
      super(rule, variables, new int[0]);
      this.branches = branches;
    }

    @Override
    boolean revise(Bounds b) {
      int n = variables.length;
      long[] lo = new long[n];
      long[] hi = new long[n];
      int alive = 0;
      int last = -1;
      b.quiet = true;
      for (int k = 0; k < branches.length; k++) {
        int mark = b.mark();
        if (branches[k].revise(b)) {
          for (int i = 0; i < n; i++) {
            int v = variables[i];
            lo[i] = alive == 0 ? b.lo[v] : Math.min(lo[i], b.lo[v]);
            hi[i] = alive == 0 ? b.hi[v] : Math.max(hi[i], b.hi[v]);
          }
          alive++;
          last = k;
        }
        b.undo(mark);
      }
      b.quiet = false;
      if (alive == 1) {
        return branches[last].revise(b);
      }
      for (int i = 0; i < n && alive > 0; i++) {
        if (!b.narrow(variables[i], lo[i], hi[i])) {
          return false;
        }
      }
      return alive > 0;
    }

    @Override
    boolean entailed(Bounds b) {
      for (Constraint branch : branches) {
        if (branch.entailed(b)) {
          return true;
        }
      }
      return false;
    }

    @Override
    boolean holds(Bounds b, long[] values) {
      return decide(b, values);
    }

    @Override
    boolean decide(Bounds b, long[] values) {
      for (Constraint branch : branches) {
        if (branch.holds(b, values)) {
          return true;
        }
      }
      return false;
    }
  }
}
