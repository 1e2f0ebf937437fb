package dev.tilewright.op;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tilewright.DType;
import dev.tilewright.op.FftConv.Mode;
import dev.tilewright.op.Targets.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * FftConv against its float64 reference: devices and vector levels, dtypes, modes, gates, shapes,
 * both passes.
 */
class FftConvConformanceTest {
  private static final boolean DEEP = Boolean.getBoolean("tilewright.deep");

  /** B, H, L, Lk. */
  private static final long[][] SMALL = {
    {1, 1, 1, 1},
    {2, 3, 1, 7},
    {3, 1, 2, 2},
    {2, 2, 3, 1},
    {1, 2, 5, 10},
    {2, 1, 7, 19},
    {1, 3, 16, 16},
    {2, 2, 31, 5},
    {1, 2, 63, 131},
    {2, 3, 64, 64},
    {3, 2, 65, 65},
    {1, 1, 128, 256},
    {1, 5, 256, 256},
    {2, 3, 257, 257},
    {2, 2, 256, 517},
    {2, 2, 511, 511},
    {2, 3, 1000, 1000},
    {1, 2, 1000, 2005},
    {2, 2, 1024, 1024},
    {1, 2, 1009, 37},
    {2, 2, 4096, 4096},
    {1, 2, 4099, 4099},
    {1, 1, 4099, 8198}
  };

  private static final long[][] MEDIUM = {
    {1, 111, 14113, 777},
    {2, 4, 65536, 65536},
    {1, 2, 16384, 16384},
    {1, 2, 32768, 65536},
    {1, 2, 20011, 20011},
    {1, 2, 65536, 128},
    {2, 2, 100000, 3},
    {2000, 3, 33, 33}
  };

  private static FftConvProblem shared;

  /** Without a GPU the suite says so; -Dtilewright.require=cuda makes that a failure. */
  @Test
  void runsOnCuda() {
    String why = Targets.whyNoCuda();
    if (why != null) {
      if ("cuda".equals(System.getProperty("tilewright.require"))) {
        fail("cuda is required: " + why);
      }
      System.out.println("FftConv on cuda:0 skipped: " + why);
      abort(why);
    }
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("cases")
  void agreesWithTheReference(String label, Target target, FftConv.Spec spec) {
    List<String> wrong = new ArrayList<>();
    FftConvProblem problem = problem(spec, label.hashCode());
    try (FftConvRun run = new FftConvRun(target.device(), problem)) {
      wrong.addAll(problem.judge("forward", run.forward(false)));
      wrong.addAll(problem.judge("forward cached", run.forward(true)));
      wrong.addAll(problem.judge("backward", run.backward(false)));
      wrong.addAll(problem.judge("backward cached", run.backward(true)));
      assertTrue(run.plan.workspaceBytes() > 0, "workspaceBytes");
    }
    assertTrue(wrong.isEmpty(), () -> target + ": " + String.join("; ", wrong));
  }

  static List<Arguments> cases() {
    List<FftConv.Spec> specs = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16)) {
        for (long[] shape : SMALL) {
          FftConv.Spec spec = spec(shape, mode, dtype);
          for (int parts = 0; parts < 8; parts++) {
            // parts of a 16-bit sequence differ from f32's only in how they are loaded
            if (dtype == DType.F32 || Integer.bitCount(parts) != 2) {
              specs.add(with(spec, parts));
            }
          }
        }
        for (long[] shape : MEDIUM) {
          FftConv.Spec spec = spec(shape, mode, dtype);
          specs.add(with(spec, 7));
          if (dtype == DType.F32) {
            specs.add(spec);
          }
          if (dtype == DType.F32 && shape == MEDIUM[0] || DEEP) {
            specs.add(with(spec, 1));
            specs.add(with(spec, 2));
          }
        }
      }
    }
    specs.addAll(longest());
    List<Arguments> cases = new ArrayList<>();
    for (FftConv.Spec spec : specs) {
      for (Target target : Targets.all()) {
        cases.add(arguments(FftConvProblem.label(spec), target, spec));
      }
    }
    return cases;
  }

  private static List<FftConv.Spec> longest() {
    long[] million = {1, 2, 1 << 20, 1 << 20};
    long[] largest = {1, 1, 1 << 22, 1 << 22};
    List<FftConv.Spec> specs = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      specs.add(spec(million, mode, DType.F32));
      specs.add(with(spec(million, mode, DType.F32), 7));
    }
    specs.add(with(spec(million, Mode.CAUSAL, DType.F16), 7));
    specs.add(with(spec(million, Mode.BIDIRECTIONAL, DType.BF16), 3));
    if (DEEP) {
      for (Mode mode : Mode.values()) {
        for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16)) {
          for (int parts = 0; parts < 4; parts++) {
            specs.add(with(spec(million, mode, dtype), parts));
          }
          specs.add(with(spec(largest, mode, dtype), 7));
        }
      }
    }
    return specs;
  }

  /** Random small problems; the seed in the report repeats them by -Dtilewright.seed. */
  @ParameterizedTest
  @MethodSource("dev.tilewright.op.Targets#all")
  void agreesOnRandomProblems(Target target) {
    long seed = Long.getLong("tilewright.seed", 20260);
    System.out.println("FftConv random problems on " + target + ": -Dtilewright.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      long length = 1 + (long) Math.pow(2000, random.nextDouble());
      long[] shape = {
        random.nextLong(1, 5), random.nextLong(1, 6), length, random.nextLong(1, 2 * length + 8)
      };
      DType dtype = List.of(DType.F32, DType.F16, DType.BF16).get(random.nextInt(3));
      Mode mode = Mode.values()[random.nextInt(3)];
      FftConv.Spec spec = with(spec(shape, mode, dtype), random.nextInt(8));
      FftConvProblem problem = FftConvProblem.random(spec, random.nextLong());
      try (FftConvRun run = new FftConvRun(target.device(), problem)) {
        boolean cached = random.nextBoolean();
        wrong.addAll(problem.judge("forward", run.forward(cached)));
        wrong.addAll(problem.judge("backward", run.backward(cached)));
      }
    }
    assertTrue(wrong.isEmpty(), () -> target + ", seed " + seed + ": " + String.join("; ", wrong));
  }

  @AfterAll
  static void release() {
    shared = null;
  }

  /** The targets of one case come one after the other and share its problem and reference. */
  private static FftConvProblem problem(FftConv.Spec spec, long seed) {
    if (shared == null || !shared.spec.equals(spec)) {
      shared = FftConvProblem.random(spec, seed);
    }
    return shared;
  }

  static FftConv.Spec spec(long[] shape, Mode mode, DType dtype) {
    return FftConv.Spec.of(shape[0], shape[1], shape[2])
        .withFilterLength(shape[3])
        .withMode(mode)
        .withDtype(dtype);
  }

  /** Bits of parts: 1 pregate, 2 postgate, 4 skip. */
  static FftConv.Spec with(FftConv.Spec spec, int parts) {
    return spec.withPregate((parts & 1) != 0)
        .withPostgate((parts & 2) != 0)
        .withSkip((parts & 4) != 0);
  }
}
