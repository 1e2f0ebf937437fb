package dev.tilewright.constrint;

/**
 * A word of the language.
 *
 * @param kind what it is
 * @param text as written; empty at the end of the file
 * @param start offset of its first character
 * @param line from 1
 * @param column from 1
 */
record Token(Kind kind, String text, int start, int line, int column) {
  enum Kind {
    INTEGER,
    NAME,
    SYMBOL,
    /** A character that no rule file contains outside of comments. */
    UNKNOWN,
    END
  }

  int end() {
    return start + text.length();
  }

  /** Whether this is the symbol. */
  boolean is(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }
}
