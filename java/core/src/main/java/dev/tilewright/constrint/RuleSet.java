package dev.tilewright.constrint;

import dev.tilewright.constrint.Parser.Declaration;
import dev.tilewright.constrint.Parser.Definition;
import dev.tilewright.constrint.Parser.Program;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * A rule file: constraints over integer variables, constants, an objective. Immutable. {@code
 * seeds/constrint.md} has the grammar and what each construct means.
 *
 * <p>Variables that no {@code var} declares range over 1 … 2³⁰. Terms are exact, whatever their
 * size.
 */
public final class RuleSet {
  private final Source source;
  private final boolean ignoresParentheses;
  private final Program program;

  /** What callers bound. */
  private final Map<String, Long> given;

  /** Constants and bound variables. */
  private final Map<String, Long> values;

  private final Map<String, Long> constants;
  private final List<Rule> rules;
  private final List<String> names;
  private final Map<String, Domain> domains;
  private final Objective objective;

  /** Puts the values of {@code given} in place of constants and variables. */
  private RuleSet(
      Source source, boolean ignoresParentheses, Program program, Map<String, Long> given) {
    this.source = source;
    this.ignoresParentheses = ignoresParentheses;
    this.program = program;
    this.given = given;
    values = new LinkedHashMap<>();
    for (Definition constant : program.constants()) {
      String name = constant.name().text();
      Long value = given.get(name);
      values.put(name, value != null ? value : value(constant.expr(), constant.name(), values));
    }
    constants = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    Map<String, Domain> declared = new LinkedHashMap<>();
    for (Map.Entry<String, Declaration> entry : program.declarations().entrySet()) {
      declared.put(entry.getKey(), domain(entry.getValue(), values));
    }
    List<String> free = new ArrayList<>();
    for (String name : program.variables()) {
      Long value = given.get(name);
      if (value == null) {
        free.add(name);
        continue;
      }
      Domain domain = declared.remove(name);
      if (domain != null && !domain.contains(value)) {
        throw new IllegalArgumentException(
            name + " = " + value + " is not in its domain " + domain);
      }
      values.put(name, value);
    }
    names = Collections.unmodifiableList(free);
    domains = Collections.unmodifiableMap(declared);
    Substitution substitution = new Substitution(values);
    rules = Collections.unmodifiableList(substitution.rules(program.rules()));
    objective = program.objective() == null ? null : substitution.objective(program.objective());
  }

  /**
   * Reads rules.
   *
   * @throws RuleException when they cannot be read
   */
  public static RuleSet parse(String text) {
    return parse("", text);
  }

  /**
   * Reads rules. Where {@code source} ends in {@code .constrint} and the text uses nothing that
   * upstream's language lacks, parentheses are white space, as upstream has it; else they group.
   *
   * @param source name of the file, for messages; may be empty
   * @throws RuleException when they cannot be read
   */
  public static RuleSet parse(String source, String text) {
    Source file = new Source(source, text);
    Lexer lexer = new Lexer(text, Dialect.ignoresParentheses(file));
    Program program = Parser.program(file, lexer);
    return new RuleSet(file, lexer.ignored(), program, Map.of());
  }

  /**
   * The same rules with values for constants and variables. What other constants are computed from
   * a constant is computed from the new value.
   *
   * @param values new values; may be empty
   * @throws IllegalArgumentException when a name is neither a constant nor a variable here, or a
   *     value is not in the declared domain
   * @throws RuleException when a constant or a domain that depends on the values becomes invalid
   */
  public RuleSet bind(Map<String, Long> values) {
    if (values.isEmpty()) {
      return this;
    }
    Set<String> known = new LinkedHashSet<>(constants.keySet());
    known.addAll(names);
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "no constant or variable '" + name + "'; there: " + String.join(", ", known));
      }
    }
    Map<String, Long> all = new LinkedHashMap<>(given);
    all.putAll(values);
    return new RuleSet(source, ignoresParentheses, program, all);
  }

  /** The name of the file; empty where it has none. */
  public String source() {
    return source.name();
  }

  /**
   * Whether the file has parentheses that were read as white space, see {@link #parse(String,
   * String)}.
   */
  public boolean ignoresParentheses() {
    return ignoresParentheses;
  }

  /** The constraints in the order of the file; constants are replaced by their values. */
  public List<Rule> rules() {
    return rules;
  }

  /** Each {@code const} with its value, in the order of the file. */
  public Map<String, Long> constants() {
    return constants;
  }

  /** The variables, in order of their first appearance. */
  public List<String> names() {
    return names;
  }

  /** What {@code maximize} or {@code minimize} states. */
  public Optional<Objective> objective() {
    return Optional.ofNullable(objective);
  }

  /** The domain of each variable that {@code var} declares. */
  Map<String, Domain> domains() {
    return domains;
  }

  /** The domain of a variable. */
  Domain domain(String name) {
    return domains.getOrDefault(name, Domain.DEFAULT);
  }

  /** Whether a name is a variable, a constant, or was either before it was bound. */
  boolean knows(String name) {
    return values.containsKey(name) || names.contains(name);
  }

  /** Whether the domain of a variable has this value; the rules may still refuse it. */
  public boolean allows(String name, long value) {
    return domain(name).contains(value);
  }

  /** The objective with the values of this rule set's constants in place of their names. */
  Objective bind(Objective objective) {
    return new Substitution(values).objective(objective);
  }

  /**
   * Whether these values are a solution: each variable is in its domain and each rule {@link
   * Rule#holds}.
   *
   * @param values a value for each of {@link #names}
   */
  public boolean holds(Function<String, BigInteger> values) {
    for (String name : names) {
      BigInteger value = values.apply(name);
      if (value == null) {
        throw new IllegalArgumentException("no value for " + name);
      }
      if (value.bitLength() > 63 || !domain(name).contains(value.longValue())) {
        return false;
      }
    }
    return rules.stream().allMatch(rule -> rule.holds(values));
  }

  @Override
  public String toString() {
    return rules.stream().map(Rule::text).collect(Collectors.joining("; "));
  }

  private Domain domain(Declaration declaration, Map<String, Long> values) {
    List<Declaration.Item> items = declaration.items();
    if (items.size() == 1) {
      return domain(items.get(0), values);
    }
    LongStream.Builder all = LongStream.builder();
    long count = 0;
    for (Declaration.Item item : items) {
      Domain part = domain(item, values);
      count += part.size();
      if (count > Limits.VALUES) {
        throw source.fault(
            item.start(),
            "the domain has too many values",
            "at most " + Limits.VALUES + ", or one range");
      }
      for (long i = 0, value = part.min(); i < part.size(); i++, value += part.step()) {
        all.add(value);
      }
    }
    return Domain.of(all.build().toArray());
  }

  private Domain domain(Declaration.Item item, Map<String, Long> values) {
    long from = bound(item.from(), item, values);
    long to = item.to() == null ? from : bound(item.to(), item, values);
    long step = item.step() == null ? 1 : bound(item.step(), item, values);
    if (step < 1) {
      throw source.fault(item.start(), "the step is " + step, "at least 1");
    }
    if (from > to) {
      throw source.fault(
          item.start(), "the range " + from + ".." + to + " is empty", "the smaller bound first");
    }
    return Domain.range(from, to, step);
  }

  private long bound(Expr expr, Declaration.Item item, Map<String, Long> values) {
    long value = value(expr, item.start(), values);
    if (value > Domain.LIMIT || value < -Domain.LIMIT) {
      throw source.fault(item.start(), value + " is too large for a domain", "at most 2^62");
    }
    return value;
  }

  /** The value of a term over constants. */
  private long value(Expr expr, Token at, Map<String, Long> values) {
    Optional<BigInteger> value =
        Evaluator.values(expr, name -> BigInteger.valueOf(values.get(name))).stream().findFirst();
    if (value.isEmpty()) {
      throw source.fault(at, "no value: a division by 0 or with a remainder", "an integer");
    }
    if (value.get().bitLength() > 63) {
      throw source.fault(at, "the value is too large", "a number of 64 bits");
    }
    return value.get().longValue();
  }
}
