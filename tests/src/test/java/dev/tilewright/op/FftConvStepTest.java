package dev.tilewright.op;

import static dev.tilewright.op.FftConvConformanceTest.spec;
import static dev.tilewright.op.FftConvConformanceTest.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.CpuLevel;
import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Tensor;
import dev.tilewright.op.FftConv.Mode;
import dev.tilewright.op.Targets.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
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

  /** Several scales, a window that moves on over the last one, and rows that fill no vector. */
  @ParameterizedTest
  @MethodSource("dev.tilewright.op.Targets#all")
  void longSequencesStep(Target target) {
    List<String> wrong = new ArrayList<>();
    long[][] shapes = {{3, 5, 5000, 5000}, {3, 5, 5000, 200}, {1, 1, 40000, 40000}};
    for (long[] shape : shapes) {
      for (DType dtype : List.of(DType.F32, DType.BF16)) {
        FftConv.Spec spec = with(spec(shape, Mode.CAUSAL, dtype), 7);
        FftConvProblem p = FftConvProblem.random(spec, 3);
        try (FftConvRun run = new FftConvRun(target.device(), p)) {
          run.plan.setFilter(run.stream, run.k);
          try (FftConv.Stepper stepper = run.plan.stepper()) {
            wrong.addAll(p.judge("steps", decode(run, stepper, (int) shape[2])));
          }
        }
      }
    }
    assertTrue(wrong.isEmpty(), () -> target + ": " + String.join("; ", wrong));
  }

  @Test
  void threadsDoNotChangeTheBits() {
    FftConv.Spec spec =
        with(spec(new long[] {5, 421, 600, 600}, Mode.CAUSAL, DType.F32), 7); // rows for both
    FftConvProblem p = FftConvProblem.random(spec, 4);
    for (CpuLevel level : Targets.levels()) {
      float[][] results = new float[2][];
      for (int threads = 1; threads <= 2; threads++) {
        try (Device device = Targets.cpu(level, threads);
            FftConvRun run = new FftConvRun(device, p)) {
          run.plan.setFilter(run.stream, run.k);
          try (FftConv.Stepper stepper = run.plan.stepper()) {
            results[threads - 1] = decode(run, stepper, 600);
          }
        }
      }
      assertArrayEquals(results[0], results[1], level.label());
      assertEquals(List.of(), p.judge("steps at " + level.label(), results[0]));
    }
  }

  /** The filter of a stepper is the one that was set when it was made. */
  @ParameterizedTest
  @MethodSource("dev.tilewright.op.Targets#all")
  void aLaterFilterIsForLaterSteppers(Target target) {
    FftConv.Spec spec =
        with(spec(new long[] {BATCH, CHANNELS, 300, 300}, Mode.CAUSAL, DType.F32), 7);
    FftConvProblem p = FftConvProblem.random(spec, 5);
    try (FftConvRun run = new FftConvRun(target.device(), p);
        Tensor zeros = target.device().empty(DType.F32, CHANNELS, 300)) {
      zeros.fill(0);
      run.plan.setFilter(run.stream, run.k);
      try (FftConv.Stepper stepper = run.plan.stepper()) {
        run.plan.setFilter(run.stream, zeros);
        assertEquals(List.of(), p.judge("steps", decode(run, stepper, 300)));
      }
    }
  }

  /** Outputs may take the place of the inputs. */
  @ParameterizedTest
  @MethodSource("dev.tilewright.op.Targets#all")
  void stepsInPlace(Target target) {
    FftConv.Spec spec =
        with(spec(new long[] {BATCH, CHANNELS, 100, 100}, Mode.CAUSAL, DType.F32), 0);
    FftConvProblem p = FftConvProblem.random(spec, 6);
    try (FftConvRun run = new FftConvRun(target.device(), p);
        Tensor token = target.device().empty(DType.F32, BATCH, CHANNELS)) {
      run.plan.setFilter(run.stream, run.k);
      float[] all = new float[BATCH * CHANNELS * 100];
      float[] values = new float[BATCH * CHANNELS];
      try (FftConv.Stepper stepper = run.plan.stepper()) {
        for (int t = 0; t < 100; t++) {
          load(token, p.u, t, 100, values);
          stepper.step(run.stream, new FftConv.Args().u(token).y(token));
          run.stream.synchronize();
          token.copyTo(values);
          for (int row = 0; row < values.length; row++) {
            all[row * 100 + t] = values[row];
          }
        }
      }
      assertEquals(List.of(), p.judge("steps", all));
    }
  }

  /** Feeds the first {@code steps} tokens of the run's problem, y filled with NaN each time. */
  private static float[] decode(FftConvRun run, FftConv.Stepper stepper, int steps) {
    FftConvProblem p = run.problem;
    int length = (int) p.spec.length();
    Device device = run.device;
    DType dtype = p.spec.dtype();
    long[] shape = {p.spec.batch(), p.spec.channels()};
    float[] token = new float[(int) (shape[0] * shape[1])];
    float[] all = new float[token.length * length];
    try (Tensor u = device.empty(dtype, shape);
        Tensor pre = device.empty(dtype, shape);
        Tensor post = device.empty(dtype, shape);
        Tensor y = device.empty(dtype, shape)) {
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
