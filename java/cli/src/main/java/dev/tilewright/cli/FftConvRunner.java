package dev.tilewright.cli;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Stream;
import dev.tilewright.op.FftConv;
import dev.tilewright.oracle.Bounds;
import dev.tilewright.oracle.FftConvOracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@link FftConv} on the command line. u may come as [H, L] or [L] too; the outputs then have its
 * shape.
 */
final class FftConvRunner implements OpRunner {
  private static final List<String> GRADIENTS = List.of("du", "dk", "dd", "dpregate", "dpostgate");

  @Override
  public String name() {
    return "fftconv";
  }

  @Override
  public String summary() {
    return "long depthwise convolution: y = postgate * (k conv (u * pregate)) + d * u";
  }

  @Override
  public List<Port> inputs() {
    return List.of(
        new Port("u", "[B,H,L]", "signal; [H,L] and [L] are taken too"),
        new Port("k", "[H,Lk]", "filter; [Lk] for one channel"),
        new Port("pregate", "as u", "factor before the convolution, optional"),
        new Port("postgate", "as u", "factor after the convolution, optional"),
        new Port("d", "[H]", "weight of the signal itself, optional"),
        new Port("dy", "as u", "gradient of y, for pass=backward"));
  }

  @Override
  public List<Port> outputs() {
    return List.of(
        new Port("y", "as u", "result, pass=forward"),
        new Port("du", "as u", "gradient of u, pass=backward"),
        new Port("dk", "as k", "gradient of k, pass=backward"),
        new Port("dd", "as d", "gradient of d, pass=backward"),
        new Port("dpregate", "as u", "gradient of pregate, pass=backward"),
        new Port("dpostgate", "as u", "gradient of postgate, pass=backward"));
  }

  @Override
  public List<Setting> settings() {
    return List.of(
        new Setting(
            "mode",
            List.of("causal", "circular", "bidirectional"),
            "causal",
            "what happens at the ends of the sequence"),
        new Setting("dtype", List.of("f32", "f16", "bf16"), "f32", "storage of u, gates and y"),
        new Setting("pass", List.of("forward", "backward"), "forward", "result or gradients"));
  }

  @Override
  public RunReport run(RunRequest request) {
    boolean backward = request.setting("pass").equals("backward");
    Problem problem = problem(request, backward);
    try (FftConv plan = FftConv.plan(request.device(), problem.spec);
        Tensors t = new Tensors()) {
      FftConv.Args args = load(request, problem, t);
      return backward
          ? backward(request, problem, plan, args, t)
          : forward(request, problem, plan, args, t);
    }
  }

  /** The spec and the shapes as they stand in the files. */
  private record Problem(FftConv.Spec spec, long[] u, long[] k, long[] d) {
    String text() {
      return String.format(
          Locale.ROOT,
          "B=%d H=%d L=%d Lk=%d %s %s%s%s%s",
          spec.batch(),
          spec.channels(),
          spec.length(),
          spec.filterLength(),
          spec.mode().name().toLowerCase(Locale.ROOT),
          spec.dtype().label(),
          spec.pregate() ? " pregate" : "",
          spec.postgate() ? " postgate" : "",
          spec.skip() ? " d" : "");
    }

    double bound(Device device) {
      return Bounds.of(device, spec.dtype(), spec.length());
    }
  }

  private Problem problem(RunRequest request, boolean backward) {
    List<String> inputs = new ArrayList<>(List.of("u", "k", "pregate", "postgate", "d"));
    if (backward) {
      inputs.add("dy");
    }
    request.allowOnly(
        inputs, backward ? GRADIENTS : List.of("y"), "pass=" + request.setting("pass"));
    long[] u = request.need("u").shape();
    if (u.length < 1 || u.length > 3) {
      throw new InputException(
          "--in u: shape " + Npy.shapeText(u) + ", need [B,H,L], [H,L] or [L]");
    }
    long length = u[u.length - 1];
    long channels = u.length > 1 ? u[u.length - 2] : 1;
    long batch = u.length > 2 ? u[0] : 1;
    long[] k = request.need("k").shape();
    boolean flat = k.length == 1 && channels == 1;
    if (!flat && (k.length != 2 || k[0] != channels)) {
      throw new InputException(
          String.format(
              "--in k: shape %s, need [H,Lk] with H = %d as in u", Npy.shapeText(k), channels));
    }
    for (String name : List.of("pregate", "postgate")) {
      if (request.has(name)) {
        request.shape(name, "the shape of u", u);
      }
    }
    long[] d = null;
    if (request.has("d")) {
      long[] perChannel = {channels};
      d = request.shape("d", "[H]", perChannel, channels == 1 ? new long[0] : perChannel);
    }
    if (backward) {
      request.shape("dy", "the shape of u", u);
      request.needGradient(GRADIENTS);
      request.needFor("dd", "d");
      request.needFor("dpregate", "pregate");
      request.needFor("dpostgate", "postgate");
    }
    FftConv.Spec spec =
        FftConv.Spec.of(batch, channels, length)
            .withFilterLength(k[k.length - 1])
            .withMode(FftConv.Mode.valueOf(request.setting("mode").toUpperCase(Locale.ROOT)))
            .withDtype(DType.parse(request.setting("dtype")))
            .withPregate(request.has("pregate"))
            .withPostgate(request.has("postgate"))
            .withSkip(request.has("d"));
    return new Problem(spec, u, k, d);
  }

  private static FftConv.Args load(RunRequest request, Problem problem, Tensors t) {
    FftConv.Spec spec = problem.spec;
    DType dtype = spec.dtype();
    long[] full = {spec.batch(), spec.channels(), spec.length()};
    return new FftConv.Args()
        .u(t.add(request.load("u", dtype, full)))
        .k(t.add(request.load("k", DType.F32, spec.channels(), spec.filterLength())))
        .pregate(t.add(request.load("pregate", dtype, full)))
        .postgate(t.add(request.load("postgate", dtype, full)))
        .d(t.add(request.load("d", DType.F32, spec.channels())))
        .dy(t.add(request.load("dy", dtype, full)));
  }

  private RunReport forward(
      RunRequest request, Problem problem, FftConv plan, FftConv.Args args, Tensors t) {
    FftConv.Spec spec = problem.spec;
    args.y(t.add(request.output(spec.dtype(), spec.batch(), spec.channels(), spec.length())));
    Stream stream = request.device().stream();
    RunRequest.Timing timing =
        request.time(
            () -> {
              plan.forward(stream, args);
              stream.synchronize();
            });
    request.save("y", args.y(), problem.u);
    double[] reference =
        request.reference(
            () ->
                FftConvOracle.forward(
                    spec,
                    request.exact("u"),
                    request.exact("k"),
                    request.exact("pregate"),
                    request.exact("postgate"),
                    request.exact("d")));
    return report(request, problem, plan, timing)
        .check("y", args.y(), reference, problem.bound(request.device()));
  }

  private RunReport backward(
      RunRequest request, Problem problem, FftConv plan, FftConv.Args args, Tensors t) {
    FftConv.Spec spec = problem.spec;
    long[] full = {spec.batch(), spec.channels(), spec.length()};
    args.du(t.add(request.gradient("du", spec.dtype(), full)))
        .dk(t.add(request.gradient("dk", DType.F32, spec.channels(), spec.filterLength())))
        .dd(t.add(request.gradient("dd", DType.F32, spec.channels())))
        .dpregate(t.add(request.gradient("dpregate", spec.dtype(), full)))
        .dpostgate(t.add(request.gradient("dpostgate", spec.dtype(), full)));
    Stream stream = request.device().stream();
    RunRequest.Timing timing =
        request.time(
            () -> {
              plan.backward(stream, args);
              stream.synchronize();
            });
    request.save("du", args.du(), problem.u);
    request.save("dk", args.dk(), problem.k);
    request.save("dd", args.dd(), problem.d);
    request.save("dpregate", args.dpregate(), problem.u);
    request.save("dpostgate", args.dpostgate(), problem.u);
    RunReport report = report(request, problem, plan, timing);
    FftConvOracle.Gradients reference =
        request.reference(
            () ->
                FftConvOracle.backward(
                    spec,
                    request.exact("dy"),
                    request.exact("u"),
                    request.exact("k"),
                    request.exact("pregate"),
                    request.exact("postgate"),
                    request.exact("d")));
    if (reference != null) {
      double bound = problem.bound(request.device());
      report
          .check("du", args.du(), reference.du(), bound)
          .check("dk", args.dk(), reference.dk(), bound)
          .check("dd", args.dd(), reference.dd(), bound)
          .check("dpregate", args.dpregate(), reference.dpregate(), bound)
          .check("dpostgate", args.dpostgate(), reference.dpostgate(), bound);
    }
    return report;
  }

  private RunReport report(
      RunRequest request, Problem problem, FftConv plan, RunRequest.Timing timing) {
    return new RunReport(
        name(),
        request,
        problem.text() + " " + request.setting("pass"),
        timing,
        plan.describe(),
        plan.workspaceBytes());
  }
}
