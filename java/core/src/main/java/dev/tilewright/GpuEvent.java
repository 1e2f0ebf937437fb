package dev.tilewright;

/** A mark in a stream: others wait for it, and the time between two can be told. */
public interface GpuEvent extends AutoCloseable {
  /**
   * Marks the end of what is on a stream so far. A later record replaces it; who waits already
   * waits for this one.
   *
   * @throws InvalidSpecException when the stream is of another device or closed
   */
  void record(Stream stream);

  /** Whether the work before the last record has run; true when there was none. */
  boolean isDone();

  /** Waits for the work before the last record. */
  void synchronize();

  /**
   * Milliseconds from another event to this one; both are waited for.
   *
   * @throws InvalidSpecException when one was never recorded
   */
  double millisSince(GpuEvent earlier);

  /** Lets the event go; closing again does nothing. */
  @Override
  void close();
}
