package dev.tilewright.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Where fetched archives and compiled baselines are kept: {@code $XDG_CACHE_HOME/tilewright/bench},
 * else {@code ~/.cache/tilewright/bench}. Safe to delete.
 */
final class Cache {
  private Cache() {}

  static Path root() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg == null || xdg.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(xdg);
    return base.resolve("tilewright").resolve("bench");
  }

  /** Makes a folder's contents. */
  interface Maker {
    void make(Path folder) throws IOException, InterruptedException;
  }

  /** The folder {@code name}, made when it is not there. It appears whole or not at all. */
  static Path folder(String name, Maker maker) {
    Path folder = root().resolve(name);
    if (Files.isDirectory(folder)) {
      return folder;
    }
    try {
      Files.createDirectories(folder.getParent());
      Path unfinished = Files.createTempDirectory(folder.getParent(), ".new");
      try {
        maker.make(unfinished);
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        delete(unfinished);
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BaselineException("interrupted while " + name + " was made", e);
    }
  }

  /** Deletes a folder and all in it, if it is there. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** A resource of this package. */
  static byte[] resource(String name) {
    try (InputStream in = Cache.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new BaselineException("tilewright-bench.jar has no " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a program to its end; its whole output is in the exception when it fails. */
  static void execute(Path directory, List<String> command)
      throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new BaselineException(
          command.get(0) + " cannot be started; install it or put it on the PATH", e);
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new BaselineException(String.join(" ", command) + " failed:\n" + output.strip());
    }
  }
}
