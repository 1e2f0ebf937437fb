package dev.tilewright;

/** A device does not exist here, or cannot do what is asked; the message says what is missing. */
public final class UnsupportedDeviceException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  /** With a message that says the cause and the next step. */
  public UnsupportedDeviceException(String message) {
    super(message);
  }
}
