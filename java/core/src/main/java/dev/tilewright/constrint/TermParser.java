package dev.tilewright.constrint;

import dev.tilewright.constrint.Expr.Difference;
import dev.tilewright.constrint.Expr.Extremum;
import dev.tilewright.constrint.Expr.Num;
import dev.tilewright.constrint.Expr.Power;
import dev.tilewright.constrint.Expr.Product;
import dev.tilewright.constrint.Expr.Quotient;
import dev.tilewright.constrint.Expr.Remainder;
import dev.tilewright.constrint.Expr.Rounding;
import dev.tilewright.constrint.Expr.SetOf;
import dev.tilewright.constrint.Expr.Sum;
import dev.tilewright.constrint.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Terms, by recursive descent, loosest first: {@code %}, sum, product, sign, power, atom.
 * Parentheses may hold a condition as well as a term, so each level returns an {@link Item} that is
 * one of them, and what needs a term says so.
 */
abstract class TermParser extends TokenCursor {
  private static final Set<String> FUNCTIONS = Set.of("min", "max", "ceildiv", "floordiv", "pow2");
  private static final String A_TERM = "a number, a name, '[' or '('";

  private int nesting;
  private long nodes;

  /** A term, or the alternatives of a condition. */
  record Item(Token start, Term term, List<Rule> rules) {}

  TermParser(Source source, Lexer lexer) {
    super(source, lexer);
  }

  /** What a name stands for at this place. */
  abstract Term resolve(Token name);

  /** What parentheses and arguments may hold: a term or a condition. */
  abstract Item parseAny();

  /** {@code %} binds loosest of all arithmetic, as upstream: A % B * C is A % (B * C). */
  final Item parseRemainder() {
    Item left = parseSum();
    if (!current().is("%")) {
      return left;
    }
    Token at = take();
    Term dividend = term(left, "before '%'");
    Term divisor = term(parseSum(), "after '%'");
    if (current().is("%")) {
      throw source.fault(current(), "a second '%' in one term", "parentheses around the first");
    }
    return new Item(
        left.start(),
        check(
            at,
            Term.of(
                new Remainder(dividend.expr(), divisor.expr()),
                List.of(dividend, divisor),
                Math.max(dividend.bits(), divisor.bits()))),
        null);
  }

  /** A term without {@code %} outside of parentheses: an operand of {@code %}, a bound. */
  final Term parseSumTerm(String where) {
    return term(parseSum(), where);
  }

  /** A whole term. */
  final Term parseTerm(String where) {
    return term(parseRemainder(), where);
  }

  private Item parseSum() {
    Item first = parseProduct();
    if (!current().is("+") && !current().is("-")) {
      return first;
    }
    Token at = current();
    List<Term> plus = new ArrayList<>();
    List<Term> minus = new ArrayList<>();
    plus.add(term(first, "before '" + at.text() + "'"));
    while (current().is("+") || current().is("-")) {
      Token sign = take();
      Term next = term(parseProduct(), "after '" + sign.text() + "'");
      (sign.is("+") ? plus : minus).add(next);
      count(1);
    }
    Term sum = sum(at, plus);
    if (minus.isEmpty()) {
      return new Item(first.start(), sum, null);
    }
    return new Item(first.start(), difference(at, sum, sum(at, minus)), null);
  }

  private Term sum(Token at, List<Term> terms) {
    if (terms.size() == 1) {
      return terms.get(0);
    }
    long bits = Term.maxBits(terms) + 32 - Integer.numberOfLeadingZeros(terms.size());
    return check(at, Term.of(new Sum(Term.exprs(terms)), terms, bits));
  }

  private Term difference(Token at, Term left, Term right) {
    return check(
        at,
        Term.of(
            new Difference(left.expr(), right.expr()),
            List.of(left, right),
            Math.max(left.bits(), right.bits()) + 1));
  }

  private Item parseProduct() {
    Item first = parseSigned();
    if (!current().is("*") && !current().is("/")) {
      return first;
    }
    Token at = current();
    List<Term> factors = new ArrayList<>();
    factors.add(term(first, "before '" + at.text() + "'"));
    while (current().is("*") || current().is("/")) {
      Token operator = take();
      Term next = term(parseSigned(), "after '" + operator.text() + "'");
      if (operator.is("*")) {
        factors.add(next);
        count(1);
      } else {
        Term dividend = product(operator, factors);
        factors = new ArrayList<>();
        factors.add(quotient(operator, Rounding.EXACT, dividend, next));
      }
    }
    return new Item(first.start(), product(at, factors), null);
  }

  private Term product(Token at, List<Term> factors) {
    return factors.size() == 1
        ? factors.get(0)
        : check(at, Term.of(new Product(Term.exprs(factors)), factors, Term.sumBits(factors)));
  }

  private Term quotient(Token at, Rounding rounding, Term dividend, Term divisor) {
    return check(
        at,
        Term.of(
            new Quotient(rounding, dividend.expr(), divisor.expr()),
            List.of(dividend, divisor),
            dividend.bits() + 1));
  }

  /** Signs bind tighter than products and looser than powers: {@code -2 ^ 2} is −4. */
  private Item parseSigned() {
    Token start = current();
    boolean negative = false;
    boolean signed = false;
    while (current().is("-") || current().is("+")) {
      negative ^= take().is("-");
      signed = true;
    }
    Item operand = parsePower();
    if (!signed) {
      return operand;
    }
    Term term = term(operand, "after the sign");
    if (negative && term.expr() instanceof Num num) {
      return new Item(start, Term.leaf(new Num(num.value().negate()), 1, term.bits(), 1), null);
    }
    if (negative) {
      term = difference(start, Term.leaf(new Num(BigInteger.ZERO), 1, 1, 1), term);
    }
    return new Item(start, term, null);
  }

  private Item parsePower() {
    Item base = parseAtom();
    if (!current().is("^")) {
      return base;
    }
    Token at = take();
    Term b = term(base, "before '^'");
    if (current().kind() != Kind.INTEGER) {
      throw unexpected("an integer as the exponent");
    }
    Token digits = take();
    BigInteger exponent = digits.text().length() > 6 ? null : new BigInteger(digits.text());
    if (exponent == null || exponent.intValue() > Limits.EXPONENT) {
      throw source.fault(digits, "the exponent is too large", "at most " + Limits.EXPONENT);
    }
    if (current().is("^")) {
      throw source.fault(current(), "a second '^' in one power", "parentheses around the first");
    }
    int e = exponent.intValue();
    return new Item(
        base.start(), check(at, Term.of(new Power(b.expr(), e), List.of(b), b.bits() * e)), null);
  }

  private Item parseAtom() {
    Token start = current();
    if (start.kind() == Kind.INTEGER) {
      BigInteger value = integer();
      return leaf(start, Term.leaf(new Num(value), 1, value.bitLength(), 1));
    }
    if (start.kind() == Kind.NAME) {
      if (following().is("(")) {
        return parseCall();
      }
      return leaf(start, resolve(take()));
    }
    if (start.is("[")) {
      return leaf(start, parseSet());
    }
    if (start.is("(")) {
      enter();
      take();
      Item inner = parseAny();
      if (!current().is(")")) {
        throw unexpected("')' for the '(' of line " + start.line() + ", column " + start.column());
      }
      take();
      nesting--;
      return new Item(start, inner.term(), inner.rules());
    }
    throw unexpected(A_TERM);
  }

  private Item leaf(Token start, Term term) {
    count(term.nodes());
    return new Item(start, term, null);
  }

  /** The current token as a number. */
  private BigInteger integer() {
    if (current().kind() != Kind.INTEGER) {
      throw unexpected("an integer");
    }
    if (current().text().length() > Limits.DIGITS) {
      throw source.fault(
          current(), "an integer of too many digits", "at most " + Limits.DIGITS + " digits");
    }
    Token token = take();
    if (current().kind() == Kind.NAME && current().start() == token.end()) {
      throw unexpected("an operator between a number and a name");
    }
    return new BigInteger(token.text());
  }

  private Term parseSet() {
    expect("[");
    TreeSet<BigInteger> values = new TreeSet<>();
    do {
      boolean negative = takeIf("-");
      BigInteger value = integer();
      values.add(negative ? value.negate() : value);
      count(1);
    } while (takeIf(","));
    if (!current().is("]")) {
      throw unexpected("',' or ']'");
    }
    take();
    long bits = Math.max(values.first().bitLength(), values.last().bitLength());
    if (values.size() == 1) {
      return Term.leaf(new Num(values.first()), 1, bits, 1);
    }
    return Term.leaf(new SetOf(List.copyOf(values)), values.size(), bits, values.size());
  }

  private Item parseCall() {
    Token name = current();
    if (!FUNCTIONS.contains(name.text())) {
      throw source.fault(
          name,
          "there is no function " + Source.quoted(name),
          "min, max, ceildiv, floordiv, pow2, or an operator before '('");
    }
    enter();
    take();
    expect("(");
    List<Term> arguments = new ArrayList<>();
    do {
      arguments.add(term(parseAny(), "as an argument of " + name.text()));
      count(1);
    } while (takeIf(","));
    if (!current().is(")")) {
      throw unexpected("',' or ')'");
    }
    take();
    nesting--;
    int wanted = name.isName("pow2") ? 1 : name.text().endsWith("div") ? 2 : arguments.size();
    if (arguments.size() != wanted) {
      throw source.fault(
          name,
          name.text() + " with " + arguments.size() + " arguments",
          wanted == 1 ? "one" : "two");
    }
    Term first = arguments.get(0);
    return switch (name.text()) {
      case "pow2" -> {
        if (first.choices() > Limits.CHOICES) {
          throw source.fault(
              name, "the sets of this constraint allow too many choices", limit(Limits.CHOICES));
        }
        yield new Item(name, null, List.of(new Pow2(origin(name), first.expr())));
      }
      case "ceildiv" ->
          new Item(name, quotient(name, Rounding.CEIL, first, arguments.get(1)), null);
      case "floordiv" ->
          new Item(name, quotient(name, Rounding.FLOOR, first, arguments.get(1)), null);
      default -> new Item(name, extremum(name, arguments), null);
    };
  }

  private Term extremum(Token name, List<Term> terms) {
    return check(
        name,
        Term.of(new Extremum(name.isName("max"), Term.exprs(terms)), terms, Term.maxBits(terms)));
  }

  // ---- what an item must be, and limits

  final Term term(Item item, String where) {
    if (item.term() == null) {
      throw source.fault(item.start(), "a condition " + where, "a number");
    }
    return item.term();
  }

  /** The alternatives of a condition. */
  final List<Rule> condition(Item item) {
    if (item.rules() == null) {
      throw unexpected("an operator or a comparison ('==', '!=', '<=', '<', '>=', '>')");
    }
    return item.rules();
  }

  private void enter() {
    if (++nesting > Limits.DEPTH) {
      throw source.fault(current(), "parentheses too deep", limit(Limits.DEPTH));
    }
  }

  /** Counts nodes of the file. */
  private void count(long more) {
    nodes += more;
    if (nodes > Limits.NODES) {
      throw source.fault(
          current(), "the rules are too long (each use of a let counts)", limit(Limits.NODES));
    }
  }

  final Term check(Token at, Term term) {
    if (term.depth() > Limits.DEPTH) {
      throw source.fault(at, "the term is too deep", limit(Limits.DEPTH) + " levels");
    }
    if (term.nodes() > Limits.NODES) {
      throw source.fault(at, "the term is too long", limit(Limits.NODES));
    }
    if (term.bits() > Limits.BITS) {
      throw source.fault(at, "the term can become too large", limit(Limits.BITS) + " bits");
    }
    return term;
  }

  static String limit(int most) {
    return "at most " + most;
  }
}
