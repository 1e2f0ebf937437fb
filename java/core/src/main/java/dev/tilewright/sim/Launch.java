package dev.tilewright.sim;

import java.time.Duration;

/**
 * A launch of a kernel.
 *
 * @param kernel the kernel's name
 * @param gridExtent blocks in x, y, z
 * @param blockExtent threads of a block in x, y, z
 * @param sharedBytes dynamic shared memory of a block
 * @param cooperative whether all blocks run together, for grid-wide synchronisation
 * @param params the packed parameters, laid out as the kernel declares them
 */
public record Launch(
    String kernel,
    int[] gridExtent,
    int[] blockExtent,
    int sharedBytes,
    boolean cooperative,
    byte[] params) {

  /**
   * How a launch is run.
   *
   * @param seed the order of warps, blocks and branches: 0 is the natural one
   * @param checks whether faults are looked for that cost time
   * @param maxSteps the most instructions, each counted once for a warp
   * @param time the most time
   * @param exactMatrices whether matrix instructions round as tensor cores do
   * @param counters whether {@link Counters} are kept, which costs some time
   * @param worstApproximations whether {@code .approx} instructions err as far as the ISA allows,
   *     up or down by the seed and the operands
   */
  public record Options(
      long seed,
      boolean checks,
      long maxSteps,
      Duration time,
      boolean exactMatrices,
      boolean counters,
      boolean worstApproximations) {
    /** Seed 0, with checks, at most 2^36 steps in a minute, tensor cores' sums, no counters. */
    public static final Options DEFAULT =
        new Options(0, true, 1L << 36, Duration.ofMinutes(1), true, false, false);

    /** With another seed. */
    public Options seed(long other) {
      return new Options(
          other, checks, maxSteps, time, exactMatrices, counters, worstApproximations);
    }

    /** With or without checks. */
    public Options checks(boolean other) {
      return new Options(seed, other, maxSteps, time, exactMatrices, counters, worstApproximations);
    }

    /** With the sums of tensor cores, or with plain ones of single precision, which are faster. */
    public Options exactMatrices(boolean other) {
      return new Options(seed, checks, maxSteps, time, other, counters, worstApproximations);
    }

    /** With or without counters. */
    public Options counters(boolean other) {
      return new Options(seed, checks, maxSteps, time, exactMatrices, other, worstApproximations);
    }

    /** With approximate instructions that err as far as the ISA allows. */
    public Options worstApproximations(boolean other) {
      return new Options(seed, checks, maxSteps, time, exactMatrices, counters, other);
    }

    /** With other limits. */
    public Options limits(long steps, Duration most) {
      return new Options(seed, checks, steps, most, exactMatrices, counters, worstApproximations);
    }
  }
}
