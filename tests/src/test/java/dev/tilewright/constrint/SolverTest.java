package dev.tilewright.constrint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The solver's queries, their limits, and systems that are hard for solvers of 32 or 64 bits. */
final class SolverTest {
  private static Solver solver(String rules) {
    return Solver.of(RuleSet.parse(rules));
  }

  private static String all(String rules, Query query) {
    StringBuilder shown = new StringBuilder();
    Solver solver = solver(rules);
    solver.forEach(
        query,
        values -> {
          for (int i = 0; i < solver.variables().size(); i++) {
            shown.append(i == 0 ? "" : ",").append(values[i]);
          }
          shown.append(' ');
          return true;
        });
    return shown.toString().trim();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Products and powers beyond 64 bits, and right at their edge
        "x^8 <= 100000000000000000000; x <= 400 ~ 316",
        "x^8 == y; x <= 400 ~ 13",
        "var x in 1..4611686018427387904; var y in 1..4611686018427387904; x * y == 4611686018427387904 ~ 63",
        "var x in 2..4611686018427387904; var y in 2..4611686018427387904;"
            + " x * y == 4611686014132420609 ~ 1",
        "var x in 2..4611686018427387904; var y in 2..4611686018427387904;"
            + " x * y == 4611686018427387847 ~ 0",
        "var x in -4611686018427387904..4611686018427387904; x * x * x == -1000000000000000000 ~ 1",
        "x * x * x * x == 1152921504606846976 * 1152921504606846976 ~ 1",
        "x * 4611686018427387904 * y <= 4611686018427387904 * 6 ~ 14",
        "var x in -4611686018427387904..4611686018427387904 step 3; x >= 4611686018427387900 ~ 1",
        // Divisors
        "x * y == 999999000001 ~ 0",
        "536870912 % b == 0; b <= 536870912 ~ 30",
        "b * q == 536870912 ~ 30",
        "x * y * z == 720720 ~ 7290",
        "1000000 % x * y * z == 0 ~ 7056",
        "x * y * z * w == 1000000007 ~ 4",
        // What never ends by bounds alone
        "x < y; y < x ~ 0",
        "x <= y; y <= z; z <= x; x + 1 <= z ~ 0",
        "2 * x + 4 * y == 6 * z + 3 ~ 0",
        "x % 1000003 == 3; x % 999983 == 5 ~ 0",
        "x % 7 == 3; x % 11 == 5; x % 13 == 1; x <= 100000 ~ 100",
        // Variables that cancel
        "2 * A == A ~ 0",
        "A % (2 * A) == 0 ~ 0",
        "2 * A % A == 0 ~ 1073741824",
        "A * B != B * A ~ 0",
        "A == A + 1 ~ 0",
        // Counted, not walked
        "a + b <= 5; c != 3 ~ 10737418230",
        "a <= 3; b >= 1 ~ 3221225472",
        "x + y <= 1000 ~ 499500",
        "x % 12 == 0; x % 18 == 0; x <= 1000000 ~ 27777",
        "pow2(x); pow2(y); x * y <= 1048576 ~ 231",
        // Negative numbers, quotients, extremes, sets, alternatives
        "var x in -1000..1000; var y in -1000..1000; x * y == -360 ~ 48",
        "x / y == 7; x <= 1000 ~ 142",
        "q == floordiv(x, 7); x <= 100000; q % 5 == 3 ~ 19999",
        "max(x, y) <= 100; min(x, y) >= 90 ~ 121",
        "min(x, 5) == max(y, 3); x <= 100; y <= 10 ~ 100",
        "x == [8, 16, 32] * y; y <= 100; x % [3, 5] == 0 ~ 141",
        "a + b == [8,16,32,64] + [1,2,3]; a <= 1000 ~ 372",
        "x % 2 == 0 | x % 3 == 0; x <= 1000 ~ 667",
        "x * x + y * y == z * z; z <= 100 ~ 104",
      })
  void counts(String example) {
    int split = example.lastIndexOf('~');
    String rules = example.substring(0, split).trim();
    long expected = Long.parseLong(example.substring(split + 1).trim());
    Result result =
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> solver(rules).solve(Query.count()));
    assertEquals(expected, result.count());
    assertTrue(result.complete());
    assertEquals(expected > 0, result.satisfiable());
  }

  @Test
  void ordersLexicographically() {
    String rules = "a <= 2; b <= 2; c == a + b";
    assertEquals(
        "1,1,2 1,2,3 2,1,3 2,2,4",
        all(rules, Query.all().order("a", Order.SMALLEST).order("b", Order.SMALLEST)));
    assertEquals(
        "2,1,3 2,2,4 1,1,2 1,2,3",
        all(rules, Query.all().order("a", Order.LARGEST).order("b", Order.SMALLEST)));
    assertEquals(
        "2,2,4 1,2,3 2,1,3 1,1,2",
        all(rules, Query.all().order("c", Order.LARGEST).order("b", Order.LARGEST)));
    assertEquals(
        "1,2,3 2,2,4 1,1,2 2,1,3",
        all(rules, Query.all().order("b", Order.LARGEST).order("a", Order.SMALLEST)));
  }

  @Test
  void firstOfALongRangeIsAtItsEnd() {
    String rules = "x % 12345 == 7; y * 3 == x + 2; z <= 10";
    Solution first =
        solver(rules).solve(Query.first().order("x", Order.LARGEST)).solutions().get(0);
    long x = first.get("x");
    assertEquals(7, x % 12345);
    assertEquals(x + 2, 3 * first.get("y"));
    for (long larger = x + 12345; larger <= 1L << 30; larger += 12345) {
      assertTrue((larger + 2) % 3 != 0);
    }
    assertEquals(1, first.get("z"));
  }

  @Test
  void showsVariablesThatNoRuleHas() {
    Solver solver = solver("var a in {3, 5}; var b in 1..2; a >= 4");
    assertEquals(List.of("a", "b"), solver.variables());
    assertEquals("5,1 5,2", all("var a in {3, 5}; var b in 1..2; a >= 4", Query.all()));
    assertEquals(2, solver.solve(Query.count()).count());
    assertEquals("{a=5, b=1}", solver.solve(Query.first()).solutions().get(0).toString());
  }

  @Test
  void aSolutionCountsOnceHoweverItsSetsAreChosen() {
    assertEquals("2 4", all("x * [1, 2, 4] % [2, 4] == 0; x <= 5; x % 2 == 0", Query.all()));
  }

  @Test
  void findsTheBest() {
    Result result = solver("maximize x * y; x + y <= 1000").solve(Query.best());
    assertEquals(BigInteger.valueOf(250_000), result.objective().orElseThrow());
    assertEquals(500, result.solutions().get(0).get("x"));
    assertTrue(result.complete());
    Solver ties = solver("x * y == 12");
    Objective sum = Objective.parse("minimize x + y");
    assertEquals("{x=3, y=4}", ties.solve(Query.best(sum)).solutions().get(0).toString());
    assertEquals(
        "{x=4, y=3}",
        ties.solve(Query.best(sum).order("x", Order.LARGEST)).solutions().get(0).toString());
    Result huge = solver("maximize x^20; x <= 1000").solve(Query.best());
    assertEquals(BigInteger.TEN.pow(60), huge.objective().orElseThrow());
    assertFalse(solver("minimize x; x < 1").solve(Query.best()).satisfiable());
    assertThrows(IllegalArgumentException.class, () -> ties.solve(Query.best()));
  }

  @Test
  void keepsLimits() {
    Solver solver = solver("x <= 1000; y <= 1000; x + y != 7");
    Result some = solver.solve(Query.all().limit(5));
    assertEquals(5, some.solutions().size());
    assertFalse(some.complete());
    Result few = solver.solve(Query.count().nodes(10));
    assertFalse(few.complete());
    assertEquals(5, solver.all(Query.all().limit(5)).count());
    assertThrows(CancellationException.class, () -> solver.all(Query.all().nodes(100)).count());
    Solver endless = solver("x^2 == 2 * y^2");
    long start = System.nanoTime();
    Result late = endless.solve(Query.first().time(Duration.ofMillis(50)));
    assertFalse(late.satisfiable());
    assertFalse(late.complete());
    assertTrue(System.nanoTime() - start < 5_000_000_000L);
    assertThrows(IllegalArgumentException.class, () -> Query.all().limit(0));
  }

  @Test
  void anInterruptEndsASearch() {
    Solver endless = solver("x^2 == 2 * y^2");
    Thread.currentThread().interrupt();
    try {
      Result result = endless.solve(Query.first());
      assertFalse(result.complete());
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void answersTheSameEachTimeAndOnEachThread() {
    Solver solver = solver("x * y + z == 1000; x <= y");
    List<Solution> once = solver.all(Query.all()).toList();
    List<List<Solution>> again = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      again.add(List.of());
    }
    java.util.stream.IntStream.range(0, 4)
        .parallel()
        .forEach(i -> again.set(i, solver.all(Query.all()).toList()));
    again.forEach(list -> assertEquals(once, list));
  }

  @Test
  void saysWhichNamesThereAre() {
    RuleSet rules = RuleSet.parse("const K = 4; x * y == K");
    Exception wrong =
        assertThrows(IllegalArgumentException.class, () -> Solver.of(rules, Map.of("z", 1L)));
    assertTrue(wrong.getMessage().contains("x"), wrong.getMessage());
    Solver solver = Solver.of(rules, Map.of("K", 6L, "x", 3L));
    assertEquals(
        "{y=2}",
        solver.solve(Query.first().order("x", Order.LARGEST)).solutions().get(0).toString());
    assertThrows(
        IllegalArgumentException.class,
        () -> solver.solve(Query.first().order("w", Order.LARGEST)));
    assertThrows(
        IllegalArgumentException.class,
        () -> solver.solve(Query.first()).solutions().get(0).get("w"));
  }

  @Test
  void namesWhatConflicts() {
    Solver solver = solver("x <= 10;\ny == x * 2;\nz <= 5;\ny >= 30;\nx + z >= 2");
    Result result = solver.solve(Query.count().explain());
    assertTrue(result.complete());
    assertEquals(
        "[line 1: x <= 10, line 2: y == x * 2, line 4: y >= 30]", result.conflict().toString());
    assertEquals(List.of(), solver("x <= 10").whyNot(Query.first()));
  }

  /**
   * Upstream's own example asks for the smallest width from 2976 on that an early kernel can split
   * on the A100. Upstream's solver answers with 54 blocks over 2976 columns, which its own rule
   * forbids; there is no solution.
   */
  @Test
  void refutesUpstreamsExample() {
    String rules =
        """
        const TILE_GATE = 32; const TILE_BATCH = 8; const TILE_HIDDEN = 16; const BATCH = 8;
        const MAX_THREADS = 1024; const NUM_SM = 108; const SHARED = 165000; const PAD = 8;
        2976 <= HIDDEN_DIM;
        HIDDEN_DIM % BLOCKS_HIDDEN == 0;
        HIDDEN_DIM % BLOCKS_GATE * TILE_GATE == 0;
        HIDDEN_DIM * WARPS_HIDDEN <= MAX_THREADS * BLOCKS_GATE;
        WARPS_BATCH * TILE_BATCH == BATCH;
        HIDDEN_DIM % WARPS_HIDDEN == 0;
        HIDDEN_DIM % TILE_HIDDEN == 0;
        NUM_BLOCKS <= NUM_SM;
        NUM_BLOCKS == BLOCKS_GATE * BLOCKS_HIDDEN;
        2 * HIDDEN_DIM ^ 2 + 2 * HIDDEN_DIM * PAD + 4 * BLOCKS_HIDDEN * HIDDEN_DIM
          + 4 * BLOCKS_HIDDEN * PAD == SHARED_USED;
        SHARED_USED <= SHARED * NUM_BLOCKS;
        """;
    Solver solver = solver(rules);
    Query query = Query.first().order("HIDDEN_DIM", Order.SMALLEST);
    Result result = solver.solve(query.explain());
    assertFalse(result.satisfiable());
    assertTrue(result.complete());
    Map<String, Long> upstream =
        Map.of(
            "HIDDEN_DIM", 2976L,
            "BLOCKS_GATE", 54L,
            "BLOCKS_HIDDEN", 2L,
            "NUM_BLOCKS", 108L,
            "WARPS_HIDDEN", 1L,
            "WARPS_BATCH", 1L,
            "SHARED_USED", 17784640L);
    assertEquals(
        List.of("HIDDEN_DIM % BLOCKS_GATE * TILE_GATE == 0"),
        solver.rules().rules().stream()
            .filter(rule -> !rule.holds(name -> BigInteger.valueOf(upstream.get(name))))
            .map(Rule::text)
            .toList());
    // Were that rule not there, its answer would be the first.
    Solver without = solver(rules.replace("HIDDEN_DIM % BLOCKS_GATE * TILE_GATE == 0;", ""));
    assertEquals(2976, without.solve(query).solutions().get(0).get("HIDDEN_DIM"));
  }
}
