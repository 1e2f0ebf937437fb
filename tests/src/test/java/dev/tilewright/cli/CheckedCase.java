package dev.tilewright.cli;

import dev.tilewright.GpuSpec;
import dev.tilewright.ptx.PtxModule;
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

  /** Whether nothing may be found. */
  public boolean isClean() {
    return new CaseExpectation(of).planted().isEmpty();
  }

  /** The file of the module. */
  public Path module() {
    return of.fields().file("module", of.path());
  }

  /** The kernel's name. */
  public String kernel() {
    return of.kernel();
  }

  /** Runs it once; what is not as expected, in words, empty when all is. */
  public List<String> run(long seed) {
    return run(of, seed, MAX_STEPS);
  }

  /** Runs it once on another module, with at most so many steps. */
  public List<String> run(PtxModule other, long seed, long steps) {
    return run(of.on(other), seed, steps);
  }

  private List<String> run(CheckCase check, long seed, long steps) {
    Launch.Options options =
        Launch.Options.DEFAULT.seed(seed).limits(steps, Duration.ofSeconds(20));
    CheckCase.Run run = check.run(GpuSpec.of("h100"), options);
    report = run.report();
    return new CaseExpectation(check).compare(report.findings(), run);
  }
}
