package dev.tilewright.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** One line on a terminal's stderr that says what is being done; silent anywhere else. */
final class Progress implements AutoCloseable {
  private static final int WIDTH = 24;

  private final PrintWriter err;
  private final boolean shown;

  Progress(PrintWriter err, boolean shown) {
    this.err = err;
    this.shown = shown;
  }

  /** Whether stderr is a terminal. Java has no call for that alone; Linux shows it as a link. */
  static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException notLinux) {
      return System.console() != null;
    }
  }

  void step(String what) {
    if (shown) {
      err.print("\r\u001b[K" + what + " ...");
      err.flush();
    }
  }

  /** A step with a bar: {@code share} of the work, 0 to 1, lies behind. */
  void step(String what, double share) {
    int full = (int) Math.round(WIDTH * Math.max(0, Math.min(1, share)));
    step("[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] " + what);
  }

  /** Clears the line. */
  void clear() {
    if (shown) {
      err.print("\r\u001b[K");
      err.flush();
    }
  }

  @Override
  public void close() {
    clear();
  }
}
