package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;

/** The addresses of one call's tensors, checked against the spec; 0 where there is none. */
final class FftConvCall {
  private final Device device;
  private final FftConv.Spec spec;

  long u;
  long k; // 0: the filter that was set
  long pregate;
  long postgate;
  long d;
  long y;
  long dy;
  long du;
  long dk;
  long dd;
  long dpregate;
  long dpostgate;

  FftConvCall(Device device, FftConv.Spec spec) {
    this.device = device;
    this.spec = spec;
  }

  static void requireFilter(boolean set) {
    if (!set) {
      throw new InvalidSpecException("k", null, "a filter, in args or by setFilter");
    }
  }

  /** Takes the tensors of a forward call. */
  void forward(Stream stream, FftConv.Args args, boolean filterSet) {
    check(stream, args);
    inputs(args, filterSet);
    y = sequence("y", args.y());
    checkApart("y", args.y(), args);
  }

  /** Takes the tensors of a backward call. */
  void backward(Stream stream, FftConv.Args args, boolean filterSet) {
    check(stream, args);
    inputs(args, filterSet);
    dy = sequence("dy", args.dy());
    du = args.du() == null ? 0 : sequence("du", args.du());
    dk = args.dk() == null ? 0 : filter("dk", args.dk());
    dd = optional(spec.skip(), "dd", args.dd(), "the spec has no skip term");
    dpregate = optional(spec.pregate(), "dpregate", args.dpregate(), "the spec has no pregate");
    dpostgate =
        optional(spec.postgate(), "dpostgate", args.dpostgate(), "the spec has no postgate");
    if (du == 0 && dk == 0 && dd == 0 && dpregate == 0 && dpostgate == 0) {
      throw new InvalidSpecException(
          "args", "no gradient", "at least one of du, dk, dd, dpregate and dpostgate");
    }
    checkApart("du", args.du(), args);
    checkApart("dk", args.dk(), args);
    checkApart("dd", args.dd(), args);
    checkApart("dpregate", args.dpregate(), args);
    checkApart("dpostgate", args.dpostgate(), args);
    outputsApart(args);
  }

  private void check(Stream stream, FftConv.Args args) {
    TensorCheck.stream(device, stream);
    if (args == null) {
      throw new InvalidSpecException("args", null, "an FftConv.Args");
    }
  }

  /** What both passes read. */
  private void inputs(FftConv.Args args, boolean filterSet) {
    u = sequence("u", args.u());
    pregate = gate(spec.pregate(), "pregate", args.pregate());
    postgate = gate(spec.postgate(), "postgate", args.postgate());
    if (spec.skip()) {
      d = TensorCheck.address(device, "d", args.d(), DType.F32, spec.channels());
    } else {
      TensorCheck.absent("d", args.d(), "the spec has no skip term");
      d = 0;
    }
    if (args.k() != null) {
      k = filter("k", args.k());
    } else {
      requireFilter(filterSet);
      k = 0;
    }
  }

  private long gate(boolean wanted, String name, Tensor tensor) {
    if (wanted) {
      return sequence(name, tensor);
    }
    TensorCheck.absent(name, tensor, "the spec has no " + name);
    return 0;
  }

  private long optional(boolean possible, String name, Tensor tensor, String why) {
    if (!possible) {
      TensorCheck.absent(name, tensor, why);
    }
    if (tensor == null) {
      return 0;
    }
    return name.equals("dd")
        ? TensorCheck.address(device, name, tensor, DType.F32, spec.channels())
        : sequence(name, tensor);
  }

  private long sequence(String name, Tensor tensor) {
    return TensorCheck.address(
        device, name, tensor, spec.dtype(), spec.batch(), spec.channels(), spec.length());
  }

  /** The address of a filter [H, Lk]. */
  long filter(String name, Tensor tensor) {
    return TensorCheck.address(
        device, name, tensor, DType.F32, spec.channels(), spec.filterLength());
  }

  /** Refuses gradients that share memory: the later one would destroy the earlier. */
  private static void outputsApart(FftConv.Args args) {
    TensorCheck.apart("dk", args.dk(), "du", args.du());
    TensorCheck.apart("dd", args.dd(), "du", args.du());
    TensorCheck.apart("dd", args.dd(), "dk", args.dk());
    for (int gate = 0; gate < 2; gate++) {
      String name = gate == 0 ? "dpregate" : "dpostgate";
      Tensor out = gate == 0 ? args.dpregate() : args.dpostgate();
      TensorCheck.apart(name, out, "du", args.du());
      TensorCheck.apart(name, out, "dk", args.dk());
      TensorCheck.apart(name, out, "dd", args.dd());
    }
    TensorCheck.apart("dpostgate", args.dpostgate(), "dpregate", args.dpregate());
  }

  private static void checkApart(String name, Tensor out, FftConv.Args args) {
    TensorCheck.apart(name, out, "u", args.u());
    TensorCheck.apart(name, out, "k", args.k());
    TensorCheck.apart(name, out, "pregate", args.pregate());
    TensorCheck.apart(name, out, "postgate", args.postgate());
    TensorCheck.apart(name, out, "d", args.d());
    TensorCheck.apart(name, out, "dy", args.dy());
  }
}
