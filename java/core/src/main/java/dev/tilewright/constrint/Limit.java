package dev.tilewright.constrint;

/** When a search gives up: too many nodes, too late, or its thread interrupted. One search each. */
final class Limit {
  private static final int CLOCK = 256;

  private final long nodes;
  private final long deadline;
  private final boolean timed;
  private long before;
  boolean interrupted;

  Limit(long nodes, long nanos) {
    this.nodes = nodes;
    timed = nanos != Long.MAX_VALUE;
    deadline = timed ? System.nanoTime() + nanos : 0;
  }

  /** Nodes of earlier searches under the same limit. */
  void spend(long spent) {
    before += spent;
  }

  long spent() {
    return before;
  }

  boolean reached(long count) {
    if (count + before > nodes) {
      return true;
    }
    if (count % CLOCK != 0) {
      return false;
    }
    if (Thread.currentThread().isInterrupted()) {
      interrupted = true;
      return true;
    }
    return timed && System.nanoTime() - deadline >= 0;
  }
}
