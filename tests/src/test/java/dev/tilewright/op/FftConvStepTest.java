package dev.tilewright.op;

import static dev.tilewright.op.FftConvConformanceTest.spec;
import static dev.tilewright.op.FftConvConformanceTest.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Tensor;
import dev.tilewright.op.FftConv.Mode;
import dev.tilewright.op.Targets.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoding token by token gives what the forward pass gives for the whole sequence. */
class FftConvStepTest {
  private static final int BATCH = 2;
  private static final int CHANNELS = 3;

  @ParameterizedTest
  @MethodSource("dev.tilewright.op.Targets#all")
  void stepsEqualTheForward(Target target) {
    List<String> wrong = new ArrayList<>();
    for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16)) {
      for (int length : new int[] {1, 2, 63, 64, 65, 1000, 4096}) {
        for (int taps : new int[] {length, 1, Math.max(1, length / 3), 2 * length + 5}) {
          for (int parts : taps == length ? new int[] {0, 1, 2, 4, 7} : new int[] {7}) {
            FftConv.Spec spec =
                with(spec(new long[] {BATCH, CHANNELS, length, taps}, Mode.CAUSAL, dtype), parts);
            FftConvProblem p = FftConvProblem.random(spec, length);
            try (FftConvRun run = new FftConvRun(target.device(), p)) {
              run.plan.setFilter(run.stream, run.k);
              try (FftConv.Stepper stepper = run.plan.stepper()) {
                wrong.addAll(p.judge("steps", decode(run, stepper, length)));
              }
              wrong.addAll(p.judge("forward after the steps", run.forward(true)));
            }
          }
        }
      }
    }
    assertTrue(wrong.isEmpty(), () -> target + ": " + String.join("; ", wrong));
  }

  @ParameterizedTest
  @MethodSource("dev.tilewright.op.Targets#all")
  void resetForgetsEverything(Target target) {
    for (int length : new int[] {64, 1000}) {
      FftConv.Spec spec =
          with(spec(new long[] {BATCH, CHANNELS, length, length}, Mode.CAUSAL, DType.F32), 7);
      FftConvProblem p = FftConvProblem.random(spec, 1);
      try (FftConvRun run = new FftConvRun(target.device(), p)) {
        run.plan.setFilter(run.stream, run.k);
        try (FftConv.Stepper stepper = run.plan.stepper()) {
          float[] whole = decode(run, stepper, length);
          stepper.reset();
          assertEquals(0, stepper.position());
          decode(run, stepper, length - 7); // stop in the middle of a block
          stepper.reset();
          assertArrayEquals(whole, decode(run, stepper, length));
          assertThrows(RuntimeException.class, () -> decode(run, stepper, 1), "a step beyond L");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.tilewright.op.Targets#all")
  void steppersOfOnePlanAreIndependent(Target target) {
    FftConv.Spec spec =
        with(spec(new long[] {BATCH, CHANNELS, 300, 300}, Mode.CAUSAL, DType.F32), 7);
    FftConvProblem p = FftConvProblem.random(spec, 2);
    try (FftConvRun run = new FftConvRun(target.device(), p)) {
      run.plan.setFilter(run.stream, run.k);
      try (FftConv.Stepper one = run.plan.stepper();
          FftConv.Stepper two = run.plan.stepper()) {
        decode(run, one, 100);
        assertEquals(100, one.position());
        assertEquals(0, two.position());
        assertEquals(List.of(), p.judge("second stepper", decode(run, two, 300)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.tilewright.op.Targets#all")
  void onlyCausalPlansStep(Target target) {
    for (Mode mode : List.of(Mode.CIRCULAR, Mode.BIDIRECTIONAL)) {
      try (FftConv plan =
          FftConv.plan(target.device(), spec(new long[] {1, 1, 8, 8}, mode, DType.F32))) {
        assertThrows(InvalidSpecException.class, plan::stepper);
      }
    }
  }

  /** Feeds the first {@code steps} tokens of the run's problem, y filled with NaN each time. */
  private static float[] decode(FftConvRun run, FftConv.Stepper stepper, int steps) {
    FftConvProblem p = run.problem;
    int length = (int) p.spec.length();
    Device device = run.device;
    DType dtype = p.spec.dtype();
    float[] all = new float[BATCH * CHANNELS * length];
    float[] token = new float[BATCH * CHANNELS];
    try (Tensor u = device.empty(dtype, BATCH, CHANNELS);
        Tensor pre = device.empty(dtype, BATCH, CHANNELS);
        Tensor post = device.empty(dtype, BATCH, CHANNELS);
        Tensor y = device.empty(dtype, BATCH, CHANNELS)) {
      FftConv.Args args =
          new FftConv.Args()
              .u(u)
              .pregate(p.pregate == null ? null : pre)
              .postgate(p.postgate == null ? null : post)
              .d(run.d)
              .y(y);
      for (int t = 0; t < steps; t++) {
        load(u, p.u, t, length, token);
        load(pre, p.pregate, t, length, token);
        load(post, p.postgate, t, length, token);
        y.fill(Float.NaN);
        stepper.step(run.stream, args);
        run.stream.synchronize();
        y.copyTo(token);
        for (int row = 0; row < token.length; row++) {
          all[row * length + t] = token[row];
        }
      }
    }
    return all;
  }

  private static void load(Tensor tensor, float[] sequence, int t, int length, float[] token) {
    if (sequence != null) {
      for (int row = 0; row < token.length; row++) {
        token[row] = sequence[row * length + t];
      }
      tensor.copyFrom(token);
    }
  }
}
