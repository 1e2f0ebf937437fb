package dev.tilewright.constrint;

import dev.tilewright.constrint.Expr.Name;
import dev.tilewright.constrint.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The statements of a rule file. {@code const}, {@code let}, {@code var}, {@code maximize} and
 * {@code minimize} are keywords only where upstream has no meaning for them: before a name or, for
 * the last two, before a term. A variable may be called {@code let}.
 */
final class Parser extends ConditionParser {
  /** Bits of a variable's or a constant's magnitude. */
  private static final int LONG_BITS = 64;

  private static final Set<String> OBJECTIVES = Set.of("maximize", "minimize");

  /** {@code const NAME = expr}. */
  record Definition(Token name, Expr expr) {}

  /** {@code var NAME in items}. */
  record Declaration(Token name, List<Item> items) {
    /** One value, or a range; {@code to} and {@code step} may be null. */
    record Item(Token start, Expr from, Expr to, Expr step) {}
  }

  /** What a file says, names of constants not yet replaced by their values. */
  record Program(
      List<Rule> rules,
      List<Definition> constants,
      Map<String, Declaration> declarations,
      List<String> variables,
      Objective objective) {}

  private final List<Rule> rules = new ArrayList<>();
  private final Map<String, Definition> constants = new LinkedHashMap<>();
  private final Map<String, Term> lets = new LinkedHashMap<>();
  private final Map<String, Token> letNames = new LinkedHashMap<>();
  private final Map<String, Declaration> declarations = new LinkedHashMap<>();

  /** Variables, each with its first appearance. */
  private final Map<String, Token> variables = new LinkedHashMap<>();

  private Objective objective;
  private boolean onlyConstants;

  private Parser(Source source, Lexer lexer) {
    super(source, lexer);
  }

  static Program program(Source source, Lexer lexer) {
    Parser parser = new Parser(source, lexer);
    while (parser.current().kind() != Kind.END) {
      if (parser.takeIf(";") || parser.takeIf("|")) {
        continue; // an empty statement
      }
      parser.statement();
      if (parser.current().kind() != Kind.END && !parser.current().is(";")) {
        throw parser.unexpected("an operator or ';'");
      }
    }
    return new Program(
        List.copyOf(parser.rules),
        List.copyOf(parser.constants.values()),
        parser.declarations,
        List.copyOf(parser.variables.keySet()),
        parser.objective);
  }

  static Objective objective(String text) {
    Parser parser = new Parser(new Source("", text), new Lexer(text, false));
    if (!OBJECTIVES.contains(parser.current().text())) {
      throw parser.unexpected("'maximize' or 'minimize'");
    }
    parser.parseObjective();
    parser.takeIf(";");
    if (parser.current().kind() != Kind.END) {
      throw parser.unexpected("the end of the objective");
    }
    return parser.objective;
  }

  private void statement() {
    Token start = current();
    if (start.kind() == Kind.NAME) {
      boolean beforeName = following().kind() == Kind.NAME;
      if (start.isName("const") && beforeName) {
        parseConstant();
        return;
      }
      if (start.isName("let") && beforeName) {
        parseLet();
        return;
      }
      if (start.isName("var") && beforeName) {
        parseDeclaration();
        return;
      }
      if (OBJECTIVES.contains(start.text()) && beginsTerm(following())) {
        parseObjective();
        return;
      }
    }
    List<Rule> alternatives = condition(parseAny());
    rules.add(alternatives.size() == 1 ? alternatives.get(0) : anyOf(start, alternatives));
  }

  private AnyOf anyOf(Token start, List<Rule> alternatives) {
    return new AnyOf(origin(start), List.copyOf(alternatives));
  }

  /** Whether a term can begin so, and nothing that upstream allows after a variable. */
  private static boolean beginsTerm(Token token) {
    return token.kind() == Kind.NAME
        || token.kind() == Kind.INTEGER
        || token.is("(")
        || token.is("-")
        || token.is("[");
  }

  private void parseConstant() {
    take();
    Token name = newName("the name of the constant");
    expect("=");
    onlyConstants = true;
    Term value = parseTerm("as a constant");
    onlyConstants = false;
    if (value.hasSet()) {
      throw source.fault(name, "a constant has one value", "a let, or var … in {…}");
    }
    constants.put(name.text(), new Definition(name, value.expr()));
  }

  private void parseLet() {
    take();
    Token name = newName("the name of the term");
    expect("=");
    lets.put(name.text(), parseTerm("as a let"));
    letNames.put(name.text(), name);
  }

  private void parseDeclaration() {
    take();
    Token name = expectName("the name of the variable");
    Token there = definition(name);
    if (there == null && declarations.containsKey(name.text())) {
      there = declarations.get(name.text()).name();
    }
    if (there != null) {
      throw taken(name, there);
    }
    if (!current().isName("in")) {
      throw unexpected("'in'");
    }
    take();
    onlyConstants = true;
    List<Declaration.Item> items = new ArrayList<>();
    String close = current().is("{") ? "}" : current().is("[") ? "]" : null;
    if (close != null) {
      take();
    }
    do {
      items.add(parseDomainItem());
    } while (close != null && takeIf(","));
    if (close != null && !current().is(close)) {
      throw unexpected("',' or '" + close + "'");
    }
    if (close != null) {
      take();
    }
    if (close == null && items.get(0).to() == null) {
      throw unexpected("'..' and the largest value, or a set such as {8, 16}");
    }
    onlyConstants = false;
    declarations.put(name.text(), new Declaration(name, List.copyOf(items)));
    variables.putIfAbsent(name.text(), name);
  }

  private Declaration.Item parseDomainItem() {
    Token start = current();
    Expr from = bound();
    if (!takeIf("..")) {
      return new Declaration.Item(start, from, null, null);
    }
    Expr to = bound();
    if (!current().isName("step")) {
      return new Declaration.Item(start, from, to, null);
    }
    take();
    return new Declaration.Item(start, from, to, bound());
  }

  private Expr bound() {
    Token start = current();
    Term bound = parseSumTerm("in a domain");
    if (bound.hasSet()) {
      throw source.fault(start, "a set in a domain", "a number");
    }
    return bound.expr();
  }

  private void parseObjective() {
    Token start = take();
    if (objective != null) {
      throw source.fault(
          start, "a second objective", "one; the first is on line " + objective.origin().line());
    }
    Token at = current();
    Term term = parseTerm("as the objective");
    if (term.hasSet()) {
      throw source.fault(at, "a set in the objective", "a variable declared with var … in {…}");
    }
    objective = new Objective(start.isName("maximize"), term.expr(), origin(start));
  }

  /** A name that nothing else has, and that no rule has used. */
  private Token newName(String what) {
    Token name = expectName(what);
    Token there = definition(name);
    if (there == null) {
      there = variables.get(name.text());
    }
    if (there != null) {
      throw taken(name, there);
    }
    return name;
  }

  private Token definition(Token name) {
    Definition constant = constants.get(name.text());
    return constant != null ? constant.name() : letNames.get(name.text());
  }

  private RuleException taken(Token name, Token there) {
    return source.fault(
        name,
        Source.quoted(name) + " is already used on line " + there.line(),
        "another name, or the definition before the first use");
  }

  @Override
  Term resolve(Token name) {
    Term let = lets.get(name.text());
    if (let != null && !onlyConstants) {
      return let;
    }
    if (!constants.containsKey(name.text())) {
      if (onlyConstants) {
        throw source.fault(
            name,
            Source.quoted(name) + " is no constant defined above",
            "constants and numbers only");
      }
      variables.putIfAbsent(name.text(), name);
    }
    return Term.leaf(new Name(name.text()), 1, LONG_BITS, 1);
  }
}
