package dev.tilewright.bench;

/** A baseline that cannot be had or that failed; the message says why and what to do. */
final class BaselineException extends RuntimeException {
  BaselineException(String message) {
    super(message);
  }

  BaselineException(String message, Throwable cause) {
    super(message, cause);
  }
}
