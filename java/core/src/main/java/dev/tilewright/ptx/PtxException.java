package dev.tilewright.ptx;

/**
 * PTX that cannot be read, or an instruction that no table row allows. The message shows source,
 * line, column, the reason and the offending text.
 */
public final class PtxException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_TEXT = 160;

  private final String source;
  private final int line;
  private final int column;
  private final String text;
  private final String reason;

  PtxException(String source, int line, int column, String text, String reason) {
    super(source + ":" + line + ":" + column + ": " + reason + ": " + shorten(text));
    this.source = source;
    this.line = line;
    this.column = column;
    this.text = shorten(text);
    this.reason = reason;
  }

  private static String shorten(String text) {
    String oneLine = text.strip().replaceAll("\\s+", " ");
    return oneLine.length() <= MAX_TEXT ? oneLine : oneLine.substring(0, MAX_TEXT) + "…";
  }

  /** The name of the PTX source, as given to the parser. */
  public String source() {
    return source;
  }

  /** The line of the fault in the PTX, from 1. */
  public int line() {
    return line;
  }

  /** The column of the fault in the PTX, from 1, in characters. */
  public int column() {
    return column;
  }

  /** The offending text: the statement or the token, on one line, cut when it is long. */
  public String text() {
    return text;
  }

  /** What is wrong, in words. */
  public String reason() {
    return reason;
  }
}
