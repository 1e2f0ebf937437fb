package dev.tilewright.constrint;

import dev.tilewright.constrint.Expr.Rounding;
import java.math.BigInteger;

/** The terms that divide or choose. */
final class Divisions {
  private Divisions() {}

  /** A quotient; no value where the divisor is 0, or where an exact one leaves a remainder. */
  static final class Quotient extends Node {
    final Rounding rounding;
    final Node dividend;
    final Node divisor;

    Quotient(int id, Rounding rounding, Node dividend, Node divisor) {
      super(id);
      this.rounding = rounding;
      this.dividend = dividend;
      this.divisor = divisor;
    }

    @Override
    Node[] parts() {
      return new Node[] {dividend, divisor};
    }

    @Override
    boolean forward(Bounds b) {
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
      if (bl == 0) {
        bl = 1;
      }
      if (bh == 0) {
        bh = -1;
      }
      if (bl < 0 && bh > 0) {
        long reach = Math.max(reach(al), reach(ah));
        b.inexact = true;
        return set(b, -reach, reach);
      }
      if (bh < 0) {
        long t = bl;
        bl = -bh;
        bh = -t;
        t = al;
        al = -ah;
        ah = -t;
      }
      boolean finite = al > -Sat.INF && al < Sat.INF && al == ah && bl == bh && bh < Sat.INF;
      if (finite) {
        if (rounding == Rounding.EXACT && al % bl != 0) {
          return false;
        }
        long q = rounding == Rounding.CEIL ? Sat.ceilDiv(al, bl) : Math.floorDiv(al, bl);
        return set(b, q, q);
      }
      b.inexact = true;
      // The real quotients lie between these ends; EXACT may round inward, FLOOR and CEIL their
      // way.
      long lo;
      if (al == -Sat.INF) {
        lo = -Sat.INF;
      } else {
        long by = al >= 0 ? bh : bl;
        boolean down = rounding == Rounding.FLOOR;
        if (by == Sat.INF) {
          lo = al > 0 && !down ? 1 : 0;
        } else {
          lo = down ? Math.floorDiv(al, by) : Sat.ceilDiv(al, by);
        }
      }
      long hi;
      if (ah == Sat.INF) {
        hi = Sat.INF;
      } else {
        long by = ah >= 0 ? bl : bh;
        boolean up = rounding == Rounding.CEIL;
        if (by == Sat.INF) {
          hi = ah < 0 && !up ? -1 : 0;
        } else {
          hi = up ? Sat.ceilDiv(ah, by) : Math.floorDiv(ah, by);
        }
      }
      return lo <= hi && set(b, lo, hi);
    }

    private static long reach(long a) {
      return a == -Sat.INF ? Sat.INF : Math.abs(a);
    }

    @Override
    boolean backward(Bounds b, long from, long to) {
      long bl = b.termLo[divisor.id];
      long bh = b.termHi[divisor.id];
      if (bl < 0) {
        return true;
      }
      bl = Math.max(bl, 1);
      long ql = Math.max(from, b.termLo[id]);
      long qh = Math.min(to, b.termHi[id]);
      if (ql > qh) {
        return false;
      }
      // The dividend lies in [least q * b, most q * b] with what rounding added or took.
      long al = ql == -Sat.INF ? -Sat.INF : Sat.mul(ql, ql >= 0 ? bl : bh);
      long ah = qh == Sat.INF ? Sat.INF : Sat.mul(qh, qh >= 0 ? bh : bl);
      if (rounding == Rounding.CEIL && al != -Sat.INF) {
        // a ≥ (q - 1) b + 1
        long q = ql - 1;
        al = Sat.addLo(Sat.mul(q, q >= 0 ? bl : bh), 1);
      }
      if (rounding == Rounding.FLOOR && ah != Sat.INF) {
        // a ≤ (q + 1) b - 1
        long q = Sat.addHi(qh, 1);
        ah = q == Sat.INF ? Sat.INF : Sat.addHi(Sat.mul(q, q >= 0 ? bh : bl), -1);
      }
      if (!dividend.backward(b, al, ah)) {
        return false;
      }
      long most = b.termHi[dividend.id];
      if (rounding != Rounding.CEIL && ql >= 1 && most != Sat.INF) {
        // q b ≤ a
        return divisor.backward(b, 1, Math.floorDiv(most, ql));
      }
      return divisor.backward(b, 1, Sat.INF);
    }

    @Override
    BigInteger exact(long[] values) {
      BigInteger a = dividend.exact(values);
      BigInteger c = divisor.exact(values);
      return a == null || c == null ? null : Evaluator.divide(rounding, a, c);
    }
  }

  /** {@code a - b * floordiv(a, b)}. */
  static final class Remainder extends Node {
    final Node dividend;
    final Node divisor;

    Remainder(int id, Node dividend, Node divisor) {
      super(id);
      this.dividend = dividend;
      this.divisor = divisor;
    }

    @Override
    Node[] parts() {
      return new Node[] {dividend, divisor};
    }

    @Override
    boolean forward(Bounds b) {
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
      if (al == ah && bl == bh && Math.max(reach(al), reach(bl)) < Sat.INF) {
        long r = Math.floorMod(al, bl);
        return set(b, r, r);
      }
      b.inexact = true;
      if (bl >= 0 && al >= 0) {
        if (bl > ah && ah < Sat.INF) {
          return set(b, al, ah);
        }
        return set(b, 0, Math.min(ah, bh == Sat.INF ? Sat.INF : bh - 1));
      }
      long hi = bh <= 0 ? 0 : bh == Sat.INF ? Sat.INF : bh - 1;
      long lo = bl >= 0 ? 0 : bl == -Sat.INF ? -Sat.INF : bl + 1;
      return set(b, lo, hi);
    }

    private static long reach(long a) {
      return a == -Sat.INF ? Sat.INF : Math.abs(a);
    }

    @Override
    boolean backward(Bounds b, long from, long to) {
      long al = b.termLo[dividend.id];
      long ah = b.termHi[dividend.id];
      long bl = b.termLo[divisor.id];
      if (bl < 0 || al < 0) {
        return true;
      }
      if (bl > ah && ah < Sat.INF) {
        return dividend.backward(b, from, to);
      }
      return from <= 0
          || dividend.backward(b, from, Sat.INF)
              && divisor.backward(b, Sat.addLo(from, 1), Sat.INF);
    }

    @Override
    BigInteger exact(long[] values) {
      BigInteger a = dividend.exact(values);
      BigInteger c = divisor.exact(values);
      if (a == null || c == null || c.signum() == 0) {
        return null;
      }
      return a.subtract(c.multiply(Evaluator.divide(Rounding.FLOOR, a, c)));
    }
  }

  /** The largest or smallest of some terms. */
  static final class Extremum extends Node {
    final boolean max;
    final Node[] terms;

    Extremum(int id, boolean max, Node[] terms) {
      super(id);
      this.max = max;
      this.terms = terms;
    }

    @Override
    Node[] parts() {
      return terms;
    }

    @Override
    boolean forward(Bounds b) {
      long lo = 0;
      long hi = 0;
      for (int i = 0; i < terms.length; i++) {
        if (!terms[i].forward(b)) {
          return false;
        }
        long tl = b.termLo[terms[i].id];
        long th = b.termHi[terms[i].id];
        lo = i == 0 ? tl : max ? Math.max(lo, tl) : Math.min(lo, tl);
        hi = i == 0 ? th : max ? Math.max(hi, th) : Math.min(hi, th);
      }
      return set(b, lo, hi);
    }

    @Override
    boolean backward(Bounds b, long from, long to) {
      int reaching = -1;
      int count = 0;
      for (int i = 0; i < terms.length; i++) {
        if (max ? b.termHi[terms[i].id] >= from : b.termLo[terms[i].id] <= to) {
          reaching = i;
          count++;
        }
      }
      if (count == 0) {
        return false;
      }
      for (int i = 0; i < terms.length; i++) {
        boolean only = count == 1 && i == reaching;
        long lo = max && !only ? -Sat.INF : from;
        long hi = !max && !only ? Sat.INF : to;
        if (!terms[i].backward(b, lo, hi)) {
          return false;
        }
      }
      return true;
    }

    @Override
    BigInteger exact(long[] values) {
      BigInteger result = null;
      for (Node term : terms) {
        BigInteger value = term.exact(values);
        if (value == null) {
          return null;
        }
        result = result == null ? value : max ? result.max(value) : result.min(value);
      }
      return result;
    }
  }
}
