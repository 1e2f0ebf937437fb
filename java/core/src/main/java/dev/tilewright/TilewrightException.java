package dev.tilewright;

/** What Tilewright throws: unchecked, and its message says the cause and the next step. */
public class TilewrightException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TilewrightException(String message) {
    super(message);
  }

  public TilewrightException(String message, Throwable cause) {
    super(message, cause);
  }
}
