package dev.tilewright.constrint;

import java.util.Arrays;

/**
 * What is known of every variable at one node of a search: an interval whose ends are values of the
 * variable's domain. A trail takes back what a subtree narrowed. Also the scratch intervals of the
 * terms. Belongs to one search; not thread-safe.
 */
final class Bounds {
  final long[] lo;
  final long[] hi;

  /** Sorted values, or null for a range. Narrowed at the root only. */
  final long[][] values;

  /** Of a range: members are congruent to {@link #base} modulo this. Changed at the root only. */
  final long[] step;

  final long[] base;

  /** Intervals of the terms, by {@link Node#id}. */
  final long[] termLo;

  final long[] termHi;

  /** Set by {@link Node#forward} when a term was not a single exact value below 2^63 - 1. */
  boolean inexact;

  /** While set, narrowing is not recorded as a change: it is about to be undone. */
  boolean quiet;

  private int[] trailVariable = new int[64];
  private long[] trailLo = new long[64];
  private long[] trailHi = new long[64];
  private int trail;

  /** Variables narrowed since the last drain, each once. */
  private final int[] changed;

  private final boolean[] isChanged;
  private int changes;

  Bounds(Domain[] domains, int terms) {
    int n = domains.length;
    lo = new long[n];
    hi = new long[n];
    values = new long[n][];
    step = new long[n];
    base = new long[n];
    for (int v = 0; v < n; v++) {
      lo[v] = domains[v].min();
      hi[v] = domains[v].max();
      values[v] = domains[v].values();
      step[v] = domains[v].step();
      base[v] = Math.floorMod(domains[v].min(), step[v]);
    }
    termLo = new long[terms];
    termHi = new long[terms];
    changed = new int[n];
    isChanged = new boolean[n];
  }

  /** A copy for a search of its own; shares the value lists. */
  Bounds(Bounds that, int terms) {
    lo = that.lo.clone();
    hi = that.hi.clone();
    values = that.values.clone();
    step = that.step.clone();
    base = that.base.clone();
    termLo = new long[terms];
    termHi = new long[terms];
    changed = new int[lo.length];
    isChanged = new boolean[lo.length];
  }

  boolean fixed(int v) {
    return lo[v] == hi[v];
  }

  /** Distance of two values within the limit of domains; what just leaves a long is cut. */
  static long span(long lo, long hi) {
    long span = hi - lo;
    return span < 0 && hi > lo ? Long.MAX_VALUE - 1 : span;
  }

  /** Values that are left, saturated. */
  long size(int v) {
    if (values[v] != null) {
      return lowerIndex(values[v], hi[v] + 1) - lowerIndex(values[v], lo[v]);
    }
    return span(lo[v], hi[v]) / step[v] + 1;
  }

  /** Whether a value is in the domain (ends included, which are members). */
  boolean contains(int v, long value) {
    if (value < lo[v] || value > hi[v]) {
      return false;
    }
    if (values[v] != null) {
      return Arrays.binarySearch(values[v], value) >= 0;
    }
    return step[v] == 1 || (value - base[v]) % step[v] == 0;
  }

  /** Index of the first member ≥ value. */
  static int lowerIndex(long[] sorted, long value) {
    int i = Arrays.binarySearch(sorted, value);
    return i < 0 ? -i - 1 : i;
  }

  /** Keeps what lies within the two ends; false when nothing does. */
  boolean narrow(int v, long from, long to) {
    long newLo = lo[v];
    long newHi = hi[v];
    if (from <= newLo && to >= newHi) {
      return true;
    }
    newLo = Math.max(from, newLo);
    newHi = Math.min(to, newHi);
    if (newLo > newHi) {
      return false;
    }
    long[] list = values[v];
    if (list != null) {
      int first = lowerIndex(list, newLo);
      int last = lowerIndex(list, newHi + 1) - 1;
      if (first > last) {
        return false;
      }
      newLo = list[first];
      newHi = list[last];
    } else if (step[v] > 1) {
      newLo += Math.floorMod(base[v] - newLo, step[v]);
      newHi -= Math.floorMod(newHi - base[v], step[v]);
      if (newLo > newHi) {
        return false;
      }
    }
    if (newLo != lo[v] || newHi != hi[v]) {
      push(v);
      lo[v] = newLo;
      hi[v] = newHi;
      if (!quiet && !isChanged[v]) {
        isChanged[v] = true;
        changed[changes++] = v;
      }
    }
    return true;
  }

  /** Replaces the members by a sorted list; only at the root. False when it is empty. */
  boolean restrict(int v, long[] sorted) {
    if (sorted.length == 0) {
      return false;
    }
    values[v] = sorted;
    step[v] = 1;
    lo[v] = sorted[0];
    hi[v] = sorted[sorted.length - 1];
    if (!isChanged[v]) {
      isChanged[v] = true;
      changed[changes++] = v;
    }
    return true;
  }

  /** A variable that was narrowed, or -1. */
  int nextChanged() {
    if (changes == 0) {
      return -1;
    }
    int v = changed[--changes];
    isChanged[v] = false;
    return v;
  }

  void forgetChanges() {
    while (changes > 0) {
      isChanged[changed[--changes]] = false;
    }
  }

  private void push(int v) {
    if (trail == trailVariable.length) {
      trailVariable = Arrays.copyOf(trailVariable, 2 * trail);
      trailLo = Arrays.copyOf(trailLo, 2 * trail);
      trailHi = Arrays.copyOf(trailHi, 2 * trail);
    }
    trailVariable[trail] = v;
    trailLo[trail] = lo[v];
    trailHi[trail++] = hi[v];
  }

  int mark() {
    return trail;
  }

  void undo(int mark) {
    while (trail > mark) {
      trail--;
      int v = trailVariable[trail];
      lo[v] = trailLo[trail];
      hi[v] = trailHi[trail];
    }
  }

  /** At the root: what was narrowed stays. */
  void commit() {
    trail = 0;
  }
}
