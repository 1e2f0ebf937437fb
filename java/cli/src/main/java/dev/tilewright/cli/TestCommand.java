package dev.tilewright.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The launcher runs the tests with Maven before Java is started; this verb says so to anyone who
 * comes another way.
 */
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = "Run the test suite of the source tree (./tw test [MAVEN OPTION...]).")
final class TestCommand implements Runnable {
  @Parameters(arity = "0..*", paramLabel = "OPTION", description = "Options for Maven.")
  private List<String> options;

  @Override
  public void run() {
    throw new InputException(
        "the tests live in the source tree: clone it and type ./tw test there");
  }
}
