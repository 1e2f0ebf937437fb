package dev.tilewright.tune;

import dev.tilewright.TilewrightException;
import dev.tilewright.schedule.Tile;
import dev.tilewright.schedule.TuneJournal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Looks for the fastest legal tile of one problem on a device that runs.
 *
 * <p>Each tile is first checked against the oracle and then timed in turns with the best so far.
 * The model's pick is tried first. At the end the model's pick and the tiles that came within a
 * tenth of the best are timed once more, all in turn; the model's pick stays unless another tile is
 * faster by more than noise explains.
 */
public final class Tuner {
  /** Tiles whose time is within this factor of the best one's reach the last comparison. */
  private static final double FINALIST = 1.1;

  private static final int MOST_FINALISTS = 5;

  /** The share of a time budget that the search leaves to the last comparison. */
  private static final double SHARE_OF_FINALS = 0.2;

  /** What an interrupted search still takes for the last comparison. */
  private static final long NANOS_WHEN_STOPPED = 2_000_000_000L;

  private final Trials trials;
  private final List<Tile> ranked;
  private final TuneJournal journal;
  private final Settings settings;
  private final Listener listener;
  private final LongSupplier clock;
  private final int resumed;
  private final Map<Tile, Result> results = new LinkedHashMap<>();

  /** Time of each right tile over that of the first best, through the races between them. */
  private final Map<Tile, Double> scores = new LinkedHashMap<>();

  private Incumbent best;
  private volatile boolean stopped;

  /**
   * How to search.
   *
   * @param strategy in which order
   * @param budget how long
   * @param seed of the strategy {@link Strategy#RANDOM}
   */
  public record Settings(Strategy strategy, Budget budget, long seed) {}

  /** Hears of every step. */
  public interface Listener {
    /**
     * One tile was tried.
     *
     * @param result what came of it
     * @param tried tiles tried so far, those of a resumed search included
     * @param share how much of the work lies behind, 0 to 1
     * @param bestSeconds the best time of a call so far; NaN before there is one
     */
    void tried(Result result, int tried, double share, double bestSeconds);

    /** The last comparison of so many tiles begins. */
    void finals(int finalists);
  }

  /**
   * What came of a search.
   *
   * @param winner the tile to use; null when no tile was found right
   * @param seconds the winner's median time of a call in the last comparison
   * @param results every tile tried, in the order of trying
   * @param finals median seconds of a call of each finalist, the model's pick first if it is right
   * @param interrupted whether {@link #stop} ended it
   * @param complete whether every legal tile was tried
   */
  public record Outcome(
      Tile winner,
      double seconds,
      List<Result> results,
      Map<Tile, Double> finals,
      boolean interrupted,
      boolean complete) {}

  /** The fastest tile so far, kept open for the races. */
  private record Incumbent(Tile tile, Trial trial, Stopwatch watch, double score) {}

  /**
   * A search that has not begun.
   *
   * @param trials the problem on its device
   * @param ranked the legal tiles, best predicted first
   * @param journal takes each result as it comes; what it holds already is not tried again
   */
  public Tuner(
      Trials trials, List<Tile> ranked, TuneJournal journal, Settings settings, Listener listener) {
    this(trials, ranked, journal, settings, listener, System::nanoTime);
  }

  Tuner(
      Trials trials,
      List<Tile> ranked,
      TuneJournal journal,
      Settings settings,
      Listener listener,
      LongSupplier clock) {
    this.trials = trials;
    this.ranked = List.copyOf(ranked);
    this.journal = journal;
    this.settings = settings;
    this.listener = listener;
    this.clock = clock;
    Set<Tile> legal = Set.copyOf(ranked);
    for (TuneJournal.Measurement earlier : journal.measurements()) {
      if (legal.contains(earlier.tile())) {
        results.put(earlier.tile(), Result.of(earlier));
      }
    }
    resumed = results.size();
  }

  /** How many results the journal held. */
  public int resumed() {
    return resumed;
  }

  /** Ends the search after the tile that is being tried; for any thread. */
  public void stop() {
    stopped = true;
  }

  /**
   * Searches until the budget ends, every tile is tried or {@link #stop} is called.
   *
   * @param begun the {@link System#nanoTime} from which a time budget counts
   */
  public Outcome run(long begun) {
    long budget = settings.budget().time() == null ? Long.MAX_VALUE : nanos();
    long searchNanos =
        budget == Long.MAX_VALUE ? budget : budget - (long) (SHARE_OF_FINALS * budget);
    try {
      boolean complete = search(begun, searchNanos);
      boolean interrupted = stopped;
      long now = clock.getAsLong() - begun;
      long end = interrupted ? Math.min(budget, now + NANOS_WHEN_STOPPED) : budget;
      return finals(begun, end, interrupted, complete);
    } finally {
      replace(null);
    }
  }

  private long nanos() {
    return settings.budget().time().toNanos();
  }

  private boolean search(long begun, long searchNanos) {
    takeUp();
    SearchOrder order =
        new SearchOrder(settings.strategy(), ranked, results.keySet(), settings.seed());
    long most = Math.min(ranked.size(), settings.budget().candidates());
    while (!stopped && results.size() < most) {
      long passed = clock.getAsLong() - begun;
      if (passed > searchNanos && (best != null || results.size() > resumed)) {
        return false; // even a budget that is over tries one tile
      }
      Tile tile = order.next(best == null ? null : best.tile());
      if (tile == null) {
        break;
      }
      Result result = attempt(tile);
      results.put(tile, result);
      result.appendTo(journal);
      double share =
          Math.max((double) results.size() / most, (double) passed / Math.max(1, searchNanos));
      listener.tried(result, results.size(), share, bestSeconds());
    }
    return results.size() >= ranked.size();
  }

  private double bestSeconds() {
    return best == null ? Double.NaN : results.get(best.tile()).seconds();
  }

  /** Opens the best tile of an earlier search, so that new ones race against it. */
  private void takeUp() {
    List<Result> right = new ArrayList<>();
    for (Result result : results.values()) {
      if (result.isRight()) {
        right.add(result);
      }
    }
    right.sort((a, b) -> Double.compare(a.seconds(), b.seconds()));
    for (Result result : right) {
      scores.put(result.tile(), result.seconds() / right.get(0).seconds());
    }
    for (Result result : right) {
      Trial trial = openAgain(result.tile());
      if (trial != null) {
        Stopwatch watch = new Stopwatch(trial);
        best = new Incumbent(result.tile(), trial, watch, scores.get(result.tile()));
        return;
      }
    }
  }

  /**
   * Opens a tile that was right before, perhaps in another process, and checks it again: what is
   * stored in the end was compared with the oracle here and now.
   *
   * @return null when it does not run or is wrong, which is then its result
   */
  private Trial openAgain(Tile tile) {
    Trial trial = null;
    try {
      trial = trials.open(tile);
      double error = trial.error();
      if (error <= trials.bound()) {
        return trial;
      }
      results.put(tile, Result.wrong(tile, error, trials.bound()));
    } catch (TilewrightException | OutOfMemoryError e) {
      results.put(tile, Result.failed(tile, oneLine(e)));
    }
    scores.remove(tile);
    if (trial != null) {
      trial.close();
    }
    return null;
  }

  private void replace(Incumbent next) {
    if (best != null) {
      best.trial().close();
    }
    best = next;
  }

  private Result attempt(Tile tile) {
    Trial trial;
    try {
      trial = trials.open(tile);
    } catch (TilewrightException | OutOfMemoryError e) {
      return Result.failed(tile, oneLine(e));
    }
    boolean keep = false;
    try {
      double error = trial.error();
      if (!(error <= trials.bound())) {
        return Result.wrong(tile, error, trials.bound());
      }
      Stopwatch watch = new Stopwatch(trial);
      if (best == null) {
        Race alone = Race.alone(watch);
        scores.put(tile, 1.0);
        best = new Incumbent(tile, trial, watch, 1);
        keep = true;
        return Result.timed(tile, alone);
      }
      Race race = Race.run(watch, best.watch());
      double score = race.ratio() * best.score();
      scores.put(tile, score);
      if (race.ratio() < 1) {
        replace(new Incumbent(tile, trial, watch, score));
        keep = true;
      }
      return Result.timed(tile, race);
    } catch (TilewrightException | OutOfMemoryError e) {
      return Result.failed(tile, oneLine(e));
    } finally {
      if (!keep) {
        trial.close();
      }
    }
  }

  private static String oneLine(Throwable e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  private Outcome finals(long begun, long end, boolean interrupted, boolean complete) {
    replace(null);
    List<Tile> names = new ArrayList<>();
    List<Trial> open = new ArrayList<>();
    List<Stopwatch> watches = new ArrayList<>();
    try {
      for (Tile tile : finalists()) {
        Trial trial = openAgain(tile);
        if (trial != null) {
          open.add(trial);
          watches.add(new Stopwatch(trial));
          names.add(tile);
        }
      }
      if (names.isEmpty()) {
        return new Outcome(
            null, Double.NaN, List.copyOf(results.values()), Map.of(), interrupted, complete);
      }
      listener.finals(names.size());
      // A stop during the comparison ends it after the round.
      BooleanSupplier late = () -> clock.getAsLong() - begun >= end || stopped && !interrupted;
      Finals finals = Finals.run(watches, late);
      Map<Tile, Double> seconds = new LinkedHashMap<>();
      for (int i = 0; i < names.size(); i++) {
        seconds.put(names.get(i), finals.seconds().get(i));
      }
      Tile winner = names.get(finals.winner());
      return new Outcome(
          winner,
          seconds.get(winner),
          List.copyOf(results.values()),
          seconds,
          interrupted || stopped,
          complete);
    } finally {
      open.forEach(Trial::close);
    }
  }

  /** The model's pick if it is right, then the best others, fastest first. */
  private List<Tile> finalists() {
    List<Tile> order = new ArrayList<>(scores.keySet());
    order.removeIf(tile -> results.get(tile).outcome() != Result.Outcome.TIMED);
    order.sort((a, b) -> Double.compare(scores.get(a), scores.get(b)));
    List<Tile> finalists = new ArrayList<>();
    Tile pick = ranked.isEmpty() ? null : ranked.get(0);
    if (pick != null && results.containsKey(pick) && results.get(pick).isRight()) {
      finalists.add(pick);
    }
    for (Tile tile : order) {
      boolean near = scores.get(tile) <= FINALIST * scores.get(order.get(0));
      if (near && finalists.size() < MOST_FINALISTS && !finalists.contains(tile)) {
        finalists.add(tile);
      }
    }
    return finalists;
  }
}
