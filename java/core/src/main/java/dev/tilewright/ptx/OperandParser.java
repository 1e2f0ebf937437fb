package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.List;

/** Reads operands of instructions. */
final class OperandParser {
  private static final Operand SINK = new Operand.Sink();
  private static final int MAX_ELEMENTS = 1024;

  private final Cursor cursor;
  private final SymbolTable module;

  OperandParser(Cursor cursor, SymbolTable module) {
    this.cursor = cursor;
    this.module = module;
  }

  /**
   * Reads the operands up to the semicolon, which stays.
   *
   * @param call whether operands in parentheses are lists, not constants
   */
  List<Raw> list(Scope scope, boolean call) {
    List<Raw> all = new ArrayList<>();
    if (cursor.is(';')) {
      return all;
    }
    do {
      Raw operand = operand(scope, call);
      int token = operand.token();
      if (cursor.accept('|')) {
        operand = new Raw.Pair(operand, single(scope), token);
      }
      all.add(operand);
      limit(all);
    } while (cursor.accept(','));
    return all;
  }

  private void limit(List<Raw> elements) {
    if (elements.size() > MAX_ELEMENTS) {
      throw cursor.fail("more than " + MAX_ELEMENTS + " operands");
    }
  }

  private Raw operand(Scope scope, boolean call) {
    int token = cursor.position();
    switch (cursor.kind()) {
      case '{':
        cursor.advance();
        return new Raw.Braces(elements(scope, '}'), token);
      case '[':
        cursor.advance();
        return place(scope, token);
      case '(':
        return call ? parens(scope, token) : single(scope);
      default:
        return single(scope);
    }
  }

  private Raw parens(Scope scope, int token) {
    cursor.advance();
    return new Raw.Parens(elements(scope, ')'), token);
  }

  private List<Raw> elements(Scope scope, char close) {
    List<Raw> elements = new ArrayList<>();
    if (cursor.accept(close)) {
      return elements;
    }
    do {
      elements.add(single(scope));
      limit(elements);
    } while (cursor.accept(','));
    cursor.expect(close);
    return elements;
  }

  private Raw place(Scope scope, int token) {
    Raw base = simple(scope);
    long offset = 0;
    if (!(base instanceof Raw.Value) && (cursor.is('+') || cursor.is('-'))) {
      offset = offset();
    }
    cursor.expect(']');
    return new Raw.Place(base, offset, token);
  }

  /** Reads {@code +constant} or {@code -constant}: the sign belongs to the constant. */
  private long offset() {
    return new ConstantParser(cursor).parseLong();
  }

  /** An operand without brackets and braces, with an offset when it is a symbol. */
  private Raw single(Scope scope) {
    Raw operand = simple(scope);
    if (!cursor.is('+') && !cursor.is('-')) {
      return operand;
    }
    if (operand instanceof Raw.Resolved r && r.operand() instanceof Operand.Symbol s) {
      return new Raw.Resolved(new Operand.Symbol(s.variable(), offset()), r.token());
    }
    if (operand instanceof Raw.Named n) {
      return new Raw.Named(n.name(), offset(), n.token());
    }
    return operand;
  }

  private Raw simple(Scope scope) {
    int token = cursor.position();
    boolean negated = cursor.is('!') && cursor.kind(1) == Tokens.NAME;
    if (negated) {
      cursor.advance();
    } else if (new ConstantParser(cursor).starts()) {
      return new Raw.Value(new ConstantParser(cursor).parse(), token);
    }
    String name = cursor.expectName("an operand");
    if (name.equals("_")) {
      return new Raw.Resolved(SINK, token);
    }
    Operand special = special(name);
    if (special != null) {
      return new Raw.Resolved(special, token);
    }
    if (cursor.is(Tokens.WORD) && cursor.tokens.touchesNext(cursor.position() - 1)) {
      name += component(cursor.take());
    }
    Object found = scope.find(name);
    if (found == null) {
      found = module.variable(name);
    }
    if (found instanceof Scope.Components components) {
      List<Raw> elements = new ArrayList<>();
      for (String component : components.names()) {
        Register register = (Register) scope.find(component);
        elements.add(new Raw.Resolved(new Operand.Reg(register, false), token));
      }
      return new Raw.Braces(elements, token);
    }
    if (found instanceof Register register) {
      return new Raw.Resolved(new Operand.Reg(register, negated), token);
    }
    if (negated) {
      throw cursor.tokens.fail(token, token + 1, "expected a predicate after '!'");
    }
    if (found instanceof PtxVariable variable) {
      return new Raw.Resolved(new Operand.Symbol(variable, 0), token);
    }
    if (found instanceof Operand.Prototype prototype) {
      return new Raw.Resolved(prototype, token);
    }
    return new Raw.Named(name, 0, token);
  }

  /** A component of a vector register: of the two names of each the one it is declared by. */
  private static String component(String word) {
    int color = word.length() == 2 ? "rgba".indexOf(word.charAt(1)) : -1;
    return color < 0 ? word : "." + "xyzw".charAt(color);
  }

  private Operand special(String name) {
    if (name.charAt(0) != '%') {
      return null;
    }
    Operand special = SpecialRegister.named(name);
    if (special == null && cursor.is(Tokens.WORD)) {
      special = SpecialRegister.named(name + cursor.text());
      if (special != null) {
        cursor.advance();
      }
    }
    return special;
  }
}
