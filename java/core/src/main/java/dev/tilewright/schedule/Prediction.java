package dev.tilewright.schedule;

import dev.tilewright.Occupancy;
import java.util.List;
import java.util.Locale;
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
   * One term of a time model. The text is made when it is asked for, since a model is asked for
   * thousands of tiles and a user reads one.
   *
   * @param name short name: {@code dram}
   * @param seconds time that this resource alone would take
   * @param amount what was counted; NaN when {@code of} says all
   * @param of the unit and the rate: {@code B at 88% of 3350 GB/s}; with a unit that starts with
   *     {@code B}, the amount is shown as bytes, kB, MB…
   */
  public record Term(String name, double seconds, double amount, String of) {
    /** A term with a text of its own. */
    public Term(String name, double seconds, String note) {
      this(name, seconds, Double.NaN, note);
    }

    /** What was counted, for people: {@code 12.6 MB at 88% of 3350 GB/s}. */
    public String note() {
      if (Double.isNaN(amount)) {
        return of;
      }
      double shown = amount;
      int unit = 0;
      for (; of.startsWith("B") && shown >= 1000 && unit < PREFIXES.length() - 1; unit++) {
        shown /= 1000;
      }
      String number = String.format(Locale.ROOT, shown < 1e6 ? "%.4g" : "%.3g", shown);
      if (number.contains(".") && !number.contains("e")) {
        number = number.replaceFirst("\\.?0+$", "");
      }
      return number + " " + (unit == 0 ? "" : PREFIXES.charAt(unit)) + of;
    }

    /** The same term, so many times over. */
    public Term times(double count) {
      return new Term(name, seconds * count, amount, of);
    }
  }

  private static final String PREFIXES = " kMGT";

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
