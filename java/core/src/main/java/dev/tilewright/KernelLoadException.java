package dev.tilewright;

/** A kernel or the native library could not be loaded; the message says why and what to do. */
public final class KernelLoadException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  /** With a message that says the cause and the next step. */
  public KernelLoadException(String message) {
    super(message);
  }

  /** With a message that says the cause and the next step, and what was caught. */
  public KernelLoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
