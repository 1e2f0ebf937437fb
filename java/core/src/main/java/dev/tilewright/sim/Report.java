package dev.tilewright.sim;

import java.util.List;

/**
 * What a launch did.
 *
 * @param findings the faults
 * @param stdout what the kernel printed
 * @param warpInstructions instructions, each counted once for a warp
 * @param threadInstructions instructions, counted for each lane that ran them
 * @param nanos the time it took
 * @param counters what it kept busy, null when that was not counted
 */
public record Report(
    List<Finding> findings,
    String stdout,
    long warpInstructions,
    long threadInstructions,
    long nanos,
    Counters counters) {
  /** Copies the list. */
  public Report {
    findings = List.copyOf(findings);
  }
}
