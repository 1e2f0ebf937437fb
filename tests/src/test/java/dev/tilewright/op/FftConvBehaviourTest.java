package dev.tilewright.op;

import static dev.tilewright.op.FftConvConformanceTest.spec;
import static dev.tilewright.op.FftConvConformanceTest.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.CpuLevel;
import dev.tilewright.DType;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.op.FftConv.Mode;
import dev.tilewright.op.Targets.Target;
import dev.tilewright.oracle.Oracles;
import dev.tilewright.oracle.RelativeError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold of the convolution beyond the size of its error. */
class FftConvBehaviourTest {
  private static final String TARGETS = "dev.tilewright.op.Targets#all";

  /**
   * B, H, L, Lk: short and long, with and without a fast factorisation, filters shorter and longer
   * than the input.
   */
  private static final long[][] SHAPES = {
    {3, 2, 64, 64}, {2, 3, 257, 100}, {2, 2, 1000, 2005}, {2, 2, 4096, 4096}, {2, 2, 5000, 33}
  };

  @ParameterizedTest
  @MethodSource(TARGETS)
  void anImpulseGivesTheFilter(Target target) {
    for (Mode mode : Mode.values()) {
      for (int length : new int[] {1, 64, 257, 1000, 4096}) {
        for (int at : new int[] {0, length / 3, length - 1}) {
          FftConvProblem p =
              FftConvProblem.random(spec(new long[] {1, 1, length, length}, mode, DType.F32), at);
          Arrays.fill(p.u, 0);
          p.u[at] = 1;
          double[] expected = new double[length];
          for (int t = 0; t < length; t++) {
            int lag = t - at;
            expected[t] =
                switch (mode) {
                  case CAUSAL -> lag >= 0 ? p.k[lag] : 0;
                  case CIRCULAR -> p.k[Math.floorMod(lag, length)];
                  case BIDIRECTIONAL ->
                      lag >= -(length / 2) && lag < (length + 1) / 2
                          ? p.k[Math.floorMod(lag, length)]
                          : 0;
                };
          }
          try (FftConvRun run = new FftConvRun(target.device(), p)) {
            float[] y = run.forward(false);
            double size = norm(p.k); // an impulse near the end leaves little to compare with
            double[] difference = new double[length];
            for (int t = 0; t < length; t++) {
              difference[t] = y[t] - expected[t];
            }
            assertTrue(
                norm(difference) <= 2e-6 * size, mode + " L=" + length + " impulse at " + at);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(TARGETS)
  void aShiftOfTheInputShiftsTheOutput(Target target) {
    int length = 1000;
    int by = 37;
    for (Mode mode : List.of(Mode.CAUSAL, Mode.CIRCULAR)) {
      FftConvProblem p =
          FftConvProblem.random(spec(new long[] {1, 1, length, length}, mode, DType.F32), 1);
      FftConvProblem moved = FftConvProblem.random(p.spec, 1);
      for (int t = 0; t < length; t++) {
        moved.u[t] = t >= by ? p.u[t - by] : mode == Mode.CAUSAL ? 0 : p.u[t - by + length];
      }
      try (FftConvRun one = new FftConvRun(target.device(), p);
          FftConvRun two = new FftConvRun(target.device(), moved)) {
        float[] y = one.forward(false);
        float[] z = two.forward(false);
        float[] aligned = new float[length];
        double[] expected = new double[length];
        for (int t = mode == Mode.CAUSAL ? by : 0; t < length; t++) {
          aligned[t] = z[t];
          expected[t] = y[Math.floorMod(t - by, length)];
        }
        assertTrue(RelativeError.l2(aligned, expected) <= 2e-6, mode.toString());
      }
    }
  }

  @ParameterizedTest
  @MethodSource(TARGETS)
  void noRowTouchesAnother(Target target) {
    for (float poison : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      for (Mode mode : Mode.values()) {
        for (long[] shape : SHAPES) {
          FftConv.Spec spec = with(spec(shape, mode, DType.F32), 7);
          FftConvProblem clean = FftConvProblem.random(spec, 1);
          FftConvProblem bad = FftConvProblem.random(spec, 1);
          int length = (int) shape[2];
          int channels = (int) shape[1];
          int row = channels + 1; // batch 1, channel 1
          bad.u[row * length + length / 2] = poison;
          try (FftConvRun one = new FftConvRun(target.device(), clean);
              FftConvRun two = new FftConvRun(target.device(), bad)) {
            String what = FftConvProblem.label(spec) + " " + poison;
            float[] y = two.forward(false);
            assertOthersEqual(one.forward(false), y, length, row, what + " y");
            assertFalse(
                Float.isFinite(y[row * length + length / 2]), what + ": y at the poisoned input");
            Map<String, float[]> expected = one.backward(false);
            Map<String, float[]> got = two.backward(false);
            for (String name : List.of("du", "dpregate", "dpostgate")) {
              assertOthersEqual(expected.get(name), got.get(name), length, row, what + " " + name);
            }
            assertOthersEqual(expected.get("dk"), got.get("dk"), (int) shape[3], 1, what + " dk");
            assertOthersEqual(expected.get("dd"), got.get("dd"), 1, 1, what + " dd");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(TARGETS)
  void runsAreRepeatable(Target target) {
    for (Mode mode : Mode.values()) {
      for (long[] shape : SHAPES) {
        FftConvProblem p = FftConvProblem.random(with(spec(shape, mode, DType.F32), 7), 3);
        try (FftConvRun run = new FftConvRun(target.device(), p)) {
          Map<String, float[]> first = results(run);
          assertSame(first, results(run), "second run");
          for (String name : List.of("du", "dk", "dd", "dpregate", "dpostgate")) {
            assertSame(Map.of(name, first.get(name)), run.backward(true, name), "alone");
          }
        }
      }
    }
  }

  @Test
  void threadsDoNotChangeTheBits() {
    for (CpuLevel level : Targets.levels()) {
      for (Mode mode : Mode.values()) {
        for (long[] shape : SHAPES) {
          FftConvProblem p = FftConvProblem.random(with(spec(shape, mode, DType.F32), 7), 4);
          Map<String, float[]> alone;
          try (CpuDevice device = Targets.cpu(level, 1);
              FftConvRun run = new FftConvRun(device, p)) {
            alone = results(run);
          }
          for (int threads : new int[] {2, 3}) {
            try (CpuDevice device = Targets.cpu(level, threads);
                FftConvRun run = new FftConvRun(device, p)) {
              assertSame(alone, results(run), level + ", " + threads + " threads");
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(TARGETS)
  void twoThreadsWithTwoPlansGiveTheBitsOfOne(Target target) {
    for (long[] shape : SHAPES) {
      FftConvProblem p = FftConvProblem.random(with(spec(shape, Mode.CAUSAL, DType.F32), 7), 5);
      FftConvProblem q =
          FftConvProblem.random(with(spec(shape, Mode.BIDIRECTIONAL, DType.BF16), 3), 6);
      try (FftConvRun one = new FftConvRun(target.device(), p);
          FftConvRun two = new FftConvRun(target.device(), q)) {
        Map<String, float[]> ofOne = results(one);
        Map<String, float[]> ofTwo = results(two);
        for (int i = 0; i < 20; i++) {
          CompletableFuture<Map<String, float[]>> other =
              CompletableFuture.supplyAsync(() -> results(two));
          assertSame(ofOne, results(one), "own thread");
          assertSame(ofTwo, other.join(), "other thread");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(TARGETS)
  void aSetFilterIsKeptAndReplaced(Target target) {
    for (Mode mode : Mode.values()) {
      FftConvProblem p =
          FftConvProblem.random(spec(new long[] {2, 2, 1000, 300}, mode, DType.F32), 7);
      try (FftConvRun run = new FftConvRun(target.device(), p)) {
        assertTrue(run.plan.workspaceBytes() > 0);
        assertFalse(run.plan.describe().isBlank());
        float[] first = run.forward(true);
        run.k.fill(Float.NaN); // the plan has transformed k; changing it has no effect any more
        float[] second = new float[first.length];
        FftConv.Args args = new FftConv.Args().u(run.u).y(run.y);
        for (int i = 0; i < 2; i++) {
          run.y.fill(Float.NaN);
          run.plan.forward(run.stream, args);
          run.stream.synchronize();
          run.y.copyTo(second);
          assertArrayEquals(first, second, "after setFilter");
        }
        float[] other = FftConvProblem.normal(new SplittableRandom(8), p.k.length, DType.F32);
        run.k.copyFrom(other);
        // a filter given in a call serves that call alone
        run.plan.forward(run.stream, new FftConv.Args().u(run.u).k(run.k).y(run.y));
        run.stream.synchronize();
        FftConvProblem replaced = new FftConvProblem(p.spec, p.u, other, null, null, null, p.dy);
        assertEquals(List.of(), replaced.judge("filter in the call", run.y.toFloats()));
        run.plan.forward(run.stream, args);
        run.stream.synchronize();
        assertArrayEquals(first, run.y.toFloats(), "set filter after a call with another");
        assertEquals(List.of(), replaced.judge("replaced filter", run.forward(true)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource(TARGETS)
  void zerosGiveZeros(Target target) {
    FftConvProblem p =
        FftConvProblem.random(
            with(spec(new long[] {1, 2, 777, 777}, Mode.CAUSAL, DType.F32), 7), 9);
    Arrays.fill(p.u, 0);
    try (FftConvRun run = new FftConvRun(target.device(), p)) {
      for (float value : run.forward(false)) {
        assertEquals(0, value, 0.0f);
      }
    }
  }

  private static Map<String, float[]> results(FftConvRun run) {
    Map<String, float[]> results = run.backward(true);
    results.put("y", run.forward(true));
    return results;
  }

  private static void assertSame(
      Map<String, float[]> expected, Map<String, float[]> got, String what) {
    expected.forEach((name, values) -> assertArrayEquals(values, got.get(name), what + " " + name));
  }

  /** Every row but one has the same bits. */
  private static void assertOthersEqual(
      float[] expected, float[] got, int rowLength, int row, String what) {
    List<Integer> differing = new ArrayList<>();
    for (int i = 0; i < expected.length; i++) {
      if (i / rowLength != row
          && Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(got[i])) {
        differing.add(i);
      }
    }
    assertTrue(
        differing.isEmpty(),
        () -> what + ": " + differing.size() + " differ, first " + differing.get(0));
  }

  private static double norm(float[] values) {
    return norm(Oracles.widen(values));
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
  }
}
