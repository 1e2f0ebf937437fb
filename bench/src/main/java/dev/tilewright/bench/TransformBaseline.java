package dev.tilewright.bench;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Tensor;
import dev.tilewright.bench.FftConvCase.Pass;
import dev.tilewright.op.FftConv;
import java.nio.file.Path;
import java.util.Map;

/**
 * MKL or FFTW, driven row by row from C++ with a pool of pinned threads. The library's real
 * transforms, or (right-angle) our own trick on its complex ones, which is the strongest use of it
 * that we know of.
 */
final class TransformBaseline implements Baseline {
  private final Device device;
  private final String name;
  private final boolean rightAngle;
  private final long session;
  private final String described;

  private TransformBaseline(
      Device device, String name, String library, Path folder, int threads, boolean rightAngle) {
    NativeBaselines.load();
    this.device = device;
    this.name = name;
    this.rightAngle = rightAngle;
    session = NativeBaselines.open(threads, library, folder.toString());
    described = NativeBaselines.describe(session);
  }

  static TransformBaseline mkl(Device device, int threads, boolean rightAngle) {
    String name = rightAngle ? "mkl-right-angle" : "mkl";
    return new TransformBaseline(device, name, "mkl", Archives.mkl(), threads, rightAngle);
  }

  static TransformBaseline fftw(Device device, int threads) {
    return new TransformBaseline(device, "fftw", "fftw", Archives.fftw(), threads, false);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String describe() {
    return described;
  }

  @Override
  public boolean supports(FftConvCase problem) {
    return problem.pass() == Pass.FORWARD
        && problem.dtype() == DType.F32
        && (!rightAngle || problem.mode() == FftConv.Mode.CAUSAL);
  }

  @Override
  public Contender plan(FftConvCase problem, Inputs inputs) {
    return new Plan(problem, inputs);
  }

  @Override
  public void close() {
    NativeBaselines.close(session);
  }

  private final class Plan extends InProcess {
    private final Inputs inputs;
    private final long plan;
    private final long k;
    private final Tensor y;

    Plan(FftConvCase problem, Inputs inputs) {
      this.inputs = inputs;
      plan =
          NativeBaselines.plan(
              session,
              problem.batch(),
              problem.channels(),
              problem.length(),
              problem.taps(),
              problem.mode().ordinal(),
              rightAngle);
      if (problem.cached()) {
        NativeBaselines.setFilter(plan, inputs.k32.address());
      }
      k = problem.cached() ? 0 : inputs.k32.address();
      y = device.empty(DType.F32, problem.batch(), problem.channels(), problem.length());
    }

    @Override
    void begin() {
      NativeBaselines.pin(session, true);
    }

    @Override
    void end() {
      NativeBaselines.pin(session, false);
    }

    @Override
    void call() {
      NativeBaselines.forward(
          plan,
          inputs.u32.address(),
          k,
          inputs.pregate32 == null ? 0 : inputs.pregate32.address(),
          inputs.postgate32 == null ? 0 : inputs.postgate32.address(),
          y.address());
    }

    @Override
    public Map<String, float[]> run() {
      y.fill(Float.NaN);
      call();
      return Map.of("y", y.toFloats());
    }

    @Override
    public long workspaceBytes() {
      return NativeBaselines.workspaceBytes(plan);
    }

    @Override
    public void close() {
      NativeBaselines.free(plan);
      y.close();
    }
  }
}
