package dev.tilewright.tune;

/** One tile of one problem on one device: planned, with inputs and outputs in place. */
public interface Trial extends AutoCloseable {
  /**
   * Runs once into outputs full of NaN and compares them with the oracle.
   *
   * @return the largest {@link dev.tilewright.oracle.RelativeError} of the outputs
   */
  double error();

  /** One call; it has finished when this returns. */
  void run();

  /** Nanoseconds of so many calls, one after the other. */
  default long nanos(int calls) {
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      run();
    }
    return System.nanoTime() - start;
  }

  @Override
  void close();
}
