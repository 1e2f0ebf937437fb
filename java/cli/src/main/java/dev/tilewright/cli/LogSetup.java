package dev.tilewright.cli;

import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Log lines as single lines on stderr: warnings always, more only on a terminal, none with --quiet.
 *
 * <p>java.util.logging makes an instance of this class when the first line is logged ({@code
 * java.util.logging.config.class}), so a run that logs nothing does not load it.
 */
public final class LogSetup {
  /** Configures the root logger. */
  public LogSetup() {
    LogManager.getLogManager().reset();
    boolean terminal = Progress.isTerminal();
    // A line of progress may stand where the line of the log goes.
    String start = terminal ? "\r\u001b[K" : "";
    Handler handler = new ConsoleHandler();
    handler.setFormatter(
        new Formatter() {
          @Override
          public String format(LogRecord entry) {
            return start + "tw: " + formatMessage(entry) + System.lineSeparator();
          }
        });
    boolean quiet = Boolean.getBoolean("tilewright.quiet");
    Level level = quiet ? Level.OFF : terminal ? Level.INFO : Level.WARNING;
    handler.setLevel(level);
    Logger root = Logger.getLogger("");
    root.setLevel(level);
    root.addHandler(handler);
  }
}
