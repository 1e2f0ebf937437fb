package dev.tilewright;

/** A kernel or the native library could not be loaded; the message says why and what to do. */
public final class KernelLoadException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  public KernelLoadException(String message) {
    super(message);
  }

  public KernelLoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
