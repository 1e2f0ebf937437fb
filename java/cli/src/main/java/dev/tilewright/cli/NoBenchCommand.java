package dev.tilewright.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Stands in for the benchmark suite where its jar is not on the class path. */
@Command(name = "bench", description = "Measure an op against other libraries.")
final class NoBenchCommand implements Runnable {
  @Unmatched private List<String> ignored;

  @Override
  public void run() {
    throw new InputException(
        "the benchmark suite (tilewright-bench.jar) is not on the class path; start ./tw bench in"
            + " a source tree");
  }
}
