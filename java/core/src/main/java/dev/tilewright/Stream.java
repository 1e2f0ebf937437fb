package dev.tilewright;

/**
 * An ordered queue of a device: what is put on it runs in that order. A CPU stream runs its work
 * before the call that puts it there returns.
 */
public interface Stream extends AutoCloseable {
  /** The device that runs this stream. */
  Device device();

  /** Returns when everything put on this stream so far has run. */
  void synchronize();

  /**
   * Waits for the work and lets the stream go. Closing twice, or closing a default stream, does
   * nothing.
   */
  @Override
  void close();
}
