package dev.tilewright.op;

import static dev.tilewright.op.FftConvConformanceTest.spec;
import static dev.tilewright.op.FftConvConformanceTest.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tilewright.DType;
import dev.tilewright.Tensor;
import dev.tilewright.op.FftConv.Mode;
import dev.tilewright.op.Targets.Target;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How far a NaN or an infinity reaches: as far as FftConv's Javadoc says, and no farther. */
class FftConvNanTest {
  private static final String TARGETS = "dev.tilewright.op.Targets#all";
  private static final float[] POISONS = {Float.NaN, Float.NEGATIVE_INFINITY};

  /** L, Lk: one block, several in flight, and blocks that stream through. */
  private static final int[][] SHAPES = {
    {50, 50}, {257, 9}, {5000, 5000}, {5000, 33}, {20_000, 33}, {20_000, 4001}
  };

  @ParameterizedTest
  @MethodSource(TARGETS)
  void aPoisonedInputReachesWhatItsLagsReachAndTheBlocksAround(Target target) {
    for (Mode mode : Mode.values()) {
      for (int[] shape : SHAPES) {
        int length = shape[0];
        FftConv.Spec spec = spec(new long[] {2, 1, length, shape[1]}, mode, DType.F32);
        FftConvProblem p = FftConvProblem.random(spec, 1);
        try (FftConvRun run = new FftConvRun(target.device(), p)) {
          float[] y = run.forward(false);
          Map<String, float[]> gradients = run.backward(false);
          int block = target.name().startsWith("cpu") ? blockOf(run.plan.describe()) : length;
          for (float poison : POISONS) {
            for (int at : new int[] {0, length / 3, length / 2, length - 1}) {
              String what = run.plan.describe() + ": " + poison + " at " + at + " ";
              int[] lags = lags(spec);
              poison(run.u, length + at, poison); // batch row 1
              int first = at + lags[0];
              int last = at + lags[1];
              int low = mode == Mode.CAUSAL ? at / block * block : first - 2 * block + 1;
              judge(y, run.forward(false), first, last, low, last + 2 * block - 1, what + "y");
              assertArrayEquals(gradients.get("du"), run.backward(false).get("du"), what + "du");
              poison(run.u, length + at, p.u[length + at]);
              poison(run.dy, length + at, poison);
              float[] du = run.backward(false).get("du");
              first = at - lags[1];
              last = at - lags[0];
              int high =
                  mode == Mode.CAUSAL ? at / block * block + block - 1 : last + 2 * block - 1;
              judge(gradients.get("du"), du, first, last, first - 2 * block + 1, high, what + "du");
              poison(run.dy, length + at, p.dy[length + at]);
              assertArrayEquals(y, run.forward(false), what + "stays in the plan");
              assertArrayEquals(gradients.get("dk"), run.backward(false).get("dk"), what + "dk");
            }
          }
        }
      }
    }
  }

  /** The lags of the filter's taps, the lowest and the highest. */
  private static int[] lags(FftConv.Spec spec) {
    int length = (int) spec.length();
    int taps = (int) spec.filterLength();
    return switch (spec.mode()) {
      case CAUSAL -> new int[] {0, Math.min(taps, length) - 1};
      case CIRCULAR -> new int[] {1 - length, length - 1};
      case BIDIRECTIONAL ->
          new int[] {-Math.min(taps / 2, length - 1), Math.min((taps + 1) / 2, length) - 1};
    };
  }

  private static int blockOf(String description) {
    Matcher points = Pattern.compile("blocks of ([0-9]+) points").matcher(description);
    assertEquals(true, points.find(), description);
    return Integer.parseInt(points.group(1));
  }

  private static void poison(Tensor tensor, int index, float value) {
    tensor.copyFrom(index, new float[] {value}, 0, 1);
  }

  /**
   * Row 0 has its bits; of row 1, positions first to last are not finite, and those outside low to
   * high have their bits.
   */
  private static void judge(
      float[] clean, float[] got, int first, int last, int low, int high, String what) {
    int length = clean.length / 2;
    for (int t = 0; t < length; t++) {
      assertEquals(clean[t], got[t], what + ": row 0");
      float value = got[length + t];
      if (t >= first && t <= last) {
        assertFalse(Float.isFinite(value), what + ": position " + t + " is finite");
      } else if (t < low || t > high) {
        assertEquals(clean[length + t], value, what + ": position " + t);
      }
    }
  }

  /** Two rows of a head share a transform, so they share their fate; no others do. */
  @ParameterizedTest
  @MethodSource(TARGETS)
  void ofASparseConvolutionThePairOfRowsIsReached(Target target) {
    int length = 200;
    FftConv.Spec spec =
        with(spec(new long[] {4, 2, length, length}, Mode.CAUSAL, DType.F32), 7)
            .withSparse(SparsePattern.comb(512, 2));
    FftConvProblem p = FftConvProblem.random(spec, 1);
    try (FftConvRun run = new FftConvRun(target.device(), p)) {
      float[] clean = run.forward(false);
      poison(run.u, (2 * 2 + 1) * length + 17, Float.NaN); // batch row 2, channel 1
      float[] got = run.forward(false);
      for (int i = 0; i < got.length; i++) {
        int row = i / length;
        boolean reached = row % 2 == 1 && row / 2 >= 2; // batch rows 2 and 3 of channel 1
        if (reached) {
          assertFalse(Float.isFinite(got[i]), "row " + row);
        } else {
          assertEquals(clean[i], got[i], "row " + row);
        }
      }
      poison(run.u, (2 * 2 + 1) * length + 17, p.u[(2 * 2 + 1) * length + 17]);
      assertArrayEquals(clean, run.forward(false), "stays in the plan");
    }
  }

  @ParameterizedTest
  @MethodSource(TARGETS)
  void aPoisonedTokenReachesNoOtherRowAndIsForgottenByReset(Target target) {
    int length = 700;
    int rows = 6;
    for (int taps : new int[] {40, length}) {
      FftConvProblem p =
          FftConvProblem.random(spec(new long[] {2, 3, length, taps}, Mode.CAUSAL, DType.F32), 1);
      try (FftConvRun run = new FftConvRun(target.device(), p);
          Tensor token = target.device().empty(DType.F32, 2, 3);
          Tensor out = target.device().empty(DType.F32, 2, 3)) {
        run.plan.setFilter(run.stream, run.k);
        try (FftConv.Stepper stepper = run.plan.stepper()) {
          int at = 130;
          float[][] clean = decode(run, stepper, token, out, -1, length);
          float[][] got = decode(run, stepper, token, out, at, length);
          for (int t = 0; t < length; t++) {
            for (int row = 0; row < rows; row++) {
              if (row == 4 && t >= at && t < at + taps) {
                assertFalse(Float.isFinite(got[t][row]), taps + " taps, token " + t);
              } else if (row != 4 || t < at) {
                assertEquals(clean[t][row], got[t][row], taps + " taps, token " + t);
              }
            }
          }
          assertArrayEquals(clean, decode(run, stepper, token, out, -1, length), "after reset");
        }
      }
    }
  }

  private static float[][] decode(
      FftConvRun run, FftConv.Stepper stepper, Tensor token, Tensor out, int poisoned, int length) {
    stepper.reset();
    float[][] all = new float[length][];
    for (int t = 0; t < length; t++) {
      float[] values = new float[6];
      for (int row = 0; row < 6; row++) {
        values[row] = run.problem.u[row * length + t];
      }
      if (t == poisoned) {
        values[4] = Float.NaN;
      }
      token.copyFrom(values);
      stepper.step(run.stream, new FftConv.Args().u(token).y(out));
      all[t] = out.toFloats();
    }
    return all;
  }
}
