package dev.tilewright.constrint;

/** A rule file: its text, and how faults in it are told. */
record Source(String name, String text) {
  private static final int WIDTH = 72;

  /** A fault at a token. */
  RuleException fault(Token at, String problem, String expected) {
    String message =
        (name.isEmpty() ? "line " + at.line() + ", column " + at.column() : place(at))
            + ": "
            + problem
            + (expected.isEmpty() ? "" : (problem.isEmpty() ? "" : "; ") + "expected " + expected)
            + "\n"
            + excerpt(at);
    return new RuleException(message, at.line(), at.column(), expected);
  }

  private String place(Token at) {
    return name + ":" + at.line() + ":" + at.column();
  }

  /** The line of the token, cut where it is long, with a mark below. */
  private String excerpt(Token at) {
    int start = at.start();
    int end = start;
    while (start > 0
        && at.start() - start < WIDTH / 2
        && !Lexer.isLineEnd(text.charAt(start - 1))) {
      start--;
    }
    while (end < text.length() && end - start < WIDTH && !Lexer.isLineEnd(text.charAt(end))) {
      end++;
    }
    boolean cutBefore = start > 0 && !Lexer.isLineEnd(text.charAt(start - 1));
    boolean cutAfter = end < text.length() && !Lexer.isLineEnd(text.charAt(end));
    String before = (cutBefore ? "… " : "") + printable(text.substring(start, at.start()));
    String rest = printable(text.substring(at.start(), end)) + (cutAfter ? " …" : "");
    return "  " + before + rest + "\n  " + " ".repeat(before.length()) + "^";
  }

  /** Without characters that could steer a terminal. */
  private static String printable(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .forEach(c -> clean.appendCodePoint(c == '\t' ? ' ' : isPrintable(c) ? c : '\ufffd'));
    return clean.toString();
  }

  private static boolean isPrintable(int c) {
    int type = Character.getType(c);
    return !Character.isISOControl(c)
        && type != Character.FORMAT
        && type != Character.SURROGATE
        && type != Character.UNASSIGNED;
  }

  /** A token in quotes, cut where it is long. */
  static String quoted(Token token) {
    if (token.kind() == Token.Kind.END) {
      return "the end of the file";
    }
    String text = token.text();
    return "'" + printable(text.length() <= 40 ? text : text.substring(0, 40) + "…") + "'";
  }

  /** What stands between two offsets, without comments, white space as single blanks. */
  String oneLine(int start, int end) {
    StringBuilder line = new StringBuilder();
    boolean blank = false;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c == '#') {
        while (i + 1 < end && !Lexer.isLineEnd(text.charAt(i + 1))) {
          i++;
        }
        blank = true;
      } else if (Character.isWhitespace(c) || c == '\u00a0') {
        blank = true;
      } else {
        if (blank && !line.isEmpty()) {
          line.append(' ');
        }
        blank = false;
        line.append(c);
      }
    }
    return line.toString();
  }
}
