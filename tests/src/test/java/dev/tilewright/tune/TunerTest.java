package dev.tilewright.tune;

import static dev.tilewright.tune.SimulatedTrials.grid;
import static dev.tilewright.tune.SimulatedTrials.tile;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.schedule.ScheduleKey;
import dev.tilewright.schedule.ScheduleStore;
import dev.tilewright.schedule.Tile;
import dev.tilewright.schedule.TuneJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TunerTest {
  private static final ScheduleKey KEY = new ScheduleKey("kernel", "N=1", "machine", "1", "rules");

  /** Best at (6, 3); the model, the order of the grid, picks (1, 1). */
  private static final ToDoubleFunction<Tile> VALLEY =
      t -> 1e5 * (1 + Math.abs(t.get("A") - 6) + Math.abs(t.get("B") - 3));

  private final List<Result> heard = new ArrayList<>();
  private final TuneJournal journal = ScheduleStore.inMemory().journal(KEY);

  private Tuner tuner(SimulatedTrials trials, List<Tile> ranked, Strategy strategy, Budget budget) {
    Tuner.Listener listener =
        new Tuner.Listener() {
          @Override
          public void tried(Result result, int tried, double share, double bestSeconds) {
            heard.add(result);
            assertTrue(share >= 0, "share " + share);
          }

          @Override
          public void finals(int finalists) {
            assertTrue(finalists >= 1);
          }
        };
    Tuner.Settings settings = new Tuner.Settings(strategy, budget, 3);
    return new Tuner(trials, ranked, journal, settings, listener, () -> trials.now);
  }

  private Tuner.Outcome run(
      SimulatedTrials trials, List<Tile> ranked, Strategy strategy, Budget budget) {
    Tuner.Outcome outcome = tuner(trials, ranked, strategy, budget).run(0);
    assertEquals(0, trials.open, "trials left open");
    return outcome;
  }

  @ParameterizedTest
  @EnumSource(Strategy.class)
  void everyStrategyTriesEachTileOnceAndFindsTheBest(Strategy strategy) {
    SimulatedTrials trials = new SimulatedTrials(VALLEY, 0.05);
    List<Tile> tiles = grid(8);
    Tuner.Outcome outcome = run(trials, tiles, strategy, Budget.UNLIMITED);
    assertEquals(tile(6, 3), outcome.winner());
    assertEquals(1e-4, outcome.seconds(), 5e-6);
    assertTrue(outcome.complete());
    assertFalse(outcome.interrupted());
    assertEquals(64, outcome.results().size());
    assertEquals(64, journal.measurements().size());
    assertEquals(tiles.get(0), outcome.results().get(0).tile());
    assertTrue(outcome.finals().containsKey(tiles.get(0)), "the model's pick is timed again");
  }

  @Test
  void localStepsReachTheBestWithFewTries() {
    SimulatedTrials trials = new SimulatedTrials(VALLEY, 0.02);
    Tuner.Outcome outcome = run(trials, grid(12), Strategy.LOCAL, Budget.of(40));
    assertEquals(40, outcome.results().size());
    assertEquals(tile(6, 3), outcome.winner());
    assertFalse(outcome.complete());
  }

  @Test
  void theSeedDecidesTheRandomOrder() {
    List<Tile> first =
        run(new SimulatedTrials(VALLEY, 0), grid(8), Strategy.RANDOM, Budget.of(20))
            .results()
            .stream()
            .map(Result::tile)
            .toList();
    journal.delete();
    List<Tile> again =
        run(new SimulatedTrials(VALLEY, 0), grid(8), Strategy.RANDOM, Budget.of(20))
            .results()
            .stream()
            .map(Result::tile)
            .toList();
    assertEquals(first, again);
    assertFalse(first.equals(grid(8).subList(0, 20)));
  }

  @Test
  void theModelsPickStaysWithinNoise() {
    for (int i = 0; i < 20; i++) {
      journal.delete();
      double jitter = 1 + i * 1e-4;
      SimulatedTrials trials = new SimulatedTrials(t -> 1e6 * jitter, 0.3);
      assertEquals(
          tile(1, 1), run(trials, grid(3), Strategy.MODEL, Budget.UNLIMITED).winner(), "run " + i);
    }
  }

  @Test
  void aTimeBudgetEndsTheSearch() {
    SimulatedTrials trials = new SimulatedTrials(t -> 1e6, 0.1);
    Tuner.Outcome outcome = run(trials, grid(30), Strategy.MODEL, Budget.of(Duration.ofSeconds(2)));
    assertTrue(trials.now >= 1_500_000_000L && trials.now < 2_300_000_000L, trials.now + " ns");
    assertTrue(outcome.results().size() > 5 && outcome.results().size() < 200);
  }

  @Test
  void aBudgetThatIsOverTriesTheModelsPick() {
    SimulatedTrials trials = new SimulatedTrials(t -> 1e9, 0);
    Tuner.Outcome outcome = run(trials, grid(3), Strategy.MODEL, Budget.of(Duration.ofMillis(1)));
    assertEquals(1, outcome.results().size());
    assertEquals(tile(1, 1), outcome.winner());
  }

  @Test
  void failuresAreWrittenDownWithTheirReasonAndNeverWin() {
    SimulatedTrials trials =
        new SimulatedTrials(
            t ->
                t.get("A") == 1
                    ? Double.POSITIVE_INFINITY
                    : t.get("B") == 1 ? Double.NaN : VALLEY.applyAsDouble(t),
            0);
    Tuner.Outcome outcome = run(trials, grid(6), Strategy.MODEL, Budget.UNLIMITED);
    assertEquals(tile(6, 3), outcome.winner());
    Result failed = outcome.results().get(0);
    assertEquals(Result.Outcome.FAILED, failed.outcome());
    assertEquals("no room for A=1,B=1", failed.reason());
    Result wrong = heard.stream().filter(r -> r.tile().equals(tile(2, 1))).findFirst().get();
    assertEquals(Result.Outcome.WRONG, wrong.outcome());
    assertEquals("wrong result: relative error 0.5 is over the bound 1.0E-6", wrong.reason());
    assertEquals(11, journal.measurements().stream().filter(m -> m.failed()).count());

    SimulatedTrials none = new SimulatedTrials(t -> Double.NaN, 0);
    journal.delete();
    outcome = run(none, grid(2), Strategy.MODEL, Budget.UNLIMITED);
    assertNull(outcome.winner());
    assertTrue(Double.isNaN(outcome.seconds()));
  }

  @Test
  void aResumedSearchGoesOnFromItsJournal() {
    SimulatedTrials trials =
        new SimulatedTrials(t -> t.equals(tile(1, 2)) ? Double.NaN : VALLEY.applyAsDouble(t), 0.02);
    run(trials, grid(8), Strategy.MODEL, Budget.of(45)); // the last one is (6, 5)
    trials.opened.clear();
    heard.clear();
    journal.add(tile(99, 99), 1e-9); // no longer legal: not believed
    Tuner tuner = tuner(trials, grid(8), Strategy.MODEL, Budget.of(60));
    assertEquals(45, tuner.resumed());
    Tuner.Outcome outcome = tuner.run(0);
    assertEquals(15, heard.size());
    assertEquals(60, outcome.results().size());
    assertEquals(tile(6, 3), outcome.winner());
    assertEquals(tile(6, 3), trials.opened.get(0), "new tiles race against the best so far");
    assertTrue(
        outcome.results().stream()
            .anyMatch(r -> r.tile().equals(tile(1, 2)) && r.outcome() == Result.Outcome.WRONG));
  }

  @Test
  void aJournalThatLiesIsFoundOut() {
    journal.add(tile(8, 8), 1e-9); // best by far, it says
    SimulatedTrials trials = new SimulatedTrials(VALLEY, 0.02);
    Tuner.Outcome outcome = run(trials, grid(8), Strategy.MODEL, Budget.UNLIMITED);
    assertEquals(tile(6, 3), outcome.winner());
  }

  @Test
  void aTileThatAJournalPraisesIsCheckedAgain() {
    journal.add(tile(8, 8), 1e-9);
    SimulatedTrials trials =
        new SimulatedTrials(t -> t.equals(tile(8, 8)) ? Double.NaN : VALLEY.applyAsDouble(t), 0.02);
    Tuner.Outcome outcome = run(trials, grid(8), Strategy.MODEL, Budget.UNLIMITED);
    assertEquals(tile(6, 3), outcome.winner());
    assertEquals(
        List.of(tile(8, 8)),
        outcome.results().stream().filter(r -> !r.isRight()).map(Result::tile).toList());
  }

  @Test
  void aBudgetEndsThoughEveryTileFails() {
    SimulatedTrials trials = new SimulatedTrials(t -> Double.NaN, 0);
    Tuner.Outcome outcome = run(trials, grid(30), Strategy.MODEL, Budget.of(Duration.ofMillis(50)));
    assertNull(outcome.winner());
    assertTrue(outcome.results().size() < 60, outcome.results().size() + " tried");
  }

  @Test
  void aStopStoresTheBestSoFar() {
    SimulatedTrials trials = new SimulatedTrials(VALLEY, 0.02);
    Tuner[] tuner = new Tuner[1];
    Tuner.Listener listener =
        new Tuner.Listener() {
          @Override
          public void tried(Result result, int tried, double share, double bestSeconds) {
            if (tried == 20) {
              tuner[0].stop();
            }
          }

          @Override
          public void finals(int finalists) {}
        };
    Tuner.Settings settings = new Tuner.Settings(Strategy.MODEL, Budget.UNLIMITED, 0);
    tuner[0] = new Tuner(trials, grid(8), journal, settings, listener, () -> trials.now);
    Tuner.Outcome outcome = tuner[0].run(0);
    assertTrue(outcome.interrupted());
    assertEquals(20, outcome.results().size());
    assertEquals(tile(3, 3), outcome.winner());
  }
}
