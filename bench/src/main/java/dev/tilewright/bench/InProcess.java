package dev.tilewright.bench;

/** A contender that is called from this thread. */
abstract class InProcess implements Contender {
  /** Calls before each stretch that do not count, unless they already took WARM_NANOS. */
  private static final int WARM_UP = 3;

  private static final long WARM_NANOS = 30_000_000;

  /** A call shorter than this is timed in groups, since reading the clock costs 20 to 30 ns. */
  private static final long SHORT_NANOS = 20_000;

  private int group;

  /** One call. */
  abstract void call();

  /** Around each stretch of calls. */
  void begin() {}

  void end() {}

  @Override
  public final double[] time(int calls) {
    begin();
    try {
      if (group == 0) {
        call();
        long start = System.nanoTime();
        call();
        long took = Math.max(1, System.nanoTime() - start);
        group = (int) Math.max(1, Math.min(1000, SHORT_NANOS / took));
      }
      long begun = System.nanoTime();
      for (int i = 0; i < WARM_UP * group && System.nanoTime() - begun < WARM_NANOS; i++) {
        call();
      }
      double[] nanos = new double[calls];
      for (int i = 0; i < calls; i++) {
        long start = System.nanoTime();
        for (int j = 0; j < group; j++) {
          call();
        }
        nanos[i] = (double) (System.nanoTime() - start) / group;
      }
      return nanos;
    } finally {
      end();
    }
  }
}
