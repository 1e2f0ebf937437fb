package dev.tilewright.bench;

import java.util.Map;

/** One implementation, planned for one case, ready to be timed. */
interface Contender extends AutoCloseable {
  /**
   * Runs once and returns what it wrote by name (y, du, dk, dpregate, dpostgate), for the check
   * against the oracle.
   */
  Map<String, float[]> run();

  /**
   * Times calls one after the other, after warm-up calls that do not count.
   *
   * @return nanoseconds of each call
   */
  double[] time(int calls);

  /** Bytes that a call needs beside inputs and outputs; -1 when unknown. */
  long workspaceBytes();

  @Override
  void close();
}
