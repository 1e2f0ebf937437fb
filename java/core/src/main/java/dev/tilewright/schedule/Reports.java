package dev.tilewright.schedule;

import java.util.HashSet;
import java.util.Set;

/** Tells each fault once, through the platform's logger. Thread-safe. */
final class Reports {
  private static final System.Logger LOG = System.getLogger("dev.tilewright.schedule");

  /** Beyond this many different faults, more would say nothing new. */
  private static final int MOST = 64;

  private final Set<String> told = new HashSet<>();

  /** Logs a warning, unless this object already logged the same one. */
  void once(String message) {
    synchronized (told) {
      if (told.size() >= MOST || !told.add(message)) {
        return;
      }
    }
    LOG.log(System.Logger.Level.WARNING, message);
  }
}
