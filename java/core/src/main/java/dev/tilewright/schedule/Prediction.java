package dev.tilewright.schedule;

import java.util.List;
import java.util.Optional;

/**
 * What a time model says of one tile.
 *
 * @param seconds predicted time; infinite when the tile cannot run
 * @param terms what the time is made of, in the model's order. Terms overlap on the machine, so
 *     their sum may be larger than {@code seconds}
 * @param bound what binds the time, or why the tile cannot run, in words
 * @param occupancy how many blocks share a multiprocessor, on a GPU
 */
public record Prediction(
    double seconds, List<Term> terms, String bound, Optional<Occupancy> occupancy) {

  /**
   * One term of a time model.
   *
   * @param name short name: {@code dram}
   * @param seconds time that this resource alone would take
   * @param note what was counted, for people: {@code 12.6 MB at 85% of 3350 GB/s}
   */
  public record Term(String name, double seconds, String note) {}

  /** Copies the terms. */
  public Prediction {
    terms = List.copyOf(terms);
  }

  /** A time made of terms, without an occupancy. */
  public static Prediction of(double seconds, List<Term> terms, String bound) {
    return new Prediction(seconds, terms, bound, Optional.empty());
  }

  /** The tile satisfies the rules, yet cannot run for this reason. */
  public static Prediction impossible(String reason) {
    return new Prediction(Double.POSITIVE_INFINITY, List.of(), reason, Optional.empty());
  }

  /** Whether the tile can run. */
  public boolean possible() {
    return seconds < Double.POSITIVE_INFINITY;
  }
}
