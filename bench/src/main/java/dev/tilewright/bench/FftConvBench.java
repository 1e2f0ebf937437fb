package dev.tilewright.bench;

import dev.tilewright.Device;
import dev.tilewright.bench.BenchRow.BaselineTime;
import dev.tilewright.bench.FftConvCase.Pass;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.op.FftConv;
import dev.tilewright.oracle.Bounds;
import dev.tilewright.oracle.FftConvOracle;
import dev.tilewright.oracle.RelativeError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times FFT convolution on a device against other libraries.
 *
 * <p>Every contender is first checked against the float64 oracle on the same numbers. Then rounds:
 * in each, every contender in turn gets warm-up calls and a stretch of timed calls, so that what
 * the machine does beside us falls on all alike. Medians are taken over the calls of all rounds.
 * Our times are those of the public Java API.
 */
public final class FftConvBench implements AutoCloseable {
  /** A contender's stretch in a round lasts about this long, but has at least one call. */
  private static final double STRETCH_NANOS = 60e6;

  private static final int MOST_CALLS = 400;

  /** Between two contenders: the last one's threads stop spinning and park. */
  private static final long PAUSE_MILLIS = 10;

  /** The baselines that are known. */
  public static final List<String> BASELINES =
      List.of("torch", "mkl", "mkl-right-angle", "fftw", "pytorch");

  private final Device device;
  private final int threads;
  private final List<Baseline> baselines = new ArrayList<>();
  private final Floor floor;

  /**
   * Fetches and starts the baselines and measures the machine's peaks.
   *
   * @param baselineNames of {@link #BASELINES}
   * @param python interpreter for pytorch, may be null without it
   * @throws IllegalArgumentException for an unknown name, or pytorch without python
   */
  public FftConvBench(Device device, List<String> baselineNames, String python) {
    this(device, baselineNames, python, Progress.silent());
  }

  FftConvBench(Device device, List<String> baselineNames, String python, Progress progress) {
    this.device = device;
    this.threads = device instanceof CpuDevice cpu ? cpu.threads() : 1;
    try {
      for (String name : baselineNames) {
        progress.step("getting baseline " + name, 0);
        baselines.add(baseline(name, python));
      }
      progress.step("measuring the machine", 0);
      floor = measurePeaks();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Baseline baseline(String name, String python) {
    return switch (name) {
      case "torch" -> ChildBaseline.torch(threads);
      case "mkl" -> TransformBaseline.mkl(device, threads, false);
      case "mkl-right-angle" -> TransformBaseline.mkl(device, threads, true);
      case "fftw" -> TransformBaseline.fftw(device, threads);
      case "pytorch" -> {
        if (python == null) {
          throw new IllegalArgumentException(
              "baseline pytorch: --python must name an interpreter that has PyTorch");
        }
        yield ChildBaseline.pytorch(python, threads);
      }
      default ->
          throw new IllegalArgumentException(
              "unknown baseline '" + name + "'; known: " + BASELINES);
    };
  }

  private Floor measurePeaks() {
    NativeBaselines.load();
    long session = NativeBaselines.open(threads, null, null);
    try {
      NativeBaselines.pin(session, true);
      return new Floor(NativeBaselines.copyBandwidth(session), NativeBaselines.peakFlops(session));
    } finally {
      NativeBaselines.pin(session, false);
      NativeBaselines.close(session);
    }
  }

  /** Where and with what this bench measures. */
  public Map<String, Object> environment() {
    return EnvironmentReport.of(device, threads, floor, baselines);
  }

  /**
   * Checks and times one case.
   *
   * @param rounds at least 1
   */
  public BenchRow run(FftConvCase problem, int rounds) {
    return run(problem, rounds, Progress.silent());
  }

  BenchRow run(FftConvCase problem, int rounds, Progress progress) {
    progress.step(problem.label() + ": inputs", 0);
    try (Inputs inputs = new Inputs(device, problem)) {
      progress.step(problem.label() + ": oracle", 0);
      Map<String, double[]> expected = oracle(problem, inputs);
      Map<String, Timed> all = new LinkedHashMap<>();
      try {
        Contender ours =
            problem.pass() == Pass.STEP
                ? new OursStep(device, problem, inputs)
                : new Ours(device, problem, inputs);
        all.put("", new Timed(ours, error(ours, expected)));
        References.of(device, problem, inputs).forEach((n, c) -> all.put(n, new Timed(c, 0)));
        for (Baseline baseline : baselines) {
          // no other library drops frequencies
          if (problem.sparse() == null && baseline.supports(problem)) {
            progress.step(problem.label() + ": checking " + baseline.name(), 0);
            all.put(baseline.name(), planned(baseline, problem, inputs, expected));
          }
        }
        measure(problem, all, rounds, progress);
        return row(problem, inputs, all);
      } finally {
        all.values().forEach(Timed::close);
      }
    }
  }

  /** A contender, its error, its samples; or the reason why it has none. */
  private static final class Timed {
    final Contender contender;
    final double relError;
    final Samples samples = new Samples();
    String failure;
    int calls = 1;

    Timed(Contender contender, double relError) {
      this.contender = contender;
      this.relError = relError;
    }

    void close() {
      if (contender != null) {
        contender.close();
      }
    }
  }

  private static Timed planned(
      Baseline baseline, FftConvCase problem, Inputs inputs, Map<String, double[]> expected) {
    Contender contender = null;
    try {
      contender = baseline.plan(problem, inputs);
      return new Timed(contender, error(contender, expected));
    } catch (BaselineException e) {
      Timed failed = new Timed(contender, Double.NaN);
      failed.failure = e.getMessage();
      return failed;
    }
  }

  private static void measure(
      FftConvCase problem, Map<String, Timed> all, int rounds, Progress progress) {
    for (Timed t : all.values()) {
      if (t.failure == null) {
        t.contender.time(1);
        double nanos = t.contender.time(1)[0];
        t.calls = (int) Math.max(1, Math.min(MOST_CALLS, STRETCH_NANOS / Math.max(1, nanos)));
      }
    }
    for (int round = 0; round < rounds; round++) {
      progress.step(problem.label() + ": round " + (round + 1), (double) round / rounds);
      for (Timed t : all.values()) {
        if (t.failure == null) {
          pause();
          t.samples.add(t.contender.time(t.calls));
        }
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BaselineException("interrupted", e);
    }
  }

  private BenchRow row(FftConvCase problem, Inputs inputs, Map<String, Timed> all) {
    Timed ours = all.remove("");
    Map<String, BaselineTime> times = new LinkedHashMap<>();
    all.forEach(
        (name, t) ->
            times.put(
                name,
                new BaselineTime(
                    t.samples.median(),
                    t.samples.quantile(0.2),
                    t.samples.quantile(0.8),
                    name.startsWith("ours-") ? Double.NaN : t.relError,
                    t.failure == null ? t.contender.workspaceBytes() : -1,
                    t.failure)));
    if (problem.pass() == Pass.STEP) {
      double whole = References.recomputeMillis(device, problem, inputs);
      times.put("ours-recompute", new BaselineTime(whole, whole, whole, Double.NaN, -1, null));
    }
    BenchRow row =
        new BenchRow(
            problem,
            device.name(),
            ours.samples.median(),
            ours.samples.quantile(0.2),
            ours.samples.quantile(0.8),
            floor.millis(problem),
            ours.relError,
            ours.relError <= Bounds.of(problem.dtype(), problem.length()),
            ours.contender.workspaceBytes(),
            ours.contender instanceof Ours o ? o.describe() : "",
            CallOverhead.micros(device, problem, ours.samples.median()),
            times);
    all.put("", ours); // so that it is closed with the others
    return row;
  }

  private static double error(Contender contender, Map<String, double[]> expected) {
    Map<String, float[]> got = contender.run();
    double worst = 0;
    for (Map.Entry<String, double[]> e : expected.entrySet()) {
      float[] values = got.get(e.getKey());
      if (values == null || values.length != e.getValue().length) {
        return Double.NaN;
      }
      double error = RelativeError.l2(values, e.getValue());
      if (!(error <= worst)) { // NaN is worst of all, and stays
        worst = error;
      }
    }
    return worst;
  }

  private static Map<String, double[]> oracle(FftConvCase problem, Inputs inputs) {
    FftConv.Spec spec = problem.spec();
    double[] u = widen(inputs.u);
    double[] k = widen(inputs.k);
    double[] pregate = widen(inputs.pregate);
    double[] postgate = widen(inputs.postgate);
    Map<String, double[]> expected = new LinkedHashMap<>();
    if (!problem.pass().hasBackward() || problem.pass().hasForward()) {
      expected.put("y", FftConvOracle.forward(spec, u, k, pregate, postgate, null));
    }
    if (problem.pass().hasBackward()) {
      FftConvOracle.Gradients g =
          FftConvOracle.backward(spec, widen(inputs.dy), u, k, pregate, postgate, null);
      expected.put("du", g.du());
      expected.put("dk", g.dk());
      if (problem.gated()) {
        expected.put("dpregate", g.dpregate());
        expected.put("dpostgate", g.dpostgate());
      }
    }
    return expected;
  }

  private static double[] widen(float[] values) {
    if (values == null) {
      return null;
    }
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  @Override
  public void close() {
    baselines.forEach(Baseline::close);
    baselines.clear();
  }
}
