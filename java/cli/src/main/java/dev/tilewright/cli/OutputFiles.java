package dev.tilewright.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The output files of one run. Each is written to a temporary file beside its place; {@link
 * #commit} renames them all, and when one rename fails it puts back what the others had replaced.
 * Without a commit nothing of the run remains.
 *
 * <p>A target may be an input of the same run: it is replaced after the run has read it.
 */
final class OutputFiles implements AutoCloseable {
  /** As many as Linux follows. */
  private static final int MAX_LINKS = 40;

  private record Staged(Path target, Path temporary, Path backup) {}

  private final Map<String, Staged> files = new LinkedHashMap<>();

  private OutputFiles() {}

  /**
   * Creates the temporary files, so that a place that cannot be written shows before any work is
   * done.
   *
   * @throws InputException naming the output and what is wrong with its path
   */
  static OutputFiles stage(Map<String, Path> targets) {
    OutputFiles outputs = new OutputFiles();
    try {
      for (Map.Entry<String, Path> entry : targets.entrySet()) {
        outputs.stage(entry.getKey(), entry.getValue());
      }
    } catch (RuntimeException e) {
      outputs.close();
      throw e;
    }
    return outputs;
  }

  private void stage(String name, Path path) {
    String what = "--out " + name + ": " + path + ": ";
    try {
      Path target = followed(path);
      Path folder = target.getParent();
      if (folder == null || Files.isDirectory(target)) {
        throw new InputException(what + "is a directory; name a file");
      }
      if (!Files.isDirectory(folder)) {
        throw new InputException(what + "there is no directory " + folder + "; make it first");
      }
      if (Files.exists(target) && !Files.isRegularFile(target)) {
        throw new InputException(what + "is not a regular file; leave the option out to discard");
      }
      if (Files.exists(target) && !Files.isWritable(target)) {
        throw new InputException(what + "is write-protected; name another file");
      }
      for (Map.Entry<String, Staged> other : files.entrySet()) {
        if (other.getValue().target().equals(target)) {
          throw new InputException(what + "is also the file of " + other.getKey());
        }
      }
      String stem = "." + target.getFileName() + ".tw" + ProcessHandle.current().pid();
      Path temporary = folder.resolve(stem + "-" + name + "-new");
      Files.newOutputStream(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
      temporary.toFile().deleteOnExit();
      PosixFileAttributeView view =
          Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
      if (view != null && Files.exists(target)) { // a private file stays private
        view.setPermissions(Files.getPosixFilePermissions(target));
      }
      files.put(name, new Staged(target, temporary, folder.resolve(stem + "-" + name + "-old")));
    } catch (IOException e) {
      throw new InputException(what + "cannot write there: " + reason(e), e);
    }
  }

  /**
   * The file that a path names. A link stays a link: what it names is replaced, or made where it is
   * not there yet, as by a shell's redirection.
   */
  private static Path followed(Path path) throws IOException {
    if (Files.exists(path)) {
      return path.toRealPath();
    }
    Path at = path.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(at); links++) {
      if (links == MAX_LINKS) {
        throw new FileSystemException(path.toString(), null, "too many levels of symbolic links");
      }
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    Path folder = at.getParent();
    if (folder == null || !Files.exists(folder)) {
      at = at.normalize();
      folder = at.getParent();
    }
    return folder != null && Files.exists(folder)
        ? folder.toRealPath().resolve(at.getFileName())
        : at;
  }

  /** Where to write the output of this name until {@link #commit}. */
  Path temporary(String name) {
    return files.get(name).temporary();
  }

  /** Writes an array to the temporary file of this name. */
  void write(String name, long[] shape, Npy.Source source) {
    Staged file = files.get(name);
    try {
      Npy.write(file.temporary(), shape, source);
    } catch (IOException e) {
      throw new InputException(
          "--out " + name + ": " + file.target() + ": cannot write: " + reason(e), e);
    }
  }

  /** Gives up one output, so that {@link #commit} leaves its place alone. */
  void drop(String name) {
    deleteQuietly(files.remove(name).temporary());
  }

  /** Puts every file in its place, or none. */
  void commit() {
    List<Staged> replaced = new ArrayList<>();
    List<Staged> backedUp = new ArrayList<>();
    try {
      for (Staged file : files.values()) {
        if (Files.exists(file.target())) {
          keep(file);
          backedUp.add(file);
        }
      }
      for (Staged file : files.values()) {
        Files.move(file.temporary(), file.target(), StandardCopyOption.ATOMIC_MOVE);
        replaced.add(file);
      }
    } catch (IOException e) {
      for (Staged file : replaced) {
        restore(file, backedUp.contains(file));
      }
      throw new InputException("cannot put the outputs in place: " + reason(e), e);
    } finally {
      for (Staged file : backedUp) {
        deleteQuietly(file.backup());
      }
    }
    files.clear();
  }

  private static void keep(Staged file) throws IOException {
    Files.deleteIfExists(file.backup());
    try {
      Files.createLink(file.backup(), file.target());
    } catch (IOException | UnsupportedOperationException noHardLinks) {
      Files.copy(file.target(), file.backup());
    }
  }

  private static void restore(Staged file, boolean existed) {
    try {
      if (existed) {
        Files.move(file.backup(), file.target(), StandardCopyOption.ATOMIC_MOVE);
      } else {
        Files.delete(file.target());
      }
    } catch (IOException e) {
      throw new InputException(
          file.target() + ": could not be put back after a failed write: " + reason(e), e);
    }
  }

  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // Nothing better can be done for a leftover; the run itself is whole.
      System.getLogger("dev.tilewright").log(System.Logger.Level.WARNING, "left behind: " + path);
    }
  }

  /** What a failed file operation means, in words without the path. */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return f.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Removes the temporary files of a run that did not commit. */
  @Override
  public void close() {
    for (Staged file : files.values()) {
      deleteQuietly(file.temporary());
    }
    files.clear();
  }
}
