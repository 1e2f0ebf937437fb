package dev.tilewright.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.CpuSpec;
import dev.tilewright.DType;
import dev.tilewright.GpuSpec;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.NoFeasibleTileException;
import dev.tilewright.Occupancy;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.schedule.Prediction.Term;
import dev.tilewright.schedule.RnnProblem.Cell;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fused recurrent kernel's tiles and its time model. */
class RnnTilesTest {
  private static final GpuSpec H100 = GpuSpec.of("h100");

  private final Scheduler scheduler = new Scheduler(ScheduleStore.inMemory());

  private static RnnProblem lstm(int heads, int headDim, int batch) {
    return new RnnProblem(Cell.LSTM, heads, headDim, batch, 1024, DType.BF16);
  }

  /** Counts of an independent enumeration of FlashRNN's rules for an H100. */
  @ParameterizedTest
  @CsvSource({
    "64, 12, 16, 3177, 5724",
    "768, 1, 16, 14787, 30027",
    "1024, 1, 8, 1249, 2245",
    "2048, 1, 8, 633, 1042",
    "2560, 1, 8, 16, 16"
  })
  void countsOfLegalTiles(int headDim, int heads, int batch, long forward, long backward) {
    RnnProblem spec = lstm(heads, headDim, batch);
    Schedule got = scheduler.schedule(RnnTiles.forward(), spec, H100);
    assertEquals(forward, got.legalTiles());
    assertEquals(backward, scheduler.schedule(RnnTiles.backward(), spec, H100).legalTiles());
    assertTrue(scheduler.isLegal(RnnTiles.forward(), spec, H100, got.tile()));
  }

  @Test
  void theTileThatFlashRnnPicksIsAmongThem() {
    // The reference solution for D=768, B=16 on an H100: 16 × 16 tiles, 96 blocks, 4 warps, 12
    // cached.
    Tile theirs =
        scheduler.rank(RnnTiles.forward(), lstm(1, 768, 16), H100).stream()
            .map(Ranked::tile)
            .filter(tile -> tile.get("BLOCKS_GATE") == 96 && tile.get("TILE_BATCH") == 16)
            .filter(tile -> tile.get("WARPS_HIDDEN") == 4 && tile.get("CACHED_HIDDEN") == 12)
            .findFirst()
            .orElseThrow();
    assertEquals(1, theirs.get("BLOCKS_HIDDEN"));
  }

  private static Tile forwardTile(long batch, long gate, long heads, long cg, long wh, long rc) {
    return Tile.parse(
        "TILE_BATCH=%d,TILE_GATE=%d,BLOCKS_HEAD=%d,BLOCKS_GATE=%d,BLOCKS_HIDDEN=1,BLOCKS_BATCH=1,"
                .formatted(batch, gate, heads, cg)
            + "LOOPS_BATCH=1,LOOPS_GATE=1,WARPS_HIDDEN=%d,WARPS_BATCH=1,CACHED_HIDDEN=%d"
                .formatted(wh, rc));
  }

  /**
   * Forward times that FlashRNN publishes for an H100 (arXiv 2412.07752, T=1024, bf16, fused), with
   * the tiles that its solver picks: within 30 %. The one coefficient that was fitted to them is
   * the time of an exchange.
   */
  @ParameterizedTest
  @CsvSource({
    "64, 12, 16, 16, 8, 4, 1, 3.10",
    "256, 3, 16, 16, 32, 4, 4, 3.62",
    "768, 1, 16, 16, 96, 4, 12, 4.87"
  })
  void publishedTimes(
      int headDim, int heads, int batch, long tile, long cg, long wh, long rc, double millis) {
    RnnProblem spec = lstm(heads, headDim, batch);
    Tile theirs = forwardTile(tile, 256 / tile, heads, cg, wh, rc);
    assertTrue(scheduler.isLegal(RnnTiles.forward(), spec, H100, theirs));
    Prediction got = RnnTiles.forward().predict(spec, H100, theirs);
    assertEquals(millis, got.seconds() * 1e3, 0.3 * millis);
  }

  @Test
  void noTileIsNamedWithTheRulesThatConflict() {
    NoFeasibleTileException got =
        assertThrows(
            NoFeasibleTileException.class,
            () -> scheduler.schedule(RnnTiles.forward(), lstm(1, 2048, 8), GpuSpec.of("a100")));
    assertTrue(got.getMessage().startsWith("rnn_fwd for cell=lstm,N=1,D=2048"), got.getMessage());
    assertTrue(
        got.conflict().stream().anyMatch(rule -> rule.contains("SHARED_BYTES")),
        got.conflict().toString());
  }

  @Test
  void secondsArePredictionsAndTermsAreNamed() {
    for (String gpu : List.of("a100", "h100", "rtx4090", "b200")) {
      RnnProblem spec = lstm(4, 256, 5);
      GpuSpec machine = GpuSpec.of(gpu);
      List<Ranked> all = scheduler.rank(RnnTiles.forward(), spec, machine);
      for (Ranked each : all.subList(0, Math.min(100, all.size()))) {
        Prediction prediction = each.prediction();
        assertEquals(prediction.seconds(), RnnTiles.forward().seconds(spec, machine, each.tile()));
        assertTrue(prediction.possible() && prediction.seconds() > 0);
        for (Term term : prediction.terms()) {
          assertTrue(term.seconds() >= 0 && !term.note().isEmpty(), term.toString());
          assertTrue(term.seconds() <= prediction.seconds() * 1.0001, term.toString());
        }
        Occupancy occupancy = prediction.occupancy().orElseThrow();
        assertTrue(occupancy.blocksPerSm() >= 1, each.tile() + " " + occupancy);
        assertTrue(prediction.bound().contains("37% of the batch is padding"), prediction.bound());
      }
    }
  }

  @Test
  void moreWorkOrAWorseMachineNeverTakesLessTime() {
    Tile tile = forwardTile(16, 16, 1, 96, 4, 12);
    RnnProblem spec = lstm(1, 768, 16);
    RnnTiles kernel = RnnTiles.forward();
    double base = kernel.seconds(spec, H100, tile);
    assertTrue(
        kernel.seconds(new RnnProblem(Cell.LSTM, 1, 768, 16, 1025, DType.BF16), H100, tile) > base);
    assertTrue(kernel.seconds(lstm(2, 768, 16), H100, tile) > 1.9 * base);
    assertTrue(kernel.seconds(lstm(1, 768, 32), H100, tile) > 1.9 * base);
    for (String figure : List.of("clockMHz", "l2BytesPerClock", "dramGBps", "f16FmaPerClock")) {
      assertTrue(kernel.seconds(spec, H100.with(Map.of(figure, 500)), tile) > base, figure);
    }
    // What the registers do not cache comes out of shared memory at every step.
    double uncached = kernel.seconds(spec, H100, forwardTile(16, 16, 1, 96, 4, 1));
    assertTrue(uncached > base);
  }

  @Test
  void spillsAreSeen() {
    Prediction got =
        RnnTiles.forward()
            .predict(
                lstm(1, 2560, 8),
                H100,
                Tile.parse(
                    "TILE_BATCH=8,TILE_GATE=32,BLOCKS_HEAD=1,BLOCKS_GATE=64,BLOCKS_HIDDEN=2,"
                        + "BLOCKS_BATCH=1,LOOPS_BATCH=1,LOOPS_GATE=1,WARPS_HIDDEN=1,WARPS_BATCH=1,"
                        + "CACHED_HIDDEN=49"));
    assertTrue(got.bound().contains("are spilled"), got.bound());
    double spills =
        got.terms().stream().filter(t -> t.name().equals("spills")).findFirst().get().seconds();
    assertTrue(spills > 0);
  }

  @Test
  void tf32HasOneMatrixShape() {
    RnnProblem spec = new RnnProblem(Cell.LSTM, 1, 768, 16, 1024, DType.F32);
    Schedule got = scheduler.schedule(RnnTiles.forward(), spec, H100);
    assertEquals(16, got.tile().get("TILE_BATCH"));
    assertEquals(16, got.tile().get("TILE_GATE"));
    assertTrue(scheduler.isLegal(RnnTiles.forward(), spec, H100, got.tile()));
    Tile forged = Tile.parse(got.tile().key().replace("TILE_BATCH=16", "TILE_BATCH=8"));
    assertFalse(scheduler.isLegal(RnnTiles.forward(), spec, H100, forged));
  }

  @Test
  void machinesThatCannotRunItAreNamed() {
    RnnProblem spec = lstm(1, 64, 8);
    String turing =
        assertThrows(
                UnsupportedDeviceException.class,
                () -> scheduler.schedule(RnnTiles.forward(), spec, GpuSpec.of("t4")))
            .getMessage();
    assertTrue(turing.contains("bf16") && turing.contains("use f16"), turing);
    assertThrows(
        UnsupportedDeviceException.class,
        () -> scheduler.schedule(RnnTiles.forward(), spec, CpuSpec.detect()));
    RnnProblem half = new RnnProblem(Cell.GRU, 1, 64, 8, 16, DType.F16);
    assertTrue(scheduler.schedule(RnnTiles.forward(), half, GpuSpec.of("t4")).legalTiles() > 0);
  }

  @Test
  void shapesAreChecked() {
    RnnProblem spec = RnnProblem.of(Map.of("D", 768L, "B", 16L, "T", 9L), "LSTM", DType.BF16);
    assertEquals("cell=lstm,N=1,D=768,B=16,T=9,dtype=bf16", spec.toString());
    assertEquals(1024, RnnProblem.of(Map.of("D", 8L), "gru", DType.F16).steps());
    for (Map<String, Long> bad :
        List.of(
            Map.of("B", 1L),
            Map.of("D", 0L),
            Map.of("D", 1L << 40),
            Map.of("D", 8L, "H", 2L),
            Map.of("D", 8L, "", 2L),
            Map.of("D", 8L, "T", -1L))) {
      assertThrows(InvalidSpecException.class, () -> RnnProblem.of(bad, "lstm", DType.BF16));
    }
    assertThrows(
        InvalidSpecException.class, () -> RnnProblem.of(Map.of("D", 8L), "rnn", DType.BF16));
    assertThrows(
        InvalidSpecException.class, () -> RnnProblem.of(Map.of("D", 8L), "lstm", DType.F64));
  }
}
