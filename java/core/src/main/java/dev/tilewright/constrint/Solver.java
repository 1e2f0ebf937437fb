package dev.tilewright.constrint;

import java.util.List;
import java.util.Map;

/** Stub. */
public final class Solver {
  /** Takes solutions. */
  public interface Visitor {
    /** Takes one; false ends. */
    boolean accept(long[] values);
  }

  private Solver() {}

  /** Stub. */
  public static Solver of(RuleSet rules) {
    return new Solver();
  }

  /** Stub. */
  public static Solver of(RuleSet rules, Map<String, Long> constants) {
    return new Solver();
  }

  /** Stub. */
  public Result solve(Query query) {
    return new Result(false, true, 0, List.of(), 0, 0, List.of());
  }

  /** Stub. */
  public List<String> variables() {
    return List.of();
  }

  /** Stub. */
  public void forEach(Query query, Visitor visitor) {}

  /** Stub. */
  public List<Rule> whyNot(Query query) {
    return List.of();
  }
}
