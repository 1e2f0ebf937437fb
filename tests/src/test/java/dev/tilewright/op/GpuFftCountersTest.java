package dev.tilewright.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.sim.Counters;
import dev.tilewright.sim.SimDevice;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the convolution of one block's rows keeps busy, counted on the simulated chip. */
class GpuFftCountersTest {
  @ParameterizedTest
  @CsvSource({"256, 64", "512, 32", "1024, 32", "2048, 16", "4096, 16", "8192, 4", "16384, 2"})
  void movesNoMoreThanItMust(long length, long batch) {
    FftConv.Spec spec = FftConv.Spec.of(batch, 1, length).withDtype(DType.BF16);
    try (Device device = Device.open("sim:h100,counters=on");
        FftConvRun run = new FftConvRun(device, FftConvProblem.random(spec, 1))) {
      run.forward(true);
      Counters counters = ((SimDevice) device).lastReport().counters();
      assertEquals(0, counters.sharedLoads().conflicts(), "bank conflicts of loads");
      assertEquals(0, counters.sharedStores().conflicts(), "bank conflicts of stores");
      long samples = batch * length * DType.BF16.bytes();
      assertEquals(samples / 32, counters.globalStores().sectors(), "sectors stored");
      // 20 bytes a point through shared memory: staged, exchanged twice each way.
      long wavefronts = counters.sharedLoads().wavefronts() + counters.sharedStores().wavefronts();
      assertEquals(20 * batch * length / 128.0, wavefronts, 0.1 * wavefronts);
      if (length <= 4096) {
        // Beside the samples, once a block: the spectrum and the tables, whose outer matrix each
        // warp
        // takes.
        GpuFftShape shape = ((GpuFftConv) run.plan).shape;
        int tables = GpuFftTables.ofRows(DType.BF16, shape.rowPlanes(), 0).length;
        long once =
            shape.parts()
                * (shape.passRows() * 8 * length + tables + 1024L * (shape.threads() / 32 - 1));
        double ideal = (samples + once) / 32.0;
        assertTrue(
            counters.globalLoads().sectors() <= 1.05 * ideal,
            counters.globalLoads() + ", ideally " + ideal);
      }
    }
  }
}
