package dev.tilewright.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Times our constraint solver against others on the tiles of recurrent layers.
 *
 * <p>The solvers and JMH are on no class path of ours: Maven fetches their jars when they are asked
 * for, {@code javac} compiles {@code bench/src/peers} against them, and a process of its own, from
 * which JMH forks, measures; see TileSearchRun there for the lines that it writes.
 */
final class TileSearchBench implements AutoCloseable {
  /** The baselines that are known. */
  static final List<String> BASELINES = List.of("choco", "cpsat", "loops", "loops-reduced");

  /** Ourselves: from the text of the rules; from rules that were read before. */
  private static final List<String> OURS = List.of(TileSearchRow.OURS, "ours-read");

  private static final String[] SOURCES = {
    "ChocoSearch",
    "CpSatSearch",
    "DivisorLoops",
    "Divisors",
    "ReducedLoops",
    "RuleSearch",
    "TileSearch",
    "TileSearchBenchmark",
    "TileSearchRun",
    "TileSearches"
  };

  private final List<String> contenders = new ArrayList<>(OURS);
  private final PeerProgram program;

  /**
   * Fetches and compiles.
   *
   * @param baselines of {@link #BASELINES}
   */
  TileSearchBench(List<String> baselines, Progress progress) {
    contenders.addAll(baselines);
    progress.step("getting the solvers", 0);
    Path jars = Archives.solvers();
    progress.step("compiling the models", 0);
    program = new PeerProgram(jars, SOURCES);
  }

  /** What is compared, with versions. */
  Map<String, String> libraries() {
    Properties versions = Archives.versions();
    Map<String, String> libraries = new LinkedHashMap<>();
    for (String name : contenders) {
      if (name.equals("choco")) {
        libraries.put(name, "choco-solver " + versions.getProperty("choco"));
      } else if (name.equals("cpsat")) {
        libraries.put(name, "OR-Tools CP-SAT " + versions.getProperty("ortools"));
      }
    }
    libraries.put("jmh", "JMH " + versions.getProperty("jmh"));
    return libraries;
  }

  /** Checks and times; two rows a shape, for all tiles and for the first. */
  List<TileSearchRow> run(List<RnnShape> shapes, int rounds, Progress progress) {
    Map<String, TileSearchRow> rows = new LinkedHashMap<>();
    for (RnnShape shape : shapes) {
      for (String query : List.of("all", "first")) {
        rows.put(
            shape.label() + " " + query,
            new TileSearchRow(shape, query, 0, new LinkedHashMap<>(), new LinkedHashMap<>()));
      }
    }
    int steps = rounds * shapes.size();
    int[] step = {0};
    program.run(
        line -> {
          if (line.startsWith("round ")) {
            progress.step(line, (double) step[0]++ / steps);
          } else {
            take(line.split(" "), rows);
          }
        },
        "TileSearchRun",
        String.join(";", contenders),
        shapes.stream().map(RnnShape::label).collect(Collectors.joining(";")),
        Integer.toString(rounds));
    return List.copyOf(rows.values());
  }

  /** One line of TileSearchRun. */
  static void take(String[] words, Map<String, TileSearchRow> rows) {
    switch (words[0]) {
      case "check", "wrong" -> {
        for (String query : List.of("all", "first")) {
          rows.computeIfPresent(
              words[1] + " " + query,
              (key, row) -> {
                if (words[0].equals("wrong")) {
                  row.failures()
                      .put(words[2], String.join(" ", List.of(words).subList(3, words.length)));
                  return row;
                }
                int tiles = Integer.parseInt(words[3]);
                return new TileSearchRow(row.shape(), query, tiles, row.times(), row.failures());
              });
        }
      }
      case "time" -> {
        double[] nanos = new double[words.length - 4];
        for (int i = 0; i < nanos.length; i++) {
          nanos[i] = Double.parseDouble(words[i + 4]);
        }
        rows.get(words[1] + " " + words[3])
            .times()
            .computeIfAbsent(words[2], name -> new Samples())
            .add(nanos);
      }
      default -> {
        // "done"
      }
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
