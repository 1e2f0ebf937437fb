package dev.tilewright.cli;

import dev.tilewright.GpuSpec;
import dev.tilewright.sim.Launch;
import dev.tilewright.sim.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Runs a case of {@code tests/cases} and holds it against what the case expects. */
public final class CheckedCase {
  private static final long MAX_STEPS = 2_000_000;

  private final CheckCase of;
  private Report report;

  private CheckedCase(CheckCase of) {
    this.of = of;
  }

  /** Reads a case. */
  public static CheckedCase read(Path file) {
    return new CheckedCase(CheckCase.read(file));
  }

  /** The name without its ending. */
  public String name() {
    return of.path().getFileName().toString().replace(".json", "");
  }

  /** The report of the last run. */
  public Report report() {
    return report;
  }

  /** Runs it once; what is not as expected, in words, empty when all is. */
  public List<String> run(long seed) {
    Launch.Options options =
        Launch.Options.DEFAULT.seed(seed).limits(MAX_STEPS, Duration.ofSeconds(20));
    CheckCase.Run run = of.run(GpuSpec.of("h100"), options);
    report = run.report();
    return new CaseExpectation(of).compare(report.findings(), run);
  }
}
