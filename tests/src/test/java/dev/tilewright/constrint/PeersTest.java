package dev.tilewright.constrint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Our solver against brute force, choco-solver and OR-Tools CP-SAT on random rule sets. Brute force
 * decides: the peers err, refuse (beyond 32 or 62 bits) or take minutes (choco's modulo of large
 * numbers), so they are asked only where the numbers stay small.
 */
final class PeersTest {
  private static final boolean DEEP = Boolean.getBoolean("tilewright.deep");

  private static final Comparator<List<Long>> LEXICOGRAPHIC =
      (a, b) -> {
        for (int i = 0; i < a.size(); i++) {
          int sign = Long.compare(a.get(i), b.get(i));
          if (sign != 0) {
            return sign;
          }
        }
        return 0;
      };

  @Test
  void everyQueryAgreesWithBruteForce() {
    int satisfiable = 0;
    int systems = DEEP ? 20_000 : 120;
    for (int seed = 0; seed < systems; seed++) {
      RandomRules random = new RandomRules(seed, false);
      String text = random.next();
      RuleSet rules = RuleSet.parse(text);
      Solver solver = Solver.of(rules);
      String message = "seed " + seed + ":\n" + text;
      List<List<Long>> expected = bruteForce(rules);
      satisfiable += expected.isEmpty() ? 0 : 1;
      assertEquals(expected, sorted(solver), message);
      assertEquals(expected.size(), solver.solve(Query.count()).count(), message);
      checkOrder(random, solver, expected, message);
      checkBest(random, solver, expected, message);
      checkConflict(solver, expected.isEmpty(), message);
    }
    assertTrue(satisfiable > systems / 5 && satisfiable < systems, satisfiable + " satisfiable");
  }

  @Test
  void chocoHasTheSameSolutions() {
    assertTrue(compare(1L << 12, ChocoRules::solutions) > (DEEP ? 500 : 15));
  }

  @Test
  void cpSatHasTheSameSolutions() {
    String missing = CpSatRules.missing();
    if (missing != null) {
      System.out.println("skipped: " + missing);
    }
    assumeTrue(missing == null, missing);
    assertTrue(compare(1L << 40, CpSatRules::solutions) > (DEEP ? 500 : 15));
  }

  /** Compares on rule sets whose numbers a peer can hold; how many there were. */
  private static int compare(long limit, Function<RuleSet, List<List<Long>>> peer) {
    int compared = 0;
    int systems = DEEP ? 3000 : 80;
    for (int seed = 0; seed < systems; seed++) {
      String text = new RandomRules(seed, true).next();
      RuleSet rules = RuleSet.parse(text);
      if (rules.names().isEmpty() || largest(rules).compareTo(BigInteger.valueOf(limit)) >= 0) {
        continue;
      }
      String message = "seed " + seed + ":\n" + text;
      List<List<Long>> ours = sorted(Solver.of(rules));
      List<List<Long>> theirs = new ArrayList<>(peer.apply(rules));
      theirs.sort(LEXICOGRAPHIC);
      if (!ours.equals(theirs)) {
        assertEquals(bruteForce(rules), ours, message);
        assertEquals(ours, theirs, "the peer errs, brute force says; " + message);
      }
      compared++;
    }
    return compared;
  }

  /** The largest number in any term: all are sums and products of positive numbers. */
  private static BigInteger largest(RuleSet rules) {
    Function<String, BigInteger> most = name -> BigInteger.valueOf(rules.domain(name).max());
    BigInteger largest = BigInteger.ZERO;
    List<Rule> open = new ArrayList<>(rules.rules());
    while (!open.isEmpty()) {
      Rule rule = open.remove(open.size() - 1);
      if (rule instanceof AnyOf any) {
        open.addAll(any.rules());
        continue;
      }
      List<Expr> terms =
          rule instanceof Divides divides
              ? List.of(divides.dividend(), divides.divisor())
              : List.of(((Comparison) rule).left(), ((Comparison) rule).right());
      for (Expr term : terms) {
        for (BigInteger value : Evaluator.values(term, most)) {
          largest = largest.max(value);
        }
      }
    }
    return largest;
  }

  private static List<List<Long>> sorted(Solver solver) {
    List<List<Long>> found = new ArrayList<>();
    Result result =
        solver.forEach(
            Query.all(),
            values -> {
              List<Long> solution = new ArrayList<>();
              for (long value : values) {
                solution.add(value);
              }
              found.add(solution);
              return true;
            });
    assertTrue(result.complete());
    assertEquals(found.size(), result.count());
    found.sort(LEXICOGRAPHIC);
    return found;
  }

  private static void checkOrder(
      RandomRules random, Solver solver, List<List<Long>> expected, String message) {
    List<String> names = solver.variables();
    List<String> order = random.shuffled().stream().filter(names::contains).toList();
    Query query = Query.all();
    Comparator<List<Long>> comparator = Comparator.comparing(solution -> 0);
    for (String name : order) {
      boolean largest = random.coin();
      query = query.order(name, largest ? Order.LARGEST : Order.SMALLEST);
      int at = names.indexOf(name);
      Comparator<List<Long>> one = Comparator.comparing(solution -> solution.get(at));
      comparator = comparator.thenComparing(largest ? one.reversed() : one);
    }
    List<List<Long>> ordered = new ArrayList<>(expected);
    ordered.sort(comparator);
    List<List<Long>> found =
        solver.all(query).map(solution -> names.stream().map(solution::get).toList()).toList();
    assertEquals(ordered, found, message + "order " + query);
  }

  private static void checkBest(
      RandomRules random, Solver solver, List<List<Long>> expected, String message) {
    String text = random.objective();
    Objective objective = Objective.parse(text);
    List<String> names = solver.variables();
    Optional<BigInteger> best = Optional.empty();
    for (List<Long> solution : expected) {
      Map<String, BigInteger> values = new HashMap<>();
      for (int i = 0; i < names.size(); i++) {
        values.put(names.get(i), BigInteger.valueOf(solution.get(i)));
      }
      Optional<BigInteger> value = objective.value(values::get);
      if (value.isPresent()
          && (best.isEmpty()
              || value.get().compareTo(best.get()) * (objective.maximize() ? 1 : -1) > 0)) {
        best = value;
      }
    }
    assertEquals(best, solver.solve(Query.best(objective)).objective(), message + text);
  }

  private static void checkConflict(Solver solver, boolean unsatisfiable, String message) {
    List<Rule> conflict = solver.whyNot(Query.all());
    assertEquals(unsatisfiable, !conflict.isEmpty(), message);
    if (unsatisfiable) {
      assertFalse(satisfiable(solver, conflict), message + conflict);
      for (Rule rule : conflict) {
        List<Rule> others = new ArrayList<>(conflict);
        others.remove(rule);
        assertTrue(satisfiable(solver, others), message + conflict);
      }
    }
  }

  /** Each solution in the order of {@link RuleSet#names}, lexicographic. */
  private static List<List<Long>> bruteForce(RuleSet rules) {
    return trial(rules).all().stream()
        .map(solution -> rules.names().stream().map(solution::get).toList())
        .toList();
  }

  private static boolean satisfiable(Solver solver, List<Rule> some) {
    return !trial(solver.rules()).all(some).isEmpty();
  }

  private static BruteForce trial(RuleSet rules) {
    Map<String, Order> order = new LinkedHashMap<>();
    rules.names().forEach(name -> order.put(name, Order.SMALLEST));
    return new BruteForce(rules, order, Map.of());
  }
}
