package dev.tilewright.constrint;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * The answer to a query.
 *
 * @param satisfiable whether a solution was found; when false and {@code complete}, there is none
 * @param complete whether the answer is final: false when a limit or an interrupt came first. The
 *     rest of the record is then what was found until that moment
 * @param count the solutions found, saturated at {@link Long#MAX_VALUE}
 * @param solutions those that the query asks for: one for {@code first} and {@code best}, each for
 *     {@code all}, none for {@code count}
 * @param objective the objective of the best solution
 * @param nodes candidate values tried
 * @param nanos time taken, in nanoseconds
 * @param conflict what {@link Query#explain} asks for: rules that cannot hold together although all
 *     of them but any one can; empty when satisfiable
 */
public record Result(
    boolean satisfiable,
    boolean complete,
    long count,
    List<Solution> solutions,
    Optional<BigInteger> objective,
    long nodes,
    long nanos,
    List<Rule> conflict) {
  public Result {
    solutions = List.copyOf(solutions);
    conflict = List.copyOf(conflict);
  }
}
