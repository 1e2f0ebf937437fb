package dev.tilewright.constrint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.constrint.RandomSystems.SystemOfRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** The solver against brute force, on random rules with every construct of the language. */
class SolverPropertyTest {

  @Provide
  Arbitrary<SystemOfRules> systems() {
    return RandomSystems.systems(false);
  }

  @Provide
  Arbitrary<SystemOfRules> declared() {
    return RandomSystems.systems(true);
  }

  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void answersEveryQueryAsBruteForceDoes(@ForAll("systems") SystemOfRules system) {
    compare(system);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void conflictsAreMinimal(@ForAll("declared") SystemOfRules system) {
    explain(system);
  }

  @Property(tries = 30_000, edgeCases = EdgeCasesMode.NONE)
  @AddLifecycleHook(DeepOnly.class)
  void answersMoreQueriesAsBruteForceDoes(@ForAll("systems") SystemOfRules system) {
    compare(system);
  }

  @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
  @AddLifecycleHook(DeepOnly.class)
  void moreConflictsAreMinimal(@ForAll("declared") SystemOfRules system) {
    explain(system);
  }

  private static void compare(SystemOfRules system) {
    RuleSet rules = system.rules();
    List<Map<String, Long>> expected = system.bruteForce(rules).all();
    Solver solver = Solver.of(rules);
    Result all = solver.solve(system.ordered(Query.all()));
    assertEquals(expected, values(all.solutions()), "all");
    assertTrue(all.complete());
    assertEquals(expected.size(), all.count());
    assertEquals(!expected.isEmpty(), all.satisfiable());

    Result count = solver.solve(Query.count());
    assertEquals(expected.size(), count.count(), "count");
    assertTrue(count.complete());

    Result first = solver.solve(system.ordered(Query.first()));
    assertEquals(
        expected.subList(0, Math.min(1, expected.size())), values(first.solutions()), "first");

    int some = Math.max(1, expected.size() / 2);
    assertEquals(
        expected.subList(0, Math.min(some, expected.size())),
        values(solver.solve(system.ordered(Query.all()).limit(some)).solutions()),
        "limit");
    assertEquals(expected, values(solver.all(system.ordered(Query.all())).toList()), "stream");

    Objective objective = rules.objective().orElseThrow();
    Optional<Map<String, Long>> best = BruteForce.best(objective, expected);
    Result found = solver.solve(system.ordered(Query.best()));
    if (best.isPresent()) {
      assertEquals(List.of(best.get()), values(found.solutions()), "best");
      assertEquals(
          objective.value(n -> BruteForce.big(best.get(), n)), found.objective(), "objective");
      assertTrue(found.complete());
    } else {
      assertTrue(found.objective().isEmpty(), "no best");
    }
  }

  private static void explain(SystemOfRules system) {
    RuleSet rules = system.rules();
    BruteForce bruteForce = system.bruteForce(rules);
    List<Rule> conflict = Solver.of(rules).whyNot(system.ordered(Query.first()));
    if (!bruteForce.all().isEmpty()) {
      assertEquals(List.of(), conflict);
      return;
    }
    assertFalse(conflict.isEmpty());
    assertEquals(List.of(), bruteForce.all(conflict), "the conflict is satisfiable");
    for (int i = 0; i < conflict.size(); i++) {
      List<Rule> fewer = new ArrayList<>(conflict);
      Rule left = fewer.remove(i);
      assertFalse(bruteForce.all(fewer).isEmpty(), () -> left + " is too many in " + conflict);
    }
  }

  private static List<Map<String, Long>> values(List<Solution> solutions) {
    return solutions.stream().map(Solution::values).toList();
  }
}
