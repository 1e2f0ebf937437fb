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
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program of {@code bench/src/peers}: compiled against jars that are on no class path of ours,
 * and run in a process of its own, from which JMH forks. It writes lines, the last one {@code
 * done}.
 */
final class PeerProgram implements AutoCloseable {
  private static final String PACKAGE = "dev.tilewright.bench.peers";

  private final Path directory;
  private final String classPath;
  private Process process;

  /**
   * Compiles.
   *
   * @param folder of the jars
   * @param sources the names of the classes
   */
  PeerProgram(Path folder, String... sources) {
    try {
      directory = Files.createTempDirectory("tilewright-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String jars = jars(folder);
    String ours = System.getProperty("java.class.path");
    classPath = ours + File.pathSeparator + directory + File.pathSeparator + jars;
    compile(ours + File.pathSeparator + jars, jars, sources);
  }

  private void compile(String from, String processors, String[] sources) {
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
      for (String source : sources) {
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

  /** Runs a main class to its end; each line but the last goes to the consumer. */
  void run(Consumer<String> lines, String main, String... arguments) {
    Path errors = directory.resolve("stderr");
    String last = "";
    List<String> command =
        new ArrayList<>(
            List.of(
                tool("java"),
                "-Djmh.ignoreLock=true", // another user's lock file would stop it
                "-cp",
                classPath,
                PACKAGE + "." + main));
    command.addAll(List.of(arguments));
    try {
      process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      process.getOutputStream().close();
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line; (line = out.readLine()) != null; last = line) {
          if (!line.equals("done")) {
            lines.accept(line);
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
