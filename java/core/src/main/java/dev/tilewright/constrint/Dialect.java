package dev.tilewright.constrint;

import java.util.Set;

/**
 * Whether a file is in the language of upstream, which reads parentheses as white space: {@code (A
 * + B) * C} there is {@code A + B * C}. That is taken to hold for files that carry upstream's
 * suffix and use nothing that upstream lacks. In all others parentheses group.
 */
final class Dialect {
  private static final String SUFFIX = ".constrint";
  private static final Set<String> EXTENSIONS =
      Set.of("-", "/", "<", ">", ">=", "!=", "=", "{", "}", "..");

  private Dialect() {}

  static boolean ignoresParentheses(Source source) {
    if (!source.name().endsWith(SUFFIX)) {
      return false;
    }
    Lexer lexer = new Lexer(source.text(), false);
    Token previous = null;
    boolean seen = false;
    for (Token token = lexer.next(); token.kind() != Token.Kind.END; token = lexer.next()) {
      boolean afterName = previous != null && previous.kind() == Token.Kind.NAME;
      boolean extension =
          token.kind() == Token.Kind.SYMBOL && EXTENSIONS.contains(token.text())
              || afterName && token.kind() == Token.Kind.NAME // let X, maximize X
              || afterName && token.is("("); // min(, pow2(
      if (extension) {
        return false;
      }
      seen |= token.is("(");
      previous = token;
    }
    return seen;
  }
}
