package dev.tilewright.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.op.FftConv.Mode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The GPU's convolution on simulated chips with all checks on, against float64. */
class GpuFftConvTest {
  @ParameterizedTest
  @CsvSource({
    // chip, dtype, B, H, L, Lk, mode, gates and skip
    "a100, F16, 3, 2, 1, 1, CAUSAL, 0",
    "a100, BF16, 2, 3, 7, 19, BIDIRECTIONAL, 7",
    "a100, F16, 9, 2, 255, 301, CIRCULAR, 7",
    "h100, BF16, 5, 1, 512, 512, CAUSAL, 3",
    "h100, F16, 3, 2, 1000, 1000, BIDIRECTIONAL, 1",
    "rtx4090, F16, 2, 1, 2047, 4094, BIDIRECTIONAL, 2",
    "rtx4090, BF16, 3, 1, 4096, 4096, CAUSAL, 7",
    "rtx4090, F16, 1, 1, 8192, 8192, CIRCULAR, 4",
    "h100, BF16, 2, 1, 8001, 300, CAUSAL, 7",
    "a100, F16, 1, 1, 16384, 16384, CAUSAL, 5",
    "h100, BF16, 1, 1, 32768, 65536, BIDIRECTIONAL, 7",
    "a100, F32, 3, 2, 300, 600, BIDIRECTIONAL, 7",
    "h100, F32, 5, 2, 1000, 1000, CIRCULAR, 7",
    "rtx4090, F32, 2, 1, 4096, 4096, CAUSAL, 3",
    "rtx4090, F32, 1, 1, 8191, 8191, CAUSAL, 4",
    "h100, F32, 1, 1, 16384, 100, CAUSAL, 7",
    "rtx4090, F32, 1, 1, 20000, 20000, CAUSAL, 1",
    "t4, F16, 1, 1, 20000, 300, CAUSAL, 2",
    "t4, F16, 3, 2, 500, 500, CAUSAL, 7",
    "t4, F16, 1, 1, 8191, 8191, CIRCULAR, 3",
    "rtx4090, F16, 1, 1, 32768, 32768, CAUSAL, 7",
    "a100, BF16, 1, 1, 65536, 131072, BIDIRECTIONAL, 3"
  })
  void agreesWithTheReference(
      String chip, DType dtype, long b, long h, long l, long taps, Mode mode, int parts) {
    check(chip, dtype, b, h, l, taps, mode, parts);
  }

  /** Long rows: one of each number of tiles of the outer transform. */
  @ParameterizedTest
  @CsvSource({
    "h100, F16, 1, 1, 40001, 80000, CIRCULAR, 7",
    "rtx4090, BF16, 1, 1, 262144, 262144, CAUSAL, 0",
    "rtx4090, F16, 1, 1, 500000, 500000, CAUSAL, 1",
    "a100, F16, 1, 1, 1048576, 1000, CAUSAL, 0",
    "h100, BF16, 1, 1, 4000001, 128, BIDIRECTIONAL, 0"
  })
  @EnabledIfSystemProperty(named = "tilewright.deep", matches = "true")
  void agreesWithTheReferenceOnLongRows(
      String chip, DType dtype, long b, long h, long l, long taps, Mode mode, int parts) {
    check(chip, dtype, b, h, l, taps, mode, parts);
  }

  private static void check(
      String chip, DType dtype, long b, long h, long l, long taps, Mode mode, int parts) {
    FftConv.Spec spec =
        FftConv.Spec.of(b, h, l)
            .withFilterLength(taps)
            .withMode(mode)
            .withDtype(dtype)
            .withPregate((parts & 1) != 0)
            .withPostgate((parts & 2) != 0)
            .withSkip((parts & 4) != 0);
    FftConvProblem problem = FftConvProblem.random(spec, 7);
    List<String> wrong = new ArrayList<>();
    // A pass over millions of samples takes minutes; a kernel that hangs is for other tests.
    try (Device device = Device.open("sim:" + chip + (l > 32768 ? ",limit=3600" : ""));
        FftConvRun run = new FftConvRun(device, problem)) {
      problem.device = device;
      wrong.addAll(problem.judge("forward", run.forward(false)));
      if (l <= 1 << 20) {
        wrong.addAll(problem.judge("forward cached", run.forward(true)));
        wrong.addAll(problem.judge("backward", run.backward(true), dtype));
      }
    }
    assertEquals(List.of(), wrong);
  }
}
