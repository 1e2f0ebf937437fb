package dev.tilewright;

/** What Tilewright throws: unchecked, and its message says the cause and the next step. */
public class TilewrightException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message that says the cause and the next step. */
  public TilewrightException(String message) {
    super(message);
  }

  /** With a message that says the cause and the next step, and what was caught. */
  public TilewrightException(String message, Throwable cause) {
    super(message, cause);
  }
}
