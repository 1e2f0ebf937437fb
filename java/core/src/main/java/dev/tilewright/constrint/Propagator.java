package dev.tilewright.constrint;

import java.util.Arrays;

/**
 * Revises constraints until none narrows anything, or the work allowed is spent: stopping early
 * keeps more values, never fewer. Belongs to one search.
 */
final class Propagator {
  private final Constraint[] constraints;

  /** The constraints on each variable. */
  private final int[][] watching;

  private final int[] queue;
  private final boolean[] queued;
  private int head;
  private int size;

  /** The constraint that failed last, or -1. */
  int failed = -1;

  Propagator(Constraint[] constraints, int variables) {
    this.constraints = constraints;
    int[] counts = new int[variables];
    for (Constraint constraint : constraints) {
      for (int v : constraint.variables) {
        counts[v]++;
      }
    }
    watching = new int[variables][];
    for (int v = 0; v < variables; v++) {
      watching[v] = new int[counts[v]];
    }
    Arrays.fill(counts, 0);
    for (int c = 0; c < constraints.length; c++) {
      for (int v : constraints[c].variables) {
        watching[v][counts[v]++] = c;
      }
    }
    queue = new int[Math.max(1, constraints.length)];
    queued = new boolean[constraints.length];
  }

  int[] watching(int v) {
    return watching[v];
  }

  /** Revises all constraints. */
  boolean all(Bounds b, int budget) {
    for (int c = 0; c < constraints.length; c++) {
      enqueue(c);
    }
    return run(b, budget);
  }

  /** Revises what a narrowed variable concerns. False when there is no solution. */
  boolean run(Bounds b, int budget) {
    collect(b);
    for (int left = budget; size > 0 && left > 0; left--) {
      int c = queue[head];
      head = head + 1 == queue.length ? 0 : head + 1;
      size--;
      queued[c] = false;
      if (!constraints[c].revise(b)) {
        failed = c;
        clear(b);
        return false;
      }
      collect(b);
    }
    clear(b);
    return true;
  }

  /** Revises what a variable that has just been narrowed concerns. */
  boolean touched(Bounds b, int v, int budget) {
    for (int c : watching[v]) {
      enqueue(c);
    }
    return run(b, budget);
  }

  private void collect(Bounds b) {
    for (int v = b.nextChanged(); v >= 0; v = b.nextChanged()) {
      if (v < watching.length) {
        for (int c : watching[v]) {
          enqueue(c);
        }
      }
    }
  }

  private void enqueue(int c) {
    if (!queued[c]) {
      queued[c] = true;
      int tail = head + size;
      queue[tail >= queue.length ? tail - queue.length : tail] = c;
      size++;
    }
  }

  private void clear(Bounds b) {
    while (size > 0) {
      queued[queue[head]] = false;
      head = head + 1 == queue.length ? 0 : head + 1;
      size--;
    }
    b.forgetChanges();
  }
}
