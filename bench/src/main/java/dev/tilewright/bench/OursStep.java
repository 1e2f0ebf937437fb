package dev.tilewright.bench;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;
import dev.tilewright.op.FftConv;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A whole sequence decoded by our stepper; one call is all its steps. Tokens lie in memory as [L,
 * B, H].
 */
final class OursStep extends InProcess {
  private final FftConvCase problem;
  private final Stream stream;
  private final FftConv plan;
  private final FftConv.Stepper stepper;
  private final FftConv.Args[] steps;
  private final List<Tensor> tensors = new ArrayList<>();
  private final Tensor y;

  OursStep(Device device, FftConvCase problem, Inputs inputs) {
    this.problem = problem;
    stream = device.stream();
    plan = FftConv.plan(device, problem.spec());
    Tensor k = keep(device.of(inputs.k, DType.F32, problem.channels(), problem.taps()));
    plan.setFilter(stream, k);
    stepper = plan.stepper();
    DType dtype = problem.dtype();
    long length = problem.length();
    long[] shape = {length, problem.batch(), problem.channels()};
    Tensor u = keep(device.of(stepMajor(inputs.u), dtype, shape));
    y = keep(device.empty(dtype, shape));
    Tensor pre = problem.gated() ? keep(device.of(stepMajor(inputs.pregate), dtype, shape)) : null;
    Tensor post =
        problem.gated() ? keep(device.of(stepMajor(inputs.postgate), dtype, shape)) : null;
    steps = new FftConv.Args[Math.toIntExact(length)];
    for (int t = 0; t < steps.length; t++) {
      steps[t] = new FftConv.Args().u(token(device, u, t)).y(token(device, y, t));
      if (problem.gated()) {
        steps[t].pregate(token(device, pre, t)).postgate(token(device, post, t));
      }
    }
  }

  private Tensor keep(Tensor tensor) {
    tensors.add(tensor);
    return tensor;
  }

  private Tensor token(Device device, Tensor all, long t) {
    long rows = problem.batch() * problem.channels();
    long address = all.address() + t * rows * all.dtype().bytes();
    return keep(device.wrap(address, all.dtype(), problem.batch(), problem.channels()));
  }

  private float[] stepMajor(float[] x) {
    int length = Math.toIntExact(problem.length());
    int rows = x.length / length;
    float[] turned = new float[x.length];
    for (int r = 0; r < rows; r++) {
      for (int t = 0; t < length; t++) {
        turned[t * rows + r] = x[r * length + t];
      }
    }
    return turned;
  }

  @Override
  void call() {
    stepper.reset();
    for (FftConv.Args step : steps) {
      stepper.step(stream, step);
    }
    stream.synchronize();
  }

  @Override
  public Map<String, float[]> run() {
    y.fill(Float.NaN);
    call();
    float[] turned = y.toFloats();
    int length = Math.toIntExact(problem.length());
    int rows = turned.length / length;
    float[] values = new float[turned.length];
    for (int r = 0; r < rows; r++) {
      for (int t = 0; t < length; t++) {
        values[r * length + t] = turned[t * rows + r];
      }
    }
    return Map.of("y", values);
  }

  @Override
  public long workspaceBytes() {
    return plan.workspaceBytes() + stepper.workspaceBytes();
  }

  @Override
  public void close() {
    stepper.close();
    plan.close();
    tensors.forEach(Tensor::close);
  }
}
