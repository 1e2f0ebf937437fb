package dev.tilewright.op;

import dev.tilewright.CpuLevel;
import dev.tilewright.CpuSpec;
import dev.tilewright.DType;
import dev.tilewright.Half;
import dev.tilewright.Tensor;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.op.DepthwiseConv1d.Args;
import dev.tilewright.op.DepthwiseConv1d.Layout;
import dev.tilewright.op.DepthwiseConv1d.Padding;
import dev.tilewright.op.DepthwiseConv1d.Spec;
import dev.tilewright.oracle.Conv1dOracle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** One problem of the short conv1d with random data, rounded to its dtype, and how to run it. */
final class Conv1dCase {
  record Result(float[] y, float[] dx, float[] dw, float[] dbias) {}

  final Spec spec;
  final float[] x;
  final float[] dy;
  final float[] w;
  final float[] bias;

  Conv1dCase(Spec spec, long seed) {
    this.spec = spec;
    Random random = new Random(seed);
    int points = Math.toIntExact(spec.batch() * spec.channels() * spec.length());
    int channels = (int) spec.channels();
    x = rounded(random, points);
    // Not centred, so that no gradient is a difference of nearly equal sums.
    dy = rounded(random, points);
    w = new float[channels * spec.kernel()];
    bias = new float[channels];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < bias.length; i++) {
      bias[i] = (float) random.nextGaussian();
    }
  }

  private float[] rounded(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      float v = (float) random.nextGaussian() + 0.25f;
      values[i] =
          switch (spec.dtype()) {
            case F16 -> Half.f16ToF32(Half.f32ToF16(v));
            case BF16 -> Half.bf16ToF32(Half.f32ToBf16(v));
            default -> v;
          };
    }
    return values;
  }

  /** The levels that this machine runs. */
  static List<CpuLevel> levels() {
    List<CpuLevel> levels = new ArrayList<>();
    for (CpuLevel level : CpuLevel.values()) {
      if (level.ordinal() <= CpuSpec.detect().level().ordinal()) {
        levels.add(level);
      }
    }
    return levels;
  }

  static CpuDevice device(CpuLevel level, int threads) {
    return new CpuDevice(CpuSpec.read(Path.of("/"), threads, level), threads);
  }

  long[] shape() {
    return spec.layout() == Layout.BHL
        ? new long[] {spec.batch(), spec.channels(), spec.length()}
        : new long[] {spec.batch(), spec.length(), spec.channels()};
  }

  /** Forward and all gradients, into tensors full of NaN. */
  Result run(CpuDevice device) {
    long h = spec.channels();
    try (DepthwiseConv1d plan = DepthwiseConv1d.plan(device, spec);
        Tensor tx = device.of(x, spec.dtype(), shape());
        Tensor tdy = device.of(dy, spec.dtype(), shape());
        Tensor tw = device.of(w, DType.F32, h, spec.kernel());
        Tensor tbias = device.of(bias, DType.F32, h);
        Tensor y = device.empty(spec.dtype(), shape());
        Tensor dx = device.empty(spec.dtype(), shape());
        Tensor dw = device.empty(DType.F32, h, spec.kernel());
        Tensor dbias = device.empty(DType.F32, h)) {
      for (Tensor out : List.of(y, dx, dw, dbias)) {
        out.fill(Float.NaN);
      }
      Args args = new Args().x(tx).w(tw).y(y).dy(tdy).dx(dx).dw(dw);
      if (spec.bias()) {
        args.bias(tbias).dbias(dbias);
      }
      plan.forward(device.stream(), args);
      plan.backward(device.stream(), args);
      return new Result(y.toFloats(), dx.toFloats(), dw.toFloats(), dbias.toFloats());
    }
  }

  /** y by steps, laid out as x; a first run is thrown away, so that reset is tested too. */
  float[] decode(CpuDevice device) {
    int b = (int) spec.batch();
    int h = (int) spec.channels();
    int length = (int) spec.length();
    float[] y = new float[x.length];
    float[] xt = new float[b * h];
    float[] yt = new float[b * h];
    try (DepthwiseConv1d plan = DepthwiseConv1d.plan(device, spec);
        DepthwiseConv1d.Stepper stepper = plan.stepper();
        Tensor tx = device.empty(spec.dtype(), b, h);
        Tensor ty = device.empty(spec.dtype(), b, h);
        Tensor tw = device.of(w, DType.F32, h, spec.kernel());
        Tensor tbias = device.of(bias, DType.F32, h)) {
      Args args = new Args().x(tx).y(ty).w(tw).bias(spec.bias() ? tbias : null);
      Arrays.fill(xt, 3);
      tx.copyFrom(xt);
      stepper.step(device.stream(), args);
      stepper.reset();
      while (stepper.position() < length) {
        int t = (int) stepper.position();
        for (int i = 0; i < b * h; i++) {
          xt[i] = x[index(i / h, i % h, t)];
        }
        tx.copyFrom(xt);
        ty.fill(Float.NaN);
        stepper.step(device.stream(), args);
        ty.copyTo(yt);
        for (int i = 0; i < b * h; i++) {
          y[index(i / h, i % h, t)] = yt[i];
        }
      }
    }
    return y;
  }

  private int index(int b, int h, int t) {
    int channels = (int) spec.channels();
    int length = (int) spec.length();
    return spec.layout() == Layout.BHL
        ? (b * channels + h) * length + t
        : (b * length + t) * channels + h;
  }

  double[] forward() {
    return Conv1dOracle.forward(problem(), widen(x), widen(w), spec.bias() ? widen(bias) : null);
  }

  Conv1dOracle.Gradients backward() {
    return Conv1dOracle.backward(problem(), widen(dy), widen(x), widen(w));
  }

  private Conv1dOracle.Problem problem() {
    return new Conv1dOracle.Problem(
        (int) spec.batch(),
        (int) spec.channels(),
        (int) spec.length(),
        spec.kernel(),
        spec.padding() == Padding.CAUSAL,
        spec.layout() == Layout.BLH);
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
