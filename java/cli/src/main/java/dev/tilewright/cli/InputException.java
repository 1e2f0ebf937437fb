package dev.tilewright.cli;

/** A faulty command or file: one clear line for the user, exit code 2. */
final class InputException extends RuntimeException {
  InputException(String message) {
    super(message);
  }

  InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
