package dev.tilewright.bench.peers;

import dev.tilewright.sim.Report;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The process behind {@code tw bench sim}: compares every kernel's result with float64, then has
 * JMH time it, each mode in a fork of its own, on one thread but for modes that end in {@code all}.
 *
 * <p>Arguments: the modes, separated by {@code ;}, and the number of rounds. Lines on stdout:
 * {@code check KERNEL THREAD_INSTRUCTIONS WARP_INSTRUCTIONS}, or {@code wrong KERNEL WHY}; {@code
 * time KERNEL MODE NANOS...} with one time an iteration; {@code done}.
 */
public final class SimRun {
  private final PrintStream out;

  private SimRun(PrintStream out) {
    this.out = out;
  }

  /** See the class. */
  public static void main(String[] args) throws RunnerException {
    // JMH prints; the protocol has the real stdout to itself.
    SimRun run = new SimRun(System.out);
    System.setOut(System.err);
    for (SimWork.Kind kind : SimWork.Kind.values()) {
      run.check(kind);
    }
    for (int round = 0; round < Integer.parseInt(args[1]); round++) {
      for (SimWork.Kind kind : SimWork.Kind.values()) {
        for (String mode : args[0].split(";")) {
          if (kind.multiplies() || !mode.endsWith("plain")) {
            run.time(kind.name(), mode);
          }
        }
      }
    }
    run.say("done");
  }

  private void check(SimWork.Kind kind) {
    SimWork work = new SimWork(kind);
    for (String mode : List.of("checked", "unchecked-plain")) {
      Report report = work.run(SimBenchmark.options(mode));
      String fault = work.fault(report);
      if (!fault.isEmpty()) {
        say("wrong", kind.name(), mode + ": " + fault.replace('\n', ' '));
        return;
      }
      say(
          "check",
          kind.name(),
          Long.toString(report.threadInstructions()),
          Long.toString(report.warpInstructions()));
    }
  }

  private void time(String kernel, String mode) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + SimBenchmark.class.getName() + "\\.launch$")
            .param("kernel", kernel)
            .param("mode", mode)
            .forks(1)
            .warmupIterations(4)
            .warmupTime(TimeValue.milliseconds(700))
            .measurementIterations(7)
            .measurementTime(TimeValue.milliseconds(200))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    if (!mode.endsWith("all")) {
      options.jvmArgsAppend("-Dtilewright.sim.workers=1");
    }
    String nanos =
        new Runner(options.build())
            .run().stream()
                .flatMap(result -> result.getBenchmarkResults().stream())
                .flatMap(fork -> fork.getIterationResults().stream())
                .map(iteration -> Double.toString(iteration.getPrimaryResult().getScore()))
                .collect(Collectors.joining(" "));
    say("time", kernel, mode, nanos);
  }

  private void say(String... words) {
    out.println(String.join(" ", words));
    out.flush();
  }
}
