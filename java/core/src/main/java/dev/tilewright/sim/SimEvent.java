package dev.tilewright.sim;

import dev.tilewright.GpuEvent;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Stream;

/** An event of a simulated GPU. Its times are those of the simulation. */
final class SimEvent implements GpuEvent {
  /** A record: where it stands, and when it was reached. */
  private static final class Record {
    SimQueue.Mark mark;
    volatile long nanos;
  }

  private final SimDevice device;
  private volatile Record last;
  private volatile boolean closed;

  SimEvent(SimDevice device) {
    this.device = device;
  }

  SimDevice device() {
    return device;
  }

  /** Where it was recorded last, or null when it never was. */
  SimQueue.Mark mark() {
    requireOpen();
    Record record = last;
    return record == null ? null : record.mark;
  }

  private void requireOpen() {
    device.requireOpen();
    if (closed) {
      throw new InvalidSpecException("event", "a closed event", "an open one");
    }
  }

  @Override
  public void record(Stream stream) {
    requireOpen();
    if (!(stream instanceof SimStream own) || own.device() != device) {
      throw new InvalidSpecException("stream", stream, "a stream of " + device.name());
    }
    Record record = new Record();
    record.mark = own.put(() -> record.nanos = System.nanoTime());
    last = record;
  }

  /** Asking lets the device work: what was recorded has run when this returns. */
  @Override
  public boolean isDone() {
    SimQueue.Mark mark = mark();
    if (mark != null) {
      device.queue.run(mark);
    }
    return true;
  }

  @Override
  public void synchronize() {
    isDone();
    device.throwFailures();
  }

  @Override
  public double millisSince(GpuEvent earlier) {
    SimEvent first = device.own(earlier);
    Record from = first.last;
    Record to = last;
    if (from == null || to == null) {
      throw new InvalidSpecException("event", "one that was never recorded", "recorded events");
    }
    first.synchronize();
    synchronize();
    return (to.nanos - from.nanos) / 1e6;
  }

  @Override
  public void close() {
    closed = true;
  }
}
