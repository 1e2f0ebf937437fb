package dev.tilewright.cli;

import dev.tilewright.DType;
import dev.tilewright.op.DepthwiseConv1d;
import dev.tilewright.oracle.Bounds;
import dev.tilewright.oracle.Conv1dOracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@link DepthwiseConv1d} on the command line. x may come without the batch dimension too; the
 * outputs then have its shape.
 */
final class Conv1dRunner implements OpRunner {
  private static final List<String> GRADIENTS = List.of("dx", "dw", "dbias");

  @Override
  public String name() {
    return "conv1d";
  }

  @Override
  public String summary() {
    return "short depthwise convolution, 1 to 256 taps: y[t] = bias + sum of w[j] * x[t-pad+j]";
  }

  @Override
  public List<Port> inputs() {
    return List.of(
        new Port("x", "[B,H,L]", "signal, or [B,L,H] with layout=BLH; B may be left out"),
        new Port("w", "[H,K]", "taps, K up to 256"),
        new Port("bias", "[H]", "added to every position, optional"),
        new Port("dy", "as x", "gradient of y, for pass=backward"));
  }

  @Override
  public List<Port> outputs() {
    return List.of(
        new Port("y", "as x", "result, pass=forward"),
        new Port("dx", "as x", "gradient of x, pass=backward"),
        new Port("dw", "as w", "gradient of w, pass=backward"),
        new Port("dbias", "as bias", "gradient of bias, pass=backward"));
  }

  @Override
  public List<Setting> settings() {
    return List.of(
        new Setting("padding", List.of("causal", "same"), "causal", "where the zeros go"),
        new Setting("layout", List.of("BHL", "BLH"), "BHL", "order of the dimensions of x"),
        new Setting("dtype", List.of("f32", "f16", "bf16"), "f32", "storage of x and y"),
        new Setting("pass", List.of("forward", "backward"), "forward", "result or gradients"));
  }

  @Override
  public RunReport run(RunRequest request) {
    boolean backward = request.setting("pass").equals("backward");
    Problem problem = problem(request, backward);
    try (DepthwiseConv1d plan = DepthwiseConv1d.plan(request.device(), problem.spec);
        Tensors t = new Tensors()) {
      DepthwiseConv1d.Args args = new DepthwiseConv1d.Args();
      DType dtype = problem.spec.dtype();
      args.x(t.add(request.load("x", dtype, problem.full)))
          .w(t.add(request.load("w", DType.F32, problem.w)))
          .bias(t.add(request.load("bias", DType.F32, problem.spec.channels())));
      return backward
          ? backward(request, problem, plan, args, t)
          : forward(request, problem, plan, args, t);
    }
  }

  /** The spec, the shape of x in the file and with its batch dimension, and the shape of w. */
  private record Problem(DepthwiseConv1d.Spec spec, long[] x, long[] full, long[] w) {
    String text() {
      return String.format(
          Locale.ROOT,
          "B=%d H=%d L=%d K=%d %s %s %s%s",
          spec.batch(),
          spec.channels(),
          spec.length(),
          spec.kernel(),
          spec.padding().name().toLowerCase(Locale.ROOT),
          spec.layout(),
          spec.dtype().label(),
          spec.bias() ? " bias" : "");
    }

    double bound() {
      return Bounds.of(spec.dtype(), spec.length());
    }

    Conv1dOracle.Problem exact() {
      return new Conv1dOracle.Problem(
          Math.toIntExact(spec.batch()),
          Math.toIntExact(spec.channels()),
          Math.toIntExact(spec.length()),
          spec.kernel(),
          spec.padding() == DepthwiseConv1d.Padding.CAUSAL,
          spec.layout() == DepthwiseConv1d.Layout.BLH);
    }
  }

  private static Problem problem(RunRequest request, boolean backward) {
    List<String> inputs = new ArrayList<>(List.of("x", "w", "bias"));
    if (backward) {
      inputs.add("dy");
    }
    request.allowOnly(
        inputs, backward ? GRADIENTS : List.of("y"), "pass=" + request.setting("pass"));
    DepthwiseConv1d.Layout layout = DepthwiseConv1d.Layout.valueOf(request.setting("layout"));
    boolean channelsLast = layout == DepthwiseConv1d.Layout.BLH;
    long[] x = request.need("x").shape();
    if (x.length != 2 && x.length != 3) {
      throw new InputException(
          String.format(
              "--in x: shape %s, need %s", Npy.shapeText(x), channelsLast ? "[B,L,H]" : "[B,H,L]"));
    }
    long[] full = x.length == 3 ? x : new long[] {1, x[0], x[1]};
    long channels = full[channelsLast ? 2 : 1];
    long length = full[channelsLast ? 1 : 2];
    long[] w = request.need("w").shape();
    if (w.length != 2 || w[0] != channels || w[1] > DepthwiseConv1d.MAX_KERNEL) {
      throw new InputException(
          String.format(
              "--in w: shape %s, need [H,K] with H = %d as in x, and K at most %d",
              Npy.shapeText(w), channels, DepthwiseConv1d.MAX_KERNEL));
    }
    if (request.has("bias")) {
      request.shape("bias", "[H]", new long[] {channels});
    }
    if (backward) {
      request.shape("dy", "the shape of x", x);
      request.needGradient(GRADIENTS);
      request.needFor("dbias", "bias");
    }
    return new Problem(
        DepthwiseConv1d.Spec.of(full[0], channels, length, (int) w[1])
            .withPadding(
                DepthwiseConv1d.Padding.valueOf(
                    request.setting("padding").toUpperCase(Locale.ROOT)))
            .withLayout(layout)
            .withDtype(DType.parse(request.setting("dtype")))
            .withBias(request.has("bias")),
        x,
        full,
        w);
  }

  private RunReport forward(
      RunRequest request,
      Problem problem,
      DepthwiseConv1d plan,
      DepthwiseConv1d.Args args,
      Tensors t) {
    args.y(t.add(request.output(problem.spec.dtype(), problem.full)));
    RunRequest.Timing timing = request.time(() -> plan.forward(request.device().stream(), args));
    request.save("y", args.y(), problem.x);
    double[] reference =
        request.reference(
            () ->
                Conv1dOracle.forward(
                    problem.exact(),
                    request.exact("x"),
                    request.exact("w"),
                    request.exact("bias")));
    return report(request, problem, plan, timing).check("y", args.y(), reference, problem.bound());
  }

  private RunReport backward(
      RunRequest request,
      Problem problem,
      DepthwiseConv1d plan,
      DepthwiseConv1d.Args args,
      Tensors t) {
    DType dtype = problem.spec.dtype();
    args.dy(t.add(request.load("dy", dtype, problem.full)))
        .dx(t.add(request.gradient("dx", dtype, problem.full)))
        .dw(t.add(request.gradient("dw", DType.F32, problem.w)))
        .dbias(t.add(request.gradient("dbias", DType.F32, problem.spec.channels())));
    RunRequest.Timing timing = request.time(() -> plan.backward(request.device().stream(), args));
    request.save("dx", args.dx(), problem.x);
    request.save("dw", args.dw(), problem.w);
    request.save("dbias", args.dbias(), problem.spec.channels());
    RunReport report = report(request, problem, plan, timing);
    Conv1dOracle.Gradients reference =
        request.reference(
            () ->
                Conv1dOracle.backward(
                    problem.exact(), request.exact("dy"), request.exact("x"), request.exact("w")));
    if (reference != null) {
      report
          .check("dx", args.dx(), reference.dx(), problem.bound())
          .check("dw", args.dw(), reference.dw(), problem.bound())
          .check("dbias", args.dbias(), reference.dbias(), problem.bound());
    }
    return report;
  }

  private RunReport report(
      RunRequest request, Problem problem, DepthwiseConv1d plan, RunRequest.Timing timing) {
    return new RunReport(
        name(),
        request,
        problem.text() + " " + request.setting("pass"),
        timing,
        plan.describe(),
        plan.workspaceBytes());
  }
}
