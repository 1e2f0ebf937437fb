package dev.tilewright.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.GpuSpec;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.MachineSpec;
import dev.tilewright.NoFeasibleTileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Store, then shipped schedules, then the model; solved once, and never an illegal tile. */
class SchedulerTest {
  private static final MachineSpec MACHINE = GpuSpec.of("a100");
  private static final Saxpy.Spec SPEC = new Saxpy.Spec(840, 64);

  @TempDir Path folder;

  private final Saxpy kernel = new Saxpy();
  private final Logged logged = new Logged();

  @AfterEach
  void close() {
    logged.close();
  }

  private static Schedule stored(Kernel<Saxpy.Spec> kernel, String tile) {
    ScheduleKey key = ScheduleKey.of(kernel, SPEC, MACHINE);
    return new Schedule(
        key.kernel(),
        key.problem(),
        key.machine(),
        Tile.parse(tile),
        Schedule.Source.STORE,
        1,
        0.5,
        9);
  }

  private static ScheduleStore store(Kernel<Saxpy.Spec> kernel, String tile) {
    ScheduleStore store = ScheduleStore.inMemory();
    store.put(ScheduleKey.of(kernel, SPEC, MACHINE), stored(kernel, tile));
    return store;
  }

  @Test
  void theModelPicksTheFastestOfAllLegalTiles() {
    Scheduler scheduler = new Scheduler(ScheduleStore.inMemory());
    Schedule got = scheduler.schedule(kernel, SPEC, MACHINE);
    assertEquals(Tile.parse("rows=60,columns=1"), got.tile());
    assertEquals(Schedule.Source.MODEL, got.source());
    assertEquals(1.0 / 60 + 1e-3, got.predictedSeconds());
    assertFalse(got.measured());
    assertEquals(MACHINE.fingerprint(), got.machine());
    assertEquals("n=840,most=64", got.problem());

    List<Ranked> all = scheduler.rank(kernel, SPEC, MACHINE);
    Set<Tile> legal = new HashSet<>();
    for (long rows = 1; rows <= 64; rows++) {
      for (long columns = 1; rows * columns <= 64; columns++) {
        if (840 % (rows * columns) == 0) {
          legal.add(Tile.of(Map.of("rows", rows, "columns", columns)));
        }
      }
    }
    assertEquals(legal, new HashSet<>(all.stream().map(Ranked::tile).toList()));
    assertEquals(legal.size(), all.size());
    assertEquals(legal.size(), got.legalTiles());
    assertEquals(got.tile(), all.get(0).tile());
    for (int i = 1; i < all.size(); i++) {
      assertTrue(all.get(i - 1).prediction().seconds() <= all.get(i).prediction().seconds());
    }
    assertFalse(all.get(all.size() - 1).prediction().possible());
  }

  @Test
  void theStoreComesFirstThenWhatIsShipped() {
    Scheduler both =
        new Scheduler(store(kernel, "rows=2,columns=3"), store(kernel, "rows=3,columns=2"), 16);
    assertEquals("rows=2,columns=3", both.schedule(kernel, SPEC, MACHINE).tile().key());
    assertEquals(Schedule.Source.STORE, both.schedule(kernel, SPEC, MACHINE).source());
    assertTrue(both.schedule(kernel, SPEC, MACHINE).measured());
    Scheduler shipped =
        new Scheduler(ScheduleStore.inMemory(), store(kernel, "rows=3,columns=2"), 16);
    assertEquals("rows=3,columns=2", shipped.schedule(kernel, SPEC, MACHINE).tile().key());
    assertEquals(Schedule.Source.SHIPPED, shipped.schedule(kernel, SPEC, MACHINE).source());
  }

  @Test
  void aStoredTileThatBreaksTheRulesIsNotUsed() {
    for (String forged :
        List.of(
            "rows=11,columns=1", // does not divide
            "rows=60,columns=60", // too large
            "rows=0,columns=1",
            "rows=-1,columns=-1",
            "rows=4611686018427387904,columns=4", // the product wraps in 64 bits
            "rows=1", // a parameter is missing
            "rows=1,columns=1,area=1", // helper variables are not parameters
            "rows=1,columns=1,most=1000000", // constants are not the store's to set
            "rows=1,column=1")) {
      Scheduler scheduler = new Scheduler(store(kernel, forged), store(kernel, forged), 16);
      Schedule got = scheduler.schedule(kernel, SPEC, MACHINE);
      assertEquals(Schedule.Source.MODEL, got.source(), forged);
      assertEquals("rows=60,columns=1", got.tile().key(), forged);
    }
    assertEquals(9, logged.messages().size(), "each once");
    assertTrue(logged.messages().get(0).contains("breaks the rules"));
  }

  @Test
  void aDeclaredDomainBoundsAStoredTile() {
    Saxpy declared = new Saxpy("var rows in 1..8; " + Saxpy.RULES, "1");
    Scheduler scheduler = new Scheduler(store(declared, "rows=60,columns=1"));
    assertEquals(Schedule.Source.MODEL, scheduler.schedule(declared, SPEC, MACHINE).source());
  }

  @Test
  void anotherVersionOrOtherRulesAreNotUsed() {
    ScheduleStore store = store(kernel, "rows=2,columns=3");
    for (Saxpy other : List.of(new Saxpy(Saxpy.RULES, "2"), new Saxpy(Saxpy.RULES + "#", "1"))) {
      Scheduler scheduler = new Scheduler(store);
      assertEquals(Schedule.Source.MODEL, scheduler.schedule(other, SPEC, MACHINE).source());
      MachineSpec half = GpuSpec.of("a100").with(Map.of("sms", 54));
      assertEquals(Schedule.Source.MODEL, scheduler.schedule(kernel, SPEC, half).source());
      assertEquals(Schedule.Source.STORE, scheduler.schedule(kernel, SPEC, MACHINE).source());
    }
  }

  @Test
  void anAnswerIsKept() {
    Scheduler scheduler = new Scheduler(ScheduleStore.inMemory());
    Schedule first = scheduler.schedule(kernel, SPEC, MACHINE);
    int asked = kernel.asked.get();
    assertSame(first, scheduler.schedule(kernel, new Saxpy.Spec(840, 64), GpuSpec.of("a100")));
    assertEquals(asked, kernel.asked.get());
    scheduler.clear();
    assertNotSame(first, scheduler.schedule(kernel, SPEC, MACHINE));
  }

  @Test
  void aScheduleThatIsPutIsUsedAtOnce() {
    ScheduleStore store = ScheduleStore.open(folder.resolve("schedules.json"));
    Scheduler scheduler = new Scheduler(store);
    assertEquals(Schedule.Source.MODEL, scheduler.schedule(kernel, SPEC, MACHINE).source());
    ScheduleKey key = ScheduleKey.of(kernel, SPEC, MACHINE);
    store.put(key, stored(kernel, "rows=2,columns=3"));
    assertEquals("rows=2,columns=3", scheduler.schedule(kernel, SPEC, MACHINE).tile().key());
    assertTrue(store.remove(key));
    assertEquals(Schedule.Source.MODEL, scheduler.schedule(kernel, SPEC, MACHINE).source());
  }

  @Test
  void whatAnotherProcessTunedIsUsedAfterClear() {
    Scheduler scheduler = new Scheduler(ScheduleStore.open(folder.resolve("schedules.json")));
    assertEquals(Schedule.Source.MODEL, scheduler.schedule(kernel, SPEC, MACHINE).source());
    ScheduleStore.open(folder.resolve("schedules.json"))
        .put(ScheduleKey.of(kernel, SPEC, MACHINE), stored(kernel, "rows=2,columns=3"));
    scheduler.clear();
    assertEquals(Schedule.Source.STORE, scheduler.schedule(kernel, SPEC, MACHINE).source());
  }

  @Test
  void aBadStoreIsNotFatal() throws Exception {
    Path file = Files.writeString(folder.resolve("schedules.json"), "{\"schema\":1,");
    Scheduler scheduler = new Scheduler(ScheduleStore.open(file));
    assertEquals(Schedule.Source.MODEL, scheduler.schedule(kernel, SPEC, MACHINE).source());
    assertEquals(1, logged.messages().size());
  }

  @Test
  void theCacheIsBounded() {
    Scheduler scheduler = new Scheduler(ScheduleStore.inMemory(), ScheduleStore.inMemory(), 16);
    Schedule first = scheduler.schedule(kernel, SPEC, MACHINE);
    for (int i = 1; i < 16; i++) {
      scheduler.schedule(kernel, new Saxpy.Spec(1, i), MACHINE);
    }
    assertSame(first, scheduler.schedule(kernel, SPEC, MACHINE));
    for (int i = 1; i <= 16; i++) {
      scheduler.schedule(kernel, new Saxpy.Spec(1, i), MACHINE);
    }
    assertNotSame(first, scheduler.schedule(kernel, SPEC, MACHINE));
  }

  @Test
  void threadsThatAskTheSameSolveItOnce() throws InterruptedException {
    Scheduler scheduler = new Scheduler(ScheduleStore.inMemory());
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    Schedule[] got = new Schedule[8];
    for (int t = 0; t < got.length; t++) {
      int thread = t;
      threads.add(
          new Thread(
              () -> {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                got[thread] = scheduler.schedule(kernel, SPEC, MACHINE);
              }));
    }
    threads.forEach(Thread::start);
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    for (Schedule schedule : got) {
      assertSame(got[0], schedule);
    }
    assertEquals(1, kernel.asked.get());
  }

  @Test
  void anInterruptNeitherCutsTheSearchNorGetsLost() {
    Scheduler scheduler = new Scheduler(ScheduleStore.open(folder.resolve("schedules.json")));
    Thread.currentThread().interrupt();
    try {
      Schedule got = scheduler.schedule(kernel, SPEC, MACHINE);
      assertTrue(Thread.currentThread().isInterrupted());
      assertEquals("rows=60,columns=1", got.tile().key());
      assertEquals(scheduler.rank(kernel, SPEC, MACHINE).size(), got.legalTiles());
      assertTrue(
          scheduler
              .store()
              .put(ScheduleKey.of(kernel, SPEC, MACHINE), stored(kernel, "rows=1,columns=1")));
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void noLegalTileNamesTheConflict() {
    Saxpy strict = new Saxpy(Saxpy.RULES + "rows >= 65; columns == 3", "1");
    Scheduler scheduler = new Scheduler(ScheduleStore.inMemory());
    NoFeasibleTileException first =
        assertThrows(
            NoFeasibleTileException.class, () -> scheduler.schedule(strict, SPEC, MACHINE));
    assertTrue(first.getMessage().contains("saxpy for n=840,most=64 on a100"), first.getMessage());
    assertEquals(3, first.conflict().size(), first.conflict().toString());
    assertTrue(first.conflict().get(2).contains("rows >= 65"), first.conflict().toString());
    NoFeasibleTileException again =
        assertThrows(
            NoFeasibleTileException.class, () -> scheduler.schedule(strict, SPEC, MACHINE));
    assertNotSame(first, again);
    assertEquals(first.conflict(), again.conflict());
    assertThrows(NoFeasibleTileException.class, () -> scheduler.rank(strict, SPEC, MACHINE));
  }

  @Test
  void legalTilesThatCannotRunAreNotPicked() {
    Saxpy seven = new Saxpy(Saxpy.RULES + "columns == 7", "1");
    NoFeasibleTileException got =
        assertThrows(
            NoFeasibleTileException.class,
            () -> new Scheduler(ScheduleStore.inMemory()).schedule(seven, SPEC, MACHINE));
    assertTrue(got.getMessage().contains("seven columns"), got.getMessage());
  }

  @Test
  void aParameterThatTheRulesLackIsNamed() {
    Saxpy wrong = new Saxpy("n % rows == 0; most >= rows", "1");
    InvalidSpecException got =
        assertThrows(
            InvalidSpecException.class,
            () -> new Scheduler(ScheduleStore.inMemory()).schedule(wrong, SPEC, MACHINE));
    assertTrue(got.getMessage().contains("columns"), got.getMessage());
  }

  /** A fault of the kernel is not remembered as the answer. */
  @Test
  void aFaultIsThrownAndForgotten() {
    Scheduler scheduler = new Scheduler(ScheduleStore.inMemory());
    Saxpy.Spec negative = new Saxpy.Spec(840, 64);
    boolean[] broken = {true};
    Kernel<Saxpy.Spec> flaky = new Flaky(kernel, broken);
    assertThrows(
        UnsupportedOperationException.class, () -> scheduler.schedule(flaky, negative, MACHINE));
    broken[0] = false;
    assertEquals("rows=60,columns=1", scheduler.schedule(flaky, negative, MACHINE).tile().key());
  }

  private record Flaky(Saxpy kernel, boolean[] broken) implements Kernel<Saxpy.Spec> {
    @Override
    public String name() {
      return kernel.name();
    }

    @Override
    public TileSpace space() {
      return kernel.space();
    }

    @Override
    public Map<String, Long> constants(Saxpy.Spec spec, MachineSpec machine) {
      if (broken[0]) {
        throw new UnsupportedOperationException();
      }
      return kernel.constants(spec, machine);
    }

    @Override
    public Prediction predict(Saxpy.Spec spec, MachineSpec machine, Tile tile) {
      return kernel.predict(spec, machine, tile);
    }

    @Override
    public String problem(Saxpy.Spec spec) {
      return kernel.problem(spec);
    }

    @Override
    public List<String> parameters() {
      return kernel.parameters();
    }
  }

  @Test
  void aCachedAnswerTakesMicroseconds() {
    Scheduler scheduler = new Scheduler(ScheduleStore.inMemory());
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 2000; i++) {
      long start = System.nanoTime();
      scheduler.schedule(kernel, SPEC, MACHINE);
      best = Math.min(best, System.nanoTime() - start);
    }
    assertTrue(best < 20_000, best + " ns");
  }
}
