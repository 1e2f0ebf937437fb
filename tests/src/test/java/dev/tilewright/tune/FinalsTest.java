package dev.tilewright.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Races and finals on a simulated clock whose machine is at times busy. */
class FinalsTest {
  /** A trial of this many true nanoseconds, made longer by noise. */
  private static Stopwatch trial(double nanos, double noise, Random random) {
    return new Stopwatch(
        new Trial() {
          @Override
          public double error() {
            return 0;
          }

          @Override
          public void run() {}

          @Override
          public long nanos(int calls) {
            double busy = random.nextInt(20) == 0 ? 3 : 1;
            return Math.round(calls * nanos * busy * (1 + noise * random.nextDouble()));
          }

          @Override
          public void close() {}
        });
  }

  private static List<Stopwatch> trials(Random random, double noise, double... nanos) {
    List<Stopwatch> all = new ArrayList<>();
    for (double n : nanos) {
      all.add(trial(n, noise, random));
    }
    return all;
  }

  @Test
  void noiseDoesNotUnseatTheModelsPick() {
    int unseated = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      unseated +=
          Finals.run(trials(random, 0.3, 1e6, 1e6, 1e6, 1e6, 1e6), () -> false).winner() == 0
              ? 0
              : 1;
    }
    assertTrue(unseated <= 8, unseated + " of 200");
  }

  @Test
  void aFasterTileWins() {
    int found = 0;
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      found +=
          Finals.run(trials(random, 0.1, 1e6, 1.02e6, 0.93e6), () -> false).winner() == 2 ? 1 : 0;
    }
    assertTrue(found >= 98, found + " of 100");
  }

  @Test
  void oneRoundIsEnoughForAClearDifference() {
    Random random = new Random(1);
    Finals finals = Finals.run(trials(random, 0, 1e8, 0.5e8), () -> true);
    assertEquals(1, finals.rounds());
    assertEquals(1, finals.winner());
    assertEquals(0.05, finals.seconds().get(1), 0.001);
    assertEquals(0, Finals.run(trials(random, 0, 1e8, 0.99e8), () -> true).winner());
  }

  @Test
  void hopelessCandidatesAreGivenUp() {
    Random random = new Random(1);
    Race race = Race.run(trial(5e6, 0.1, random), trial(1e6, 0.1, random));
    assertTrue(race.hopeless());
    assertEquals(5, race.ratio(), 1);
    Race close = Race.run(trial(1.05e6, 0.01, random), trial(1e6, 0.01, random));
    assertFalse(close.hopeless());
    assertEquals(1.05, close.ratio(), 0.02);
    assertEquals(1.05e-3, close.seconds(), 0.03e-3);
  }

  @Test
  void shortCallsAreTimedInGroups() {
    assertEquals(100e-9, trial(100, 0, new Random(5)).stretch(), 50e-9);
  }
}
