package dev.tilewright.constrint;

/**
 * Cuts a rule file into tokens, one at a time, so that a hostile file costs no more than the part
 * that was read. White space and comments ({@code #} to the end of the line) lie between tokens.
 */
final class Lexer {
  private static final String[] LONG_SYMBOLS = {"==", "<=", ">=", "!=", ".."};
  private static final String SYMBOLS = ";|<>%+*^-/=()[]{},";

  private final String text;
  private final boolean ignoreParentheses;
  private int at;
  private int line = 1;
  private int lineStart;
  private boolean ignored;

  /**
   * @param ignoreParentheses read {@code (} and {@code )} as white space
   */
  Lexer(String text, boolean ignoreParentheses) {
    this.text = text;
    this.ignoreParentheses = ignoreParentheses;
    if (text.startsWith("\ufeff")) { // a byte order mark
      at = 1;
      lineStart = 1;
    }
  }

  /** Whether a parenthesis was read as white space. */
  boolean ignored() {
    return ignored;
  }

  Token next() {
    skip();
    int start = at;
    if (start == text.length()) {
      return token(Token.Kind.END, start);
    }
    char c = text.charAt(start);
    if (isDigit(c)) {
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
      return token(Token.Kind.INTEGER, start);
    }
    if (isLetter(c)) {
      while (at < text.length() && (isLetter(text.charAt(at)) || isDigit(text.charAt(at)))) {
        at++;
      }
      return token(Token.Kind.NAME, start);
    }
    for (String symbol : LONG_SYMBOLS) {
      if (text.startsWith(symbol, start)) {
        at += 2;
        return token(Token.Kind.SYMBOL, start);
      }
    }
    at += Character.charCount(text.codePointAt(start));
    return token(SYMBOLS.indexOf(c) >= 0 ? Token.Kind.SYMBOL : Token.Kind.UNKNOWN, start);
  }

  private Token token(Token.Kind kind, int start) {
    return new Token(kind, text.substring(start, at), start, line, start - lineStart + 1);
  }

  private void skip() {
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '#') {
        while (at + 1 < text.length() && !isLineEnd(text.charAt(at + 1))) {
          at++;
        }
      } else if (isLineEnd(c)) {
        if (c == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
          at++;
        }
        line++;
        lineStart = at + 1;
      } else if (ignoreParentheses && (c == '(' || c == ')')) {
        ignored = true;
      } else if (!Character.isWhitespace(c) && c != '\u00a0') {
        return;
      }
    }
  }

  static boolean isLineEnd(char c) {
    return c == '\n' || c == '\r';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
  }
}
