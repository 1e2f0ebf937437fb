package dev.tilewright.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The work of a device's streams. Work runs on the thread that waits for it, and no earlier: what a
 * program forgets to order with events or to wait for is not there by luck. One piece runs at a
 * time; results do not hang on timing.
 */
final class SimQueue {
  /** A stream that nobody waits for is worked off when it holds so many pieces. */
  private static final int MOST_PENDING = 1024;

  /** The same in bytes that wait to be copied. */
  private static final long MOST_BYTES = 64L << 20;

  /** One stream's work; all fields are guarded by the queue. */
  static final class Line {
    private final Deque<Piece> pending = new ArrayDeque<>();
    private long put;
    private long done;
    private long bytes;
  }

  private record Piece(Runnable run, Mark waitsFor, long bytes) {}

  /** A place in a line: the work up to it. */
  record Mark(Line line, long until) {}

  private final ReentrantLock running = new ReentrantLock();
  private final Consumer<RuntimeException> failed;

  /**
   * @param failed takes what a piece of work threw
   */
  SimQueue(Consumer<RuntimeException> failed) {
    this.failed = failed;
  }

  /**
   * Puts work on a line.
   *
   * @param bytes how much memory it keeps until it runs
   */
  Mark put(Line line, long bytes, Runnable run) {
    return put(line, new Piece(run, null, bytes));
  }

  /** Lets what follows on a line wait for a mark. */
  void await(Line line, Mark mark) {
    put(line, new Piece(() -> {}, mark, 0));
  }

  private Mark put(Line line, Piece piece) {
    Mark mark;
    boolean full;
    synchronized (this) {
      line.pending.add(piece);
      line.bytes += piece.bytes;
      mark = new Mark(line, ++line.put);
      full = line.pending.size() > MOST_PENDING || line.bytes > MOST_BYTES;
    }
    if (full) {
      run(mark);
    }
    return mark;
  }

  /** All that is on a line so far. */
  synchronized Mark end(Line line) {
    return new Mark(line, line.put);
  }

  private synchronized boolean isDone(Mark mark) {
    return mark.line.done >= mark.until;
  }

  /** Runs a line's work up to a mark, and what that waits for. */
  void run(Mark mark) {
    running.lock();
    try {
      // A mark is always older than what waits for it, so there is no circle.
      Deque<Mark> goals = new ArrayDeque<>();
      goals.push(mark);
      while (!goals.isEmpty()) {
        Mark goal = goals.peek();
        if (isDone(goal)) {
          goals.pop();
          continue;
        }
        Piece next = first(goal.line);
        if (next.waitsFor != null && !isDone(next.waitsFor)) {
          goals.push(next.waitsFor);
        } else {
          runFirst(goal.line, next);
        }
      }
    } finally {
      running.unlock();
    }
  }

  private synchronized Piece first(Line line) {
    return line.pending.element();
  }

  private void runFirst(Line line, Piece piece) {
    try {
      piece.run.run();
    } catch (RuntimeException e) {
      failed.accept(e);
    } finally {
      synchronized (this) {
        line.pending.remove();
        line.bytes -= piece.bytes;
        line.done++;
      }
    }
  }
}
