package dev.tilewright.cli;

import java.io.PrintWriter;
import java.io.Writer;

/**
 * Runs the verbs that answer at once, so that the launcher's class-data archive holds their
 * classes. Prints nothing.
 */
final class ArchiveRun {
  private ArchiveRun() {}

  /**
   * @param args a rule file that {@code solve} can read
   */
  public static void main(String[] args) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    String[][] commands = {
      {"devices"},
      {"solve", args[0], "--count"},
      {"solve", args[0], "--json"},
      {"explain", "fftconv", "--device", "cpu", "--shape", "B=1,H=1,L=1024"},
    };
    for (String[] command : commands) {
      Main.run(nowhere, nowhere, command);
    }
  }
}
