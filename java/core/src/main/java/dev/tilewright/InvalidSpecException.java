package dev.tilewright;

/** An argument, a spec or the state of an object is not what the call takes. */
public final class InvalidSpecException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  private final String argument;
  private final String got;
  private final String allowed;

  /**
   * Says which argument, what it was and what it may be.
   *
   * @param argument which argument, in the words of the API
   * @param got what it was
   * @param allowed what it may be
   */
  public InvalidSpecException(String argument, Object got, String allowed) {
    super(argument + ": got " + got + ", allowed: " + allowed);
    this.argument = argument;
    this.got = String.valueOf(got);
    this.allowed = allowed;
  }

  /** Which argument. */
  public String argument() {
    return argument;
  }

  /** What it was. */
  public String got() {
    return got;
  }

  /** What it may be. */
  public String allowed() {
    return allowed;
  }
}
