package dev.tilewright.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** One line on stderr that says how far a run is; nothing where stderr is no terminal. */
final class Progress implements AutoCloseable {
  private static final int WIDTH = 24;

  private final PrintWriter err;
  private final boolean shown;
  private final int cases;
  private int current;

  Progress(PrintWriter err, boolean shown, int cases) {
    this.err = err;
    this.shown = shown;
    this.cases = cases;
  }

  static Progress silent() {
    return new Progress(new PrintWriter(System.err), false, 1);
  }

  /** Whether stderr is a terminal; Linux shows it as a link. */
  static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  void nextCase() {
    current++;
  }

  void step(String what, double shareOfCase) {
    if (!shown) {
      return;
    }
    double share = (Math.max(0, current - 1) + shareOfCase) / cases;
    int full = (int) Math.round(WIDTH * Math.min(1, share));
    err.printf(
        "\r\u001b[K[%s%s] %d/%d %s",
        "#".repeat(full), ".".repeat(WIDTH - full), current, cases, what);
    err.flush();
  }

  @Override
  public void close() {
    if (shown) {
      err.print("\r\u001b[K");
      err.flush();
    }
  }
}
