package dev.tilewright.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the room logged, kept for the test instead of printed. */
final class Logged implements AutoCloseable {
  private final Logger logger = Logger.getLogger("dev.tilewright.schedule");
  private final List<String> messages = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public synchronized void publish(LogRecord record) {
          messages.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  Logged() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
  }

  List<String> messages() {
    synchronized (handler) {
      return List.copyOf(messages);
    }
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }
}
