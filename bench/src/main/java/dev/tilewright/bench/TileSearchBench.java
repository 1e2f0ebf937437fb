package dev.tilewright.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  private static final String PACKAGE = "dev.tilewright.bench.peers";
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
  private final Path directory;
  private final String classPath;
  private Process process;

  /**
   * Fetches and compiles.
   *
   * @param baselines of {@link #BASELINES}
   */
  TileSearchBench(List<String> baselines, Progress progress) {
    contenders.addAll(baselines);
    progress.step("getting the solvers", 0);
    String jars = jars(Archives.solvers());
    try {
      directory = Files.createTempDirectory("tilewright-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String ours = System.getProperty("java.class.path");
    classPath = ours + File.pathSeparator + directory + File.pathSeparator + jars;
    progress.step("compiling the models", 0);
    compile(ours + File.pathSeparator + jars, jars);
  }

  private void compile(String from, String processors) {
    List<String> command =
        new ArrayList<>(
            List.of(
                tool("javac"),
                "-nowarn",
                "-cp",
                from,
                "-processorpath",
                processors,
                "-d",
                directory.toString()));
    try {
      for (String source : SOURCES) {
        Path file = directory.resolve(source + ".java");
        Files.write(file, Cache.resource("peers/" + source + ".java"));
        command.add(file.toString());
      }
      Cache.execute(directory, command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BaselineException("interrupted", e);
    }
  }

  /** All jars of a folder as a path; javac takes no wildcard for its processors. */
  private static String jars(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(Path::toString).sorted().collect(Collectors.joining(File.pathSeparator));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
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
    Path errors = directory.resolve("stderr");
    String last = "";
    try {
      process =
          new ProcessBuilder(
                  tool("java"),
                  "-Djmh.ignoreLock=true", // another user's lock file would stop it
                  "-cp",
                  classPath,
                  PACKAGE + ".TileSearchRun",
                  String.join(";", contenders),
                  shapes.stream().map(RnnShape::label).collect(Collectors.joining(";")),
                  Integer.toString(rounds))
              .redirectError(errors.toFile())
              .start();
      process.getOutputStream().close();
      int steps = rounds * shapes.size();
      int step = 0;
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line; (line = lines.readLine()) != null; last = line) {
          if (line.startsWith("round ")) {
            progress.step(line, (double) step++ / steps);
          } else {
            take(line.split(" "), rows);
          }
        }
      }
      if (process.waitFor() != 0 || !last.equals("done")) {
        List<String> said = Files.readAllLines(errors);
        throw new BaselineException(
            "the measuring process ended after '"
                + last
                + "':\n"
                + String.join("\n", said.subList(Math.max(0, said.size() - 20), said.size())));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BaselineException("interrupted", e);
    }
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
    if (process != null) {
      process.destroy();
    }
    try {
      Cache.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
