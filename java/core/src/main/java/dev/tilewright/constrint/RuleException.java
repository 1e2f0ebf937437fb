package dev.tilewright.constrint;

/**
 * A rule file cannot be read. The message shows file, line and column, what was expected, and the
 * line itself with a mark below the place.
 */
public final class RuleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;
  private final String expected;

  RuleException(String message, int line, int column, String expected) {
    super(message);
    this.line = line;
    this.column = column;
    this.expected = expected;
  }

  /** The line of the fault, from 1. */
  public int line() {
    return line;
  }

  /** The column of the fault, from 1, in characters (a supplementary character counts as two). */
  public int column() {
    return column;
  }

  /** What was expected at that place, in words. */
  public String expected() {
    return expected;
  }
}
