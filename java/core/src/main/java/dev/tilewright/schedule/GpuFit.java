package dev.tilewright.schedule;

import dev.tilewright.GpuSpec;
import dev.tilewright.InvalidSpecException;

/**
 * The coefficients of {@link GpuTime} that no data sheet has. They are fitted once per
 * architecture, never per kernel.
 *
 * @param launchSeconds from the launch to the first instruction, and from the last to the end
 * @param dramShare share of the peak bandwidth of device memory that a streaming kernel reaches
 * @param overlapLoss how much of the second busiest resource shows in the time; 0 is perfect
 *     overlap, 1 is none
 * @param exchangeSeconds one exchange between all blocks of a cooperative grid: stores become
 *     visible, all arrive, all go on
 * @param matrixShare share of {@link GpuSpec#f16FmaPerClock} that {@code mma.sync} reaches; below 1
 *     where the architecture keeps its full rate for another instruction
 */
public record GpuFit(
    double launchSeconds,
    double dramShare,
    double overlapLoss,
    double exchangeSeconds,
    double matrixShare) {

  /**
   * Checks the coefficients.
   *
   * @throws InvalidSpecException when one is out of its range
   */
  public GpuFit {
    range("launchSeconds", launchSeconds, 0, 1);
    range("dramShare", dramShare, 1e-3, 1);
    range("overlapLoss", overlapLoss, 0, 1);
    range("exchangeSeconds", exchangeSeconds, 0, 1);
    range("matrixShare", matrixShare, 1e-3, 1);
  }

  private static void range(String name, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new InvalidSpecException(name, value, low + " to " + high);
    }
  }

  /**
   * The coefficients of a machine's architecture. None is fitted to a measurement made here yet:
   * launch and overlap are those of published models; the share of bandwidth is what STREAM-like
   * kernels are reported to reach; the exchange is fitted to the forward times of FlashRNN on an
   * H100 (arXiv 2412.07752) and taken over for the others; {@code mma.sync} reaches 62.9 % of the
   * peak on 9.0 (arXiv 2501.12084), and about a quarter is assumed on 10.0.
   */
  public static GpuFit of(GpuSpec gpu) {
    double matrixShare =
        switch (gpu.computeCapability() / 10) {
          case 9 -> 0.629;
          case 10, 11 -> 0.25;
          default -> 1;
        };
    return new GpuFit(3e-6, 0.88, 0.2, 2.6e-6, matrixShare);
  }
}
