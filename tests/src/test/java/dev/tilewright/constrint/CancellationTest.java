package dev.tilewright.constrint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules of which nothing is left but a truth or a falsehood when their variables cancel. */
class CancellationTest {
  private static final String DOMAINS = ";var A in 1..30; var B in 1..30; var C in 1..30";

  @ParameterizedTest
  @CsvSource({
    "A * B != B * A, 0",
    "A * B < B * A, 0",
    "A * B <= B * A, 27000",
    "A * B == B * A, 27000",
    "A - C != A - C, 0",
    "A - C >= A - C, 27000",
    "A - C == A - C + 1, 0",
    "2 * A - A == A, 27000",
    "A == A + 1, 0",
    "A <= A + 1, 27000",
    "A < A, 0",
    "A % A == 0, 27000",
    "A % A == 1, 0",
    "A * B % (2 * A * B) == 0, 0",
    "2 * A * B % (A * B) == 0, 27000",
    "A / A == 1, 27000",
    "(A + B) ^ 2 - A ^ 2 - B ^ 2 - 2 * A * B == 0, 27000",
    "(A + B) ^ 2 - A ^ 2 - B ^ 2 - 2 * A * B != 0, 0",
    "max(A; B) < min(A; B), 0",
    "A != A | B == 1, 900",
    "A == A | B == 1, 27000",
    "A ^ 0 == 1, 27000",
    "A ^ 0 != 1, 0",
  })
  void isDecided(String rule, long solutions) {
    RuleSet rules = RuleSet.parse(rule.replace("; ", ", ") + DOMAINS);
    assertEquals(solutions, Solver.of(rules).solve(Query.count()).count(), rule);
    long first = Solver.of(rules).solve(Query.first()).count();
    assertEquals(Math.min(1, solutions), first, rule);
  }

  /** Over all of 1 … 2³⁰, where trying values would never end. */
  @ParameterizedTest
  @CsvSource({"A == A + 1", "A < A", "A * B != B * A", "A * B > B * A", "A + B != B + A"})
  void isDecidedOverHugeDomains(String rule) {
    Result result = Solver.of(RuleSet.parse(rule)).solve(Query.first());
    assertEquals("false true", result.satisfiable() + " " + result.complete(), rule);
  }
}
