package dev.tilewright.constrint;

import dev.tilewright.constrint.Expr.Difference;
import dev.tilewright.constrint.Expr.Num;
import dev.tilewright.constrint.Expr.Product;
import dev.tilewright.constrint.Expr.SetOf;
import dev.tilewright.constrint.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Conditions, loosest first: {@code |}, comparison. Each is one rule or the alternatives of one.
 */
abstract class ConditionParser extends TermParser {
  private static final List<Comparison.Op> COMPARISONS = List.of(Comparison.Op.values());

  ConditionParser(Source source, Lexer lexer) {
    super(source, lexer);
  }

  /** Alternatives joined by {@code |}. A doubled or trailing bar is upstream's {@code ||}. */
  @Override
  final Item parseAny() {
    Item first = parseComparison();
    if (!current().is("|")) {
      return first;
    }
    List<Rule> rules = new ArrayList<>(condition(first));
    while (current().is("|")) {
      take();
      if (!current().is("|")
          && !current().is(";")
          && !current().is(")")
          && current().kind() != Kind.END) {
        rules.addAll(condition(parseComparison()));
      }
    }
    return new Item(first.start(), null, rules);
  }

  private Item parseComparison() {
    Item left = parseRemainder();
    Comparison.Op op = comparison();
    if (op == null) {
      return left;
    }
    Token at = current();
    Term l = term(left, "on the left of '" + op.symbol() + "'");
    take();
    Item right = parseRemainder();
    Term r = term(right, "on the right of '" + op.symbol() + "'");
    if (comparison() != null) {
      throw source.fault(
          current(), "a second comparison in one constraint", "';' and a constraint of its own");
    }
    if (Term.choices(l.choices(), r.choices()) > Limits.CHOICES) {
      throw source.fault(
          left.start(),
          "the sets of this constraint allow too many choices",
          limit(Limits.CHOICES));
    }
    Origin origin = origin(left.start());
    if (op == Comparison.Op.NE && (l.hasSet() || r.hasSet())) {
      return new Item(left.start(), null, List.of(noneOf(origin, l, r, at)));
    }
    return new Item(left.start(), null, List.of(Comparison.rule(origin, op, l.expr(), r.expr())));
  }

  private Comparison.Op comparison() {
    if (current().is("=")) {
      throw unexpected("'==' (one '=' only follows the name of a const or let)");
    }
    if (current().kind() != Kind.SYMBOL) {
      return null;
    }
    for (Comparison.Op op : COMPARISONS) {
      if (op.symbol().equals(current().text())) {
        return op;
      }
    }
    return null;
  }

  /**
   * {@code A != [8, 16]} means neither, for "some value differs" would always be true: the product
   * of the differences is not 0.
   */
  private Rule noneOf(Origin origin, Term left, Term right, Token at) {
    boolean setOnLeft = left.expr() instanceof SetOf;
    Term other = setOnLeft ? right : left;
    if (!((setOnLeft ? left : right).expr() instanceof SetOf set) || other.hasSet()) {
      throw source.fault(
          at,
          "in '!=' a set must be a whole side, and the only one",
          "a constraint for each value, such as A != 2 * 8; A != 2 * 16");
    }
    List<Term> differences = new ArrayList<>();
    for (BigInteger value : set.values()) {
      Term number = Term.leaf(new Num(value), 1, value.bitLength(), 1);
      differences.add(
          check(
              at,
              Term.of(
                  new Difference(other.expr(), number.expr()),
                  List.of(other, number),
                  Math.max(other.bits(), number.bits()) + 1)));
    }
    Term product =
        check(
            at,
            Term.of(new Product(Term.exprs(differences)), differences, Term.sumBits(differences)));
    return new Comparison(origin, Comparison.Op.NE, product.expr(), new Num(BigInteger.ZERO));
  }
}
