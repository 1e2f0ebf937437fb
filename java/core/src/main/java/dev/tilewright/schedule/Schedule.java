package dev.tilewright.schedule;

/**
 * The tile chosen for a problem on a machine, with why.
 *
 * @param kernel name of the kernel
 * @param problem the problem, as {@link Kernel#problem} writes it
 * @param machine fingerprint of the machine
 * @param tile the kernel's parameters
 * @param source where the choice comes from
 * @param predictedSeconds what the time model says; NaN when it was not asked
 * @param measuredSeconds what a tuner measured; NaN when nothing did
 * @param legalTiles how many tiles the rules allow; 0 when nobody counted
 */
public record Schedule(
    String kernel,
    String problem,
    String machine,
    Tile tile,
    Source source,
    double predictedSeconds,
    double measuredSeconds,
    long legalTiles) {

  /** Where a choice comes from, best first. */
  public enum Source {
    /** The user's store, filled by the tuner. */
    STORE,
    /** The schedules that the library ships. */
    SHIPPED,
    /** The rules and the time model. */
    MODEL
  }

  /** Whether a tuner timed the tile. */
  public boolean measured() {
    return !Double.isNaN(measuredSeconds);
  }
}
