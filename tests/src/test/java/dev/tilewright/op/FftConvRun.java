package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;
import dev.tilewright.schedule.Tile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One problem on one device: its tensors, a plan and calls whose outputs are NaN before each run.
 */
final class FftConvRun implements AutoCloseable {
  final FftConvProblem problem;
  final Device device;
  final Stream stream;
  final FftConv plan;
  final Tensor u;
  final Tensor k;
  final Tensor pregate;
  final Tensor postgate;
  final Tensor d;
  final Tensor y;
  final Tensor dy;
  private final Map<String, Tensor> gradients = new LinkedHashMap<>();
  private final List<Tensor> owned = new ArrayList<>();

  FftConvRun(Device device, FftConvProblem problem) {
    this(device, problem, null);
  }

  /**
   * @param tile null for the scheduler's
   */
  FftConvRun(Device device, FftConvProblem problem, Tile tile) {
    this.problem = problem;
    this.device = device;
    stream = device.stream();
    FftConv.Spec spec = problem.spec;
    long[] sequence = {spec.batch(), spec.channels(), spec.length()};
    u = input(problem.u, spec.dtype(), sequence);
    k = input(problem.k, DType.F32, spec.channels(), spec.filterLength());
    pregate = input(problem.pregate, spec.dtype(), sequence);
    postgate = input(problem.postgate, spec.dtype(), sequence);
    d = input(problem.d, DType.F32, spec.channels());
    dy = input(problem.dy, spec.dtype(), sequence);
    y = own(device.empty(spec.dtype(), sequence));
    gradients.put("du", own(device.empty(spec.dtype(), sequence)));
    gradients.put("dk", own(device.empty(DType.F32, spec.channels(), spec.filterLength())));
    if (spec.skip()) {
      gradients.put("dd", own(device.empty(DType.F32, spec.channels())));
    }
    if (spec.pregate()) {
      gradients.put("dpregate", own(device.empty(spec.dtype(), sequence)));
    }
    if (spec.postgate()) {
      gradients.put("dpostgate", own(device.empty(spec.dtype(), sequence)));
    }
    plan = tile == null ? FftConv.plan(device, spec) : FftConv.plan(device, spec, tile);
  }

  private Tensor input(float[] values, DType dtype, long... shape) {
    return values == null ? null : own(device.of(values, dtype, shape));
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  /** The inputs both passes share; no k when the filter is cached. */
  FftConv.Args inputs(boolean cached) {
    if (cached) {
      plan.setFilter(stream, k);
    }
    return new FftConv.Args().u(u).k(cached ? null : k).pregate(pregate).postgate(postgate).d(d);
  }

  float[] forward(boolean cached) {
    y.fill(Float.NaN);
    plan.forward(stream, inputs(cached).y(y));
    stream.synchronize();
    return y.toFloats();
  }

  Tensor gradient(String name) {
    return gradients.get(name);
  }

  /** The named gradients, or all of them when no name is given. */
  Map<String, float[]> backward(boolean cached, String... names) {
    List<String> asked = names.length == 0 ? List.copyOf(gradients.keySet()) : List.of(names);
    FftConv.Args args = inputs(cached).dy(dy);
    for (String name : asked) {
      Tensor out = gradients.get(name);
      out.fill(Float.NaN);
      switch (name) {
        case "du" -> args.du(out);
        case "dk" -> args.dk(out);
        case "dd" -> args.dd(out);
        case "dpregate" -> args.dpregate(out);
        default -> args.dpostgate(out);
      }
    }
    plan.backward(stream, args);
    stream.synchronize();
    Map<String, float[]> results = new LinkedHashMap<>();
    asked.forEach(name -> results.put(name, gradients.get(name).toFloats()));
    return results;
  }

  @Override
  public void close() {
    plan.close();
    owned.forEach(Tensor::close);
  }
}
