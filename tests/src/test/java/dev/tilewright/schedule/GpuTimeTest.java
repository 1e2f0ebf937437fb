package dev.tilewright.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.GpuSpec;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Occupancy;
import dev.tilewright.schedule.GpuTime.BlockWork;
import dev.tilewright.schedule.Prediction.Term;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The time model is sane: more work is never faster, a better machine never slower. */
class GpuTimeTest {
  private static BlockWork work(double[] amounts, int warps) {
    return new BlockWork(
        warps, amounts[0], amounts[1], amounts[2], amounts[3], amounts[4], amounts[5], amounts[6]);
  }

  @Test
  void moreWorkNeverTakesLessTime() {
    Random random = new Random(7);
    for (int i = 0; i < 4_000; i++) {
      GpuSpec gpu = GpuSpec.of(GpuSpec.names().get(random.nextInt(GpuSpec.names().size())));
      GpuTime time = GpuTime.of(gpu);
      Occupancy occupancy =
          Occupancy.of(
              gpu,
              32 * (1 + random.nextInt(16)),
              1 + random.nextInt(128),
              0,
              random.nextInt(48000));
      if (occupancy.blocksPerSm() == 0) {
        continue;
      }
      double[] amounts = new double[7];
      for (int j = 0; j < amounts.length; j++) {
        amounts[j] = random.nextInt(4) == 0 ? 0 : Math.exp(random.nextDouble() * 16);
      }
      int warps = occupancy.warpsPerSm() / occupancy.blocksPerSm();
      long blocks = 1 + random.nextInt(10_000);
      double before = time.kernel(blocks, work(amounts, warps), occupancy).seconds();
      assertTrue(before > 0 && Double.isFinite(before));
      assertTrue(
          time.kernel(blocks + 1 + random.nextInt(100), work(amounts, warps), occupancy).seconds()
              >= before * (1 - 1e-12));
      amounts[random.nextInt(amounts.length)] += Math.exp(random.nextDouble() * 16);
      assertTrue(time.kernel(blocks, work(amounts, warps), occupancy).seconds() >= before);
    }
  }

  @Test
  void aBetterMachineIsNeverSlower() {
    GpuSpec gpu = GpuSpec.of("a100");
    Occupancy occupancy = Occupancy.of(gpu, 256, 64, 0, 16 << 10);
    double[] amounts = {1e5, 1e7, 1e5, 1e6, 1e6, 1e5, 5e3};
    double before = GpuTime.of(gpu).kernel(1000, work(amounts, 8), occupancy).seconds();
    for (String figure :
        List.of("clockMHz", "dramGBps", "l2BytesPerClock", "f32Lanes", "f16FmaPerClock")) {
      GpuSpec faster = gpu.with(java.util.Map.of(figure, 9000));
      double after = GpuTime.of(faster).kernel(1000, work(amounts, 8), occupancy).seconds();
      assertTrue(after <= before, figure);
    }
  }

  /** A copy is bound by device memory: bytes over the share of the bandwidth, plus the launch. */
  @Test
  void aCopyTakesTheTimeOfItsBytes() {
    GpuSpec gpu = GpuSpec.of("h100");
    Occupancy occupancy = Occupancy.of(gpu, 256, 16, 0, 0);
    BlockWork copy = new BlockWork(8, 300, 0, 0, 0, 8192, 16384, 700);
    Prediction got = GpuTime.of(gpu).kernel(100_000, copy, occupancy);
    double seconds = 16384e5 / (0.88 * 3350e9);
    assertEquals(seconds, got.seconds(), 0.2 * seconds);
    assertTrue(got.bound().startsWith("dram"), got.bound());
    assertEquals(
        "1.638 GB at 88% of 3350 GB/s",
        got.terms().stream().filter(t -> t.name().equals("dram")).findFirst().get().note());
  }

  /**
   * A matrix product that fills the machine runs at the share of the peak that mma.sync reaches.
   */
  @Test
  void aMatrixProductRunsAtThePeak() {
    GpuSpec gpu = GpuSpec.of("a100");
    Occupancy occupancy = Occupancy.of(gpu, 256, 128, 0, 32 << 10);
    double fma = 128.0 * 128 * 4096;
    BlockWork product = new BlockWork(8, fma / 2048, fma, 0, 0, 0, 0, 1000);
    Prediction got = GpuTime.of(gpu).kernel(108 * 2 * 10, product, occupancy);
    double tflops = 2 * fma * 108 * 20 / got.seconds() / 1e12;
    assertTrue(tflops > 0.75 * 312 && tflops <= 312, "" + tflops);
    assertTrue(got.bound().startsWith("matrix"), got.bound());
  }

  @Test
  void theLastWaveIsCheaper() {
    GpuSpec gpu = GpuSpec.of("a100");
    Occupancy occupancy = Occupancy.of(gpu, 256, 64, 0, 0); // 4 blocks an SM
    BlockWork work = new BlockWork(8, 1e5, 0, 0, 0, 0, 0, 100);
    GpuTime time = GpuTime.of(gpu);
    double one = time.kernel(108 * 4, work, occupancy).seconds() - time.fit().launchSeconds();
    double tail = time.kernel(108 * 5, work, occupancy).seconds() - time.fit().launchSeconds();
    assertEquals(1.25 * one, tail, 0.01 * one);
  }

  @Test
  void whatDoesNotFitIsImpossible() {
    GpuSpec gpu = GpuSpec.of("a100");
    Occupancy none = Occupancy.of(gpu, 1024, 128, 0, 0);
    BlockWork work = new BlockWork(32, 1, 1, 1, 1, 1, 1, 1);
    Prediction got = GpuTime.of(gpu).kernel(1, work, none);
    assertFalse(got.possible());
    assertTrue(got.bound().contains("registers"), got.bound());
  }

  @Test
  void coefficientsAreChecked() {
    assertThrows(InvalidSpecException.class, () -> new GpuFit(-1, 0.9, 0.2, 0, 1));
    assertThrows(InvalidSpecException.class, () -> new GpuFit(0, Double.NaN, 0.2, 0, 1));
    assertThrows(InvalidSpecException.class, () -> new GpuFit(0, 0.9, 0.2, 0, 0));
  }

  @Test
  void notesAreShort() {
    assertEquals("12 B of x", new Term("a", 1, 12, "B of x").note());
    assertEquals("1.5 kB", new Term("a", 1, 1500, "B").note());
    assertEquals("2 of 2.6 µs", new Term("a", 1, 2, "of 2.6 µs").note());
    assertEquals("100 clocks", new Term("a", 1, 100, "clocks").note());
    assertEquals("words", new Term("a", 1, "words").note());
  }
}
