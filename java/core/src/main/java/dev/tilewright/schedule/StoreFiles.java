package dev.tilewright.schedule;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The file of a {@link ScheduleStore}: read with suspicion, replaced as a whole. Nothing here waits
 * on a pipe or follows a link that stands in the file's place.
 */
final class StoreFiles {
  /** Bad files that are kept for a look; beyond, the oldest is overwritten. */
  static final int BAD_FILES = 4;

  /** The largest file that is read. */
  static final long MAX_BYTES = 32L << 20;

  private static final Duration LOCK_WAIT = Duration.ofSeconds(10);
  private static final Duration STALE_TEMPORARY = Duration.ofHours(1);

  /**
   * What tells one state of the file from the next without reading it.
   *
   * @param there whether anything is there
   */
  record Stamp(boolean there, FileTime modified, long size, Object key) {
    static final Stamp MISSING = new Stamp(false, FileTime.fromMillis(0), 0, "");
  }

  /**
   * Entries of the file, none when it is missing or bad, with the state that was read.
   *
   * @param fault why the file must not be replaced either: it cannot be read, or a newer version
   *     wrote it; null when there is no such reason
   */
  record Content(List<ScheduleStore.Entry> entries, Stamp stamp, String fault) {
    Content(List<ScheduleStore.Entry> entries, Stamp stamp) {
      this(entries, stamp, null);
    }
  }

  /** Held while the file changes, by one thread of one process. */
  record Lock(FileChannel channel, FileLock lock) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close(); // releases the lock
    }
  }

  private final Path file;
  private final Reports reports;

  StoreFiles(Path file, Reports reports) {
    this.file = file;
    this.reports = reports;
  }

  Path file() {
    return file;
  }

  Stamp stamp() {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      Object key = attributes.fileKey();
      return new Stamp(
          true, attributes.lastModifiedTime(), attributes.size(), key == null ? "" : key);
    } catch (IOException e) {
      return Stamp.MISSING;
    }
  }

  /**
   * Reads the file. A bad one is reported and set aside, under the lock, which is taken unless the
   * caller holds it.
   */
  Content read(Lock held) {
    Stamp stamp = stamp();
    try {
      return new Content(load(file), stamp);
    } catch (NoSuchFileException e) {
      return new Content(List.of(), Stamp.MISSING);
    } catch (ScheduleFile.NewerException e) {
      reports.once(file + " is not used: " + e.getMessage());
      return new Content(List.of(), stamp, e.getMessage());
    } catch (ScheduleFile.BadFileException e) {
      if (held != null) {
        setAside(file, e.getMessage(), reports);
        return new Content(List.of(), stamp());
      }
    } catch (IOException e) {
      reports.once(file + " is not used: " + reason(e));
      return new Content(List.of(), stamp, reason(e));
    }
    try (Lock lock = lock()) {
      return read(lock); // another process may have repaired it meanwhile
    } catch (IOException e) {
      reports.once(file + " is damaged and cannot be set aside: " + reason(e));
      return new Content(List.of(), stamp);
    }
  }

  private static List<ScheduleStore.Entry> load(Path file) throws IOException {
    return ScheduleFile.parse(readBytes(file, true));
  }

  /** Bytes of a file that the user named, which may be a link. */
  static byte[] readImport(Path file) throws IOException {
    return readBytes(file, false);
  }

  static byte[] readBytes(Path file, boolean suspicious) throws IOException {
    LinkOption[] links =
        suspicious ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS} : new LinkOption[0];
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, links);
    if (attributes.isSymbolicLink()) {
      throw new ScheduleFile.BadFileException("a link stands in its place");
    }
    if (!attributes.isRegularFile()) {
      throw new IOException("it is a folder or a special file; move it away");
    }
    if (attributes.size() > MAX_BYTES) {
      throw new ScheduleFile.BadFileException(
          "it has " + attributes.size() + " bytes, more than " + MAX_BYTES);
    }
    Set<java.nio.file.OpenOption> options =
        suspicious
            ? Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)
            : Set.of(StandardOpenOption.READ);
    try (FileChannel channel = FileChannel.open(file, options)) {
      // The size that was checked bounds what is read, even if the file grows.
      ByteBuffer bytes = ByteBuffer.allocate((int) attributes.size());
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      byte[] read = new byte[bytes.position()];
      bytes.flip().get(read);
      return read;
    }
  }

  /**
   * Takes the lock of the file, across threads and processes.
   *
   * @throws IOException when the folder cannot be written or another process holds the lock for
   *     long
   */
  Lock lock() throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    FileChannel channel =
        FileChannel.open(
            file.resolveSibling(file.getFileName() + ".lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    try {
      FileLock lock = await(channel);
      Lock taken = new Lock(channel, lock);
      channel = null;
      return taken;
    } finally {
      if (channel != null) {
        channel.close();
      }
    }
  }

  /** Waits for the lock of a whole file, whoever holds it. */
  static FileLock await(FileChannel channel) throws IOException {
    long deadline = System.nanoTime() + LOCK_WAIT.toNanos();
    for (long pause = 1; ; pause = Math.min(2 * pause, 20)) {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // Another thread of this process holds it: the same wait.
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("another process has locked it for " + LOCK_WAIT.toSeconds() + " s");
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for the lock", e);
      }
    }
  }

  /** Puts new contents in the file's place: a reader sees the old or the new, never a part. */
  void replace(byte[] contents) throws IOException {
    Path folder = file.getParent();
    Files.createDirectories(folder);
    removeStaleTemporaries(folder);
    Path temporary =
        folder.resolve(
            file.getFileName()
                + ".tmp-"
                + ProcessHandle.current().pid()
                + "-"
                + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
        ByteBuffer bytes = ByteBuffer.wrap(contents);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      try {
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    } catch (IOException e) {
      // Not every system can flush a folder; then the rename reaches the disk a little later.
    }
  }

  /** Temporary files that a killed process left behind. */
  private void removeStaleTemporaries(Path folder) {
    Instant old = Instant.now().minus(STALE_TEMPORARY);
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(
            folder,
            path -> path.getFileName().toString().startsWith(file.getFileName() + ".tmp-"))) {
      for (Path path : left) {
        if (Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant().isBefore(old)) {
          Files.deleteIfExists(path);
        }
      }
    } catch (IOException e) {
      // They only take space.
    }
  }

  /** Renames a bad file to {@code NAME.bad-1} and so on, and says so. */
  static void setAside(Path file, String why, Reports reports) {
    try {
      Path target = null;
      FileTime oldest = null;
      for (int n = 1; n <= BAD_FILES; n++) {
        Path candidate = file.resolveSibling(file.getFileName() + ".bad-" + n);
        if (!Files.exists(candidate, LinkOption.NOFOLLOW_LINKS)) {
          target = candidate;
          break;
        }
        FileTime time = Files.getLastModifiedTime(candidate, LinkOption.NOFOLLOW_LINKS);
        if (oldest == null || time.compareTo(oldest) < 0) {
          oldest = time;
          target = candidate;
        }
      }
      Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
      reports.once(file + " is not used and was renamed to " + target.getFileName() + ": " + why);
    } catch (IOException e) {
      reports.once(file + " is not used: " + why + "; it cannot be renamed: " + reason(e));
    }
  }

  /** What went wrong, in a form that says more than the path. */
  static String reason(IOException e) {
    if (e instanceof FileSystemException fault && fault.getReason() != null) {
      return fault.getReason();
    }
    if (e instanceof FileSystemException) {
      return e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
