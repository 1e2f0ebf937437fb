package dev.tilewright.tune;

import dev.tilewright.schedule.Tile;
import dev.tilewright.schedule.TuneJournal;

/**
 * What came of trying one tile.
 *
 * @param tile the tile
 * @param outcome what came of it
 * @param seconds median time of a call; NaN where none was timed
 * @param reason why it failed, in one line; empty otherwise
 */
public record Result(Tile tile, Outcome outcome, double seconds, String reason) {
  /** How a journal's reason begins when the tile ran and its result was wrong. */
  private static final String WRONG_RESULT = "wrong result: ";

  /** What can come of a try. */
  public enum Outcome {
    /** Right, and timed in every round. */
    TIMED,
    /** Right, and given up as hopeless after fewer rounds. */
    SLOW,
    /** It could not be planned or run. */
    FAILED,
    /** Its result is off the oracle's by more than the bound. */
    WRONG
  }

  static Result timed(Tile tile, Race race) {
    return new Result(tile, race.hopeless() ? Outcome.SLOW : Outcome.TIMED, race.seconds(), "");
  }

  static Result failed(Tile tile, String reason) {
    return new Result(tile, Outcome.FAILED, Double.NaN, reason);
  }

  static Result wrong(Tile tile, double error, double bound) {
    return new Result(
        tile,
        Outcome.WRONG,
        Double.NaN,
        WRONG_RESULT + "relative error " + (float) error + " is over the bound " + (float) bound);
  }

  /** What an earlier search wrote down. */
  static Result of(TuneJournal.Measurement measurement) {
    if (!measurement.failed()) {
      return new Result(measurement.tile(), Outcome.TIMED, measurement.seconds(), "");
    }
    Outcome outcome =
        measurement.failure().startsWith(WRONG_RESULT) ? Outcome.WRONG : Outcome.FAILED;
    return new Result(measurement.tile(), outcome, Double.NaN, measurement.failure());
  }

  /** Writes this down. */
  void appendTo(TuneJournal journal) {
    if (isRight()) {
      journal.add(tile, seconds);
    } else {
      journal.addFailure(tile, reason);
    }
  }

  /** Whether the tile may be used. */
  public boolean isRight() {
    return outcome == Outcome.TIMED || outcome == Outcome.SLOW;
  }
}
