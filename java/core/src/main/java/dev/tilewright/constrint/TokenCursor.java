package dev.tilewright.constrint;

import dev.tilewright.constrint.Token.Kind;

/** A place in a rule file, with a look one token ahead. */
abstract class TokenCursor {
  final Source source;
  private final Lexer lexer;
  private Token current;
  private Token following;
  private int lastEnd;

  TokenCursor(Source source, Lexer lexer) {
    this.source = source;
    this.lexer = lexer;
    current = lexer.next();
  }

  final Token current() {
    return current;
  }

  /** The token after the current one. */
  final Token following() {
    if (following == null) {
      following = lexer.next();
    }
    return following;
  }

  final Token take() {
    Token token = current;
    current = following();
    following = null;
    lastEnd = token.end();
    return token;
  }

  final boolean takeIf(String symbol) {
    if (!current.is(symbol)) {
      return false;
    }
    take();
    return true;
  }

  final Token expect(String symbol) {
    if (!current.is(symbol)) {
      throw unexpected("'" + symbol + "'");
    }
    return take();
  }

  final Token expectName(String what) {
    if (current.kind() != Kind.NAME) {
      throw unexpected(what);
    }
    return take();
  }

  final RuleException unexpected(String expected) {
    return source.fault(current, "found " + Source.quoted(current), expected);
  }

  /** What was written from this token up to the last one taken. */
  final String textSince(Token start) {
    return source.oneLine(start.start(), lastEnd);
  }

  final Origin origin(Token start) {
    return new Origin(start.line(), start.column(), textSince(start));
  }
}
