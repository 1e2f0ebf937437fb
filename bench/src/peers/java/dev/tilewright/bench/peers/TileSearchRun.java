package dev.tilewright.bench.peers;

import dev.tilewright.bench.RnnShape;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The process behind {@code tw bench constrint}: checks every contender's tiles against {@link
 * ReducedLoops}, then has JMH time them, each in a fork of its own, in turns.
 *
 * <p>Arguments: the contenders and the shapes, separated by {@code ;}, and the number of rounds.
 * Lines on stdout: {@code check SHAPE CONTENDER COUNT}, or {@code wrong SHAPE CONTENDER WHY};
 * {@code round R SHAPE}; {@code time SHAPE CONTENDER all|first NANOS...} with one time an
 * iteration; {@code done}.
 */
public final class TileSearchRun {
  private final PrintStream out;
  private final List<String> contenders;
  private final List<String> shapes;

  private TileSearchRun(PrintStream out, List<String> contenders, List<String> shapes) {
    this.out = out;
    this.contenders = contenders;
    this.shapes = shapes;
  }

  /** See the class. */
  public static void main(String[] args) throws RunnerException, IOException {
    // JMH and libraries print; the protocol has the real stdout to itself.
    PrintStream out = System.out;
    System.setOut(System.err);
    TileSearchRun run =
        new TileSearchRun(out, List.of(args[0].split(";")), List.of(args[1].split(";")));
    run.check();
    for (int round = 1; round <= Integer.parseInt(args[2]); round++) {
      for (String shape : run.shapes) {
        run.say("round", Integer.toString(round), shape);
        run.time(shape);
      }
    }
    run.say("done");
  }

  private void check() {
    for (String label : shapes) {
      RnnShape shape = RnnShape.parse(label);
      long[][] expected = new ReducedLoops().sorted(shape);
      long[] first = new ReducedLoops().first(shape);
      for (String name : contenders) {
        TileSearch search = TileSearches.of(name);
        long[][] tiles = search.sorted(shape);
        long[] found = search.first(shape);
        if (!Arrays.deepEquals(tiles, expected)) {
          say("wrong", label, name, tiles.length + " tiles that are not the " + expected.length);
        } else if (!Arrays.equals(found, first)) {
          say("wrong", label, name, "first " + Arrays.toString(found));
        } else {
          say("check", label, name, Integer.toString(tiles.length));
        }
      }
    }
  }

  /** Solvers in Java take seconds until they are compiled; loops and native code do not. */
  private void time(String shape) throws RunnerException {
    for (String query : List.of("all", "first")) {
      for (String name : contenders) {
        Collection<RunResult> results =
            new Runner(
                    new OptionsBuilder()
                        .include("^" + TileSearchBenchmark.class.getName() + "\\." + query + "$")
                        .param("search", name)
                        .param("shape", shape)
                        .forks(1)
                        .warmupIterations(name.equals("choco") || name.startsWith("ours") ? 8 : 3)
                        .warmupTime(TimeValue.milliseconds(700))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.milliseconds(200))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        String nanos =
            results.stream()
                .flatMap(result -> result.getBenchmarkResults().stream())
                .flatMap(fork -> fork.getIterationResults().stream())
                .map(iteration -> Double.toString(iteration.getPrimaryResult().getScore()))
                .collect(Collectors.joining(" "));
        say("time", shape, name, query, nanos);
      }
    }
  }

  private void say(String... words) {
    out.println(String.join(" ", words));
    out.flush();
  }
}
