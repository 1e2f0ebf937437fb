package dev.tilewright.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times kernels on the simulated GPU with JMH, which Maven fetches when it is asked for; see SimRun
 * of {@code bench/src/peers} for the lines that the measuring process writes.
 */
final class SimBench implements AutoCloseable {
  /** How a kernel is run, and on how many threads: in the order of the report. */
  static final List<String> MODES =
      List.of("checked", "checked-plain", "unchecked", "unchecked-plain", "checked-all");

  /** What was measured of one kernel. */
  static final class Row {
    final String kernel;
    long threadInstructions;
    long warpInstructions;

    /** What is wrong with its result, or "". */
    String failure = "";

    final Map<String, Samples> times = new LinkedHashMap<>();

    Row(String kernel) {
      this.kernel = kernel;
    }

    /** Thread instructions in a second, by the median. */
    double perSecond(String mode) {
      return threadInstructions / (times.get(mode).median() * 1e-3);
    }
  }

  private final PeerProgram program;

  /** Fetches and compiles. */
  SimBench(Progress progress) {
    progress.step("getting JMH", 0);
    Path jars = Archives.jmh();
    progress.step("compiling the benchmark", 0);
    program = new PeerProgram(jars, "SimBenchmark", "SimRun", "SimWork");
  }

  /** Checks and times. */
  List<Row> run(int rounds, Progress progress) {
    Map<String, Row> rows = new LinkedHashMap<>();
    int[] step = {0};
    program.run(
        line -> {
          if (line.startsWith("time ")) {
            progress.step(line, step[0]++ / (step[0] + 1.0));
          }
          take(line.split(" "), rows);
        },
        "SimRun",
        String.join(";", MODES),
        Integer.toString(rounds));
    return new ArrayList<>(rows.values());
  }

  /** One line of SimRun. */
  static void take(String[] words, Map<String, Row> rows) {
    Row row = rows.computeIfAbsent(words[1], Row::new);
    switch (words[0]) {
      case "check" -> {
        row.threadInstructions = Long.parseLong(words[2]);
        row.warpInstructions = Long.parseLong(words[3]);
      }
      case "wrong" -> row.failure = String.join(" ", List.of(words).subList(2, words.length));
      default -> {
        double[] nanos = new double[words.length - 3];
        for (int i = 0; i < nanos.length; i++) {
          nanos[i] = Double.parseDouble(words[i + 3]);
        }
        row.times.computeIfAbsent(words[2], name -> new Samples()).add(nanos);
      }
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
