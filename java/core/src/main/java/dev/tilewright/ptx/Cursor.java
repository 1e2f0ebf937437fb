package dev.tilewright.ptx;

/** A place in the tokens, moving forward. */
final class Cursor {
  final Tokens tokens;
  private int at;

  Cursor(Tokens tokens) {
    this.tokens = tokens;
  }

  int position() {
    return at;
  }

  char kind() {
    return tokens.kind(at);
  }

  /** The kind of a token ahead: 1 is the next. */
  char kind(int ahead) {
    return tokens.kind(Math.min(at + ahead, tokens.count() - 1));
  }

  boolean atEnd() {
    return kind() == Tokens.END;
  }

  boolean is(char kind) {
    return kind() == kind;
  }

  boolean isWord(String word) {
    return kind() == Tokens.WORD && tokens.is(at, word);
  }

  boolean isName(String name) {
    return kind() == Tokens.NAME && tokens.is(at, name);
  }

  String text() {
    return tokens.text(at);
  }

  void advance() {
    if (!atEnd()) {
      at++;
    }
  }

  String take() {
    String text = text();
    advance();
    return text;
  }

  boolean accept(char kind) {
    if (kind() == kind) {
      advance();
      return true;
    }
    return false;
  }

  boolean acceptWord(String word) {
    if (isWord(word)) {
      advance();
      return true;
    }
    return false;
  }

  void expect(char mark) {
    if (!accept(mark)) {
      throw fail("expected '" + mark + "'");
    }
  }

  String expectName(String what) {
    if (!is(Tokens.NAME)) {
      throw fail("expected " + what);
    }
    return take();
  }

  String expectString() {
    if (!is(Tokens.STRING)) {
      throw fail("expected a string");
    }
    String quoted = take();
    return quoted.substring(1, quoted.length() - 1);
  }

  void moveTo(int position) {
    at = position;
  }

  /** The position of the semicolon that ends the statement here. */
  int statementEnd() {
    int open = 0;
    for (int i = at; ; i++) {
      char kind = tokens.kind(i);
      if (kind == ';' && open == 0) {
        return i;
      }
      if (kind == '{' || kind == '(' || kind == '[') {
        open++;
      } else if (kind == '}' || kind == ')' || kind == ']') {
        open--;
      }
      if (open < 0 || kind == ';' || kind == Tokens.END) {
        throw tokens.fail(at, Math.min(i, at + 20), "expected ';' at the statement's end");
      }
    }
  }

  PtxException fail(String reason) {
    return tokens.fail(at, reason);
  }
}
