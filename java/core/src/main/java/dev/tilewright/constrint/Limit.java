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

  private Limit(Limit that, long nodes) {
    this.nodes = nodes;
    timed = that.timed;
    deadline = that.deadline;
  }

  /** The same deadline, with so many nodes of its own if this has them. */
  Limit atMost(long most) {
    return new Limit(this, Math.min(most, Math.max(0, nodes - before)));
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
