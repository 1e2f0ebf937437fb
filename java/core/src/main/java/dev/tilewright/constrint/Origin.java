package dev.tilewright.constrint;

/**
 * Where a rule stands in its file.
 *
 * @param line from 1
 * @param column from 1
 * @param text the rule as written, without comments, on one line
 */
record Origin(int line, int column, String text) {
  @Override
  public String toString() {
    return "line " + line + ": " + text;
  }
}
