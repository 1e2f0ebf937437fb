package dev.tilewright.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tilewright.CpuLevel;
import dev.tilewright.DType;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.op.FftConv.Mode;
import dev.tilewright.op.Targets.Target;
import dev.tilewright.oracle.RelativeError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Frequency-sparse convolution against its float64 definition, and the patterns themselves. */
class FftConvSparseTest {

  /** By name: patterns of every kind, for each their N. */
  private static Map<String, SparsePattern> patterns(long n) {
    Map<String, SparsePattern> all = new LinkedHashMap<>();
    all.put("all", prefix(n, n));
    all.put("band", SparsePattern.lowPass(n, n / 8));
    all.put("comb 4", SparsePattern.comb(n, 4));
    all.put("comb 32", SparsePattern.comb(n, 32));
    all.put("odd comb", SparsePattern.of(new long[] {2, n / 2}, keep(n / 2, false, true)));
    all.put("quarter", prefix(4, 1, n / 4, n / 4));
    all.put("sixteenths", prefix(16, 2, n / 16, n / 16));
    all.put("8 of 16", prefix(16, 8, n / 16, n / 16));
    all.put("three axes", prefix(8, 3, 8, 5, n / 64, n / 64));
    all.put("four axes", prefix(4, 2, 4, 3, 4, 2, n / 64, n / 64 - 1));
    all.put("last axis", prefix(16, 16, n / 16, 1));
    all.put("inner axis", prefix(32, 32, 2, 1, n / 64, n / 64));
    all.put("constant", SparsePattern.lowPass(n, 1));
    all.put("Nyquist", only(n, n / 2));
    all.put("one frequency", only(n, 37));
    return all;
  }

  /** Factors and kept counts in turn. */
  private static SparsePattern prefix(long... factorsAndKept) {
    long[] factors = new long[factorsAndKept.length / 2];
    long[] kept = new long[factors.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = factorsAndKept[2 * i];
      kept[i] = factorsAndKept[2 * i + 1];
    }
    return SparsePattern.prefixes(factors, kept);
  }

  private static boolean[][] keep(long second, boolean... first) {
    boolean[] all = new boolean[(int) second];
    Arrays.fill(all, true);
    return new boolean[][] {first, all};
  }

  private static SparsePattern only(long n, long f) {
    boolean[] keep = new boolean[(int) n];
    keep[(int) f] = true;
    return SparsePattern.of(new long[] {n}, new boolean[][] {keep});
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("cases")
  void agreesWithTheDefinition(String label, Target target, FftConv.Spec spec) {
    FftConvProblem problem = FftConvProblem.random(spec, label.hashCode());
    try (FftConvRun run = new FftConvRun(target.device(), problem)) {
      List<String> wrong = new ArrayList<>();
      wrong.addAll(problem.judge("forward", run.forward(false)));
      wrong.addAll(problem.judge("forward cached", run.forward(true)));
      wrong.addAll(problem.judge("backward", run.backward(false)));
      wrong.addAll(problem.judge("backward cached", run.backward(true)));
      assertTrue(wrong.isEmpty(), () -> run.plan.describe() + ": " + String.join("; ", wrong));
    }
  }

  static List<Arguments> cases() {
    Map<String, FftConv.Spec> specs = new LinkedHashMap<>();
    patterns(256).forEach((name, p) -> specs.put(name, spec(2, 2, 128, 128).withSparse(p)));
    patterns(1024)
        .forEach((name, p) -> specs.put(name + " odd", all(spec(3, 2, 517, 1024)).withSparse(p)));
    patterns(2048)
        .forEach((name, p) -> specs.put(name + " ring", spec(1, 2, 2048, 333).withSparse(p)));
    patterns(8192)
        .forEach((name, p) -> specs.put(name + " 8K", all(spec(2, 1, 4096, 4096)).withSparse(p)));
    patterns(65536)
        .forEach((name, p) -> specs.put(name + " 64K", spec(2, 1, 30011, 32768).withSparse(p)));
    for (DType dtype : List.of(DType.F16, DType.BF16)) {
      patterns(512)
          .forEach(
              (name, p) ->
                  specs.put(
                      name + " " + dtype,
                      all(spec(5, 2, 333, 512)).withDtype(dtype).withSparse(p)));
    }
    SparsePattern quarter = prefix(16, 3, 16, 16);
    for (int parts = 0; parts < 8; parts++) {
      specs.put("parts " + parts, with(spec(4, 3, 200, 256), parts).withSparse(quarter));
    }
    specs.put("one sample", spec(2, 3, 1, 1).withSparse(quarter));
    specs.put("one tap", spec(1, 2, 256, 1).withSparse(quarter));
    List<Arguments> cases = new ArrayList<>();
    specs.forEach((name, spec) -> Targets.all().forEach(t -> cases.add(arguments(name, t, spec))));
    return cases;
  }

  private static FftConv.Spec spec(long b, long h, long l, long taps) {
    return FftConv.Spec.of(b, h, l).withFilterLength(taps);
  }

  private static FftConv.Spec all(FftConv.Spec spec) {
    return with(spec, 7);
  }

  private static FftConv.Spec with(FftConv.Spec spec, int parts) {
    return spec.withPregate((parts & 1) != 0)
        .withPostgate((parts & 2) != 0)
        .withSkip((parts & 4) != 0);
  }

  @Test
  void smallProblemsRunOnTheCallersThread() {
    FftConv.Spec small = FftConv.Spec.of(2, 2, 500).withSparse(SparsePattern.comb(1024, 4));
    FftConv.Spec large = FftConv.Spec.of(2, 2, 1024).withSparse(SparsePattern.comb(2048, 4));
    try (CpuDevice device = Targets.cpu(CpuLevel.X86_64, 2);
        FftConv inline = FftConv.plan(device, small);
        FftConv pooled = FftConv.plan(device, large)) {
      assertTrue(inline.describe().endsWith("on the caller's thread"), inline.describe());
      assertTrue(pooled.describe().endsWith("a head a task"), pooled.describe());
    }
  }

  @Test
  void keepingAllIsTheCircularConvolution() {
    FftConv.Spec dense = spec(3, 2, 1024, 1024).withMode(Mode.CIRCULAR);
    FftConvProblem problem = FftConvProblem.random(dense, 1);
    FftConv.Spec sparse = spec(3, 2, 1024, 1024).withSparse(prefix(1024, 1024));
    FftConvProblem masked =
        new FftConvProblem(sparse, problem.u, problem.k, null, null, null, problem.dy);
    for (Target target : Targets.all()) {
      try (FftConvRun run = new FftConvRun(target.device(), masked)) {
        assertTrue(RelativeError.l2(run.forward(false), problem.y()) < 2e-6, target.name());
        Map<String, float[]> gradients = run.backward(false);
        problem
            .gradients()
            .forEach((n, g) -> assertTrue(RelativeError.l2(gradients.get(n), g) < 2e-6, n));
      }
    }
  }

  @Test
  void axesAreThoseOfTheFactors() {
    // f = k1 + 4 (k2 + 4 k3): k1 < 1 and k2 < 2 keep 0 and 4 modulo 16, and with 4 also 12
    SparsePattern p = prefix(4, 1, 4, 2, 16, 16);
    for (int f = 0; f < 256; f++) {
      assertEquals(f % 16 == 0 || f % 16 == 4 || f % 16 == 12, p.keeps(f), "frequency " + f);
    }
    assertEquals(3.0 / 16, p.keptFraction());
    assertEquals(256, p.transformLength());
    assertEquals("4:1x4:2x16", p.toString());
    SparsePattern band = prefix(16, 16, 16, 3); // f < 48, and its mirror f > 208
    for (int f = 0; f < 256; f++) {
      assertEquals(f < 48 || f > 208, band.keeps(f), "frequency " + f);
    }
    SparsePattern single = only(256, 37);
    for (int f = 0; f < 256; f++) {
      assertEquals(f == 37 || f == 219, single.keeps(f), "frequency " + f);
    }
    assertEquals(SparsePattern.comb(256, 4), prefix(4, 1, 64, 64));
    assertEquals(SparsePattern.comb(256, 4).hashCode(), prefix(4, 1, 64, 64).hashCode());
    assertNotEquals(SparsePattern.comb(256, 4), SparsePattern.comb(512, 4));
  }

  @Test
  void whatIsKeptPassesAndTheRestDoesNot() {
    // an impulse as the filter, so that y is u without the dropped frequencies
    int n = 256;
    SparsePattern p = prefix(4, 1, 64, 64);
    FftConv.Spec spec = spec(1, 1, n, 1).withSparse(p);
    float[] u = new float[n];
    float[] want = new float[n];
    for (int t = 0; t < n; t++) {
      want[t] =
          (float) (2 + Math.cos(2 * Math.PI * 8 * t / n) + Math.sin(2 * Math.PI * 60 * t / n));
      u[t] = want[t] + (float) (Math.cos(2 * Math.PI * 9 * t / n) + Math.sin(Math.PI * t / 64));
    }
    FftConvProblem problem =
        new FftConvProblem(spec, u, new float[] {1}, null, null, null, new float[n]);
    for (Target target : Targets.all()) {
      try (FftConvRun run = new FftConvRun(target.device(), problem)) {
        assertArrayEquals(want, run.forward(false), 2e-6f, target.name());
      }
    }
  }

  @Test
  void threadsAndTasksDoNotChangeBits() {
    FftConv.Spec spec = all(spec(5, 3, 700, 1024)).withSparse(prefix(16, 3, 64, 64));
    FftConvProblem problem = FftConvProblem.random(spec, 3);
    for (CpuLevel level : Targets.levels()) {
      List<float[]> results = new ArrayList<>();
      for (int threads = 1; threads <= 3; threads++) {
        try (CpuDevice device = Targets.cpu(level, threads);
            FftConvRun run = new FftConvRun(device, problem)) {
          results.add(run.forward(false));
          results.add(run.forward(true));
        }
      }
      results.forEach(r -> assertArrayEquals(results.get(0), r));
    }
  }

  @Test
  void anyChoiceOfGradientsHasTheSameBits() {
    FftConv.Spec spec = all(spec(3, 2, 700, 1024)).withSparse(prefix(16, 3, 64, 64));
    FftConvProblem problem = FftConvProblem.random(spec, 4);
    for (Target target : Targets.all()) {
      try (FftConvRun run = new FftConvRun(target.device(), problem)) {
        Map<String, float[]> together = run.backward(false);
        together.forEach(
            (name, values) -> assertArrayEquals(values, run.backward(false, name).get(name), name));
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    SparsePattern p = SparsePattern.comb(256, 4);
    refuses("mode", () -> spec(1, 1, 9, 9).withSparse(p).withMode(Mode.CIRCULAR));
    refuses("length", () -> spec(1, 1, 257, 9).withSparse(p));
    refuses("filterLength", () -> spec(1, 1, 9, 257).withSparse(p));
    refuses("factors", () -> prefix(128, 1));
    refuses("factors", () -> prefix(768, 1));
    refuses("factors", () -> prefix());
    refuses("factors", () -> SparsePattern.prefixes(null, null));
    refuses("kept", () -> SparsePattern.prefixes(new long[] {256}, new long[] {1, 1}));
    refuses("kept[0]", () -> prefix(256, 0));
    refuses("kept[0]", () -> prefix(256, 257));
    refuses("keep", () -> SparsePattern.of(new long[] {256}, null));
    refuses("keep[0]", () -> SparsePattern.of(new long[] {256}, new boolean[1][2]));
    refuses("keep[0]", () -> SparsePattern.of(new long[] {256}, new boolean[1][256]));
    refuses("every", () -> SparsePattern.comb(256, 3));
    try (FftConv plan =
        FftConv.plan(Targets.all().get(0).device(), spec(1, 1, 9, 9).withSparse(p))) {
      refuses("sparse", plan::stepper);
    }
  }

  private static void refuses(String argument, Executable what) {
    InvalidSpecException e = assertThrows(InvalidSpecException.class, what);
    assertTrue(e.getMessage().contains(argument), e.getMessage());
  }
}
