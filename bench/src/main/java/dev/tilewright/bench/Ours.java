package dev.tilewright.bench;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;
import dev.tilewright.bench.FftConvCase.Pass;
import dev.tilewright.op.FftConv;
import dev.tilewright.schedule.Tile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Our own plan, through the public API. */
final class Ours extends InProcess {
  private final Pass pass;
  private final Stream stream;
  private final FftConv plan;
  private final FftConv.Args args = new FftConv.Args();
  private final Map<String, Tensor> outputs = new LinkedHashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();

  /**
   * @param problem what to plan; may ask for more or fewer taps or another dtype than the inputs
   *     have, see {@link References}
   */
  Ours(Device device, FftConvCase problem, Inputs inputs) {
    this(device, problem, inputs, FftConv.plan(device, problem.spec()));
  }

  /** The same with a tile of the caller's choice. */
  Ours(Device device, FftConvCase problem, Inputs inputs, Tile tile) {
    this(device, problem, inputs, FftConv.plan(device, problem.spec(), tile));
  }

  private Ours(Device device, FftConvCase problem, Inputs inputs, FftConv plan) {
    this.plan = plan;
    pass = problem.pass();
    stream = device.stream();
    long[] shape = {problem.batch(), problem.channels(), problem.length()};
    DType dtype = problem.dtype();
    Tensor k = keep(device.of(fit(inputs, problem), DType.F32, problem.channels(), problem.taps()));
    if (problem.cached()) {
      plan.setFilter(stream, k);
    } else {
      args.k(k);
    }
    args.u(keep(device.of(inputs.u, dtype, shape)));
    if (problem.gated()) {
      args.pregate(keep(device.of(inputs.pregate, dtype, shape)));
      args.postgate(keep(device.of(inputs.postgate, dtype, shape)));
    }
    if (pass.hasForward()) {
      args.y(output("y", device.empty(dtype, shape)));
    }
    if (pass.hasBackward()) {
      args.dy(keep(device.of(inputs.dy, dtype, shape)));
      args.du(output("du", device.empty(dtype, shape)));
      args.dk(output("dk", device.empty(DType.F32, problem.channels(), problem.taps())));
      if (problem.gated()) {
        args.dpregate(output("dpregate", device.empty(dtype, shape)));
        args.dpostgate(output("dpostgate", device.empty(dtype, shape)));
      }
    }
  }

  /** The filter, each row cut or padded with zeros to the problem's taps. */
  private static float[] fit(Inputs inputs, FftConvCase problem) {
    int from = Math.toIntExact(inputs.problem.taps());
    int to = Math.toIntExact(problem.taps());
    if (from == to) {
      return inputs.k;
    }
    float[] k = new float[problem.filterElements()];
    for (int h = 0; h < problem.channels(); h++) {
      System.arraycopy(inputs.k, h * from, k, h * to, Math.min(from, to));
    }
    return k;
  }

  private Tensor keep(Tensor tensor) {
    tensors.add(tensor);
    return tensor;
  }

  private Tensor output(String name, Tensor tensor) {
    outputs.put(name, tensor);
    return keep(tensor);
  }

  @Override
  void call() {
    if (pass.hasForward()) {
      plan.forward(stream, args);
    }
    if (pass.hasBackward()) {
      plan.backward(stream, args);
    }
    stream.synchronize();
  }

  @Override
  public Map<String, float[]> run() {
    outputs.values().forEach(t -> t.fill(Float.NaN));
    call();
    Map<String, float[]> values = new LinkedHashMap<>();
    outputs.forEach((name, tensor) -> values.put(name, tensor.toFloats()));
    return values;
  }

  /** One line that says how the plan computes. */
  String describe() {
    return plan.describe();
  }

  @Override
  public long workspaceBytes() {
    return plan.workspaceBytes();
  }

  @Override
  public void close() {
    plan.close();
    tensors.forEach(Tensor::close);
  }
}
