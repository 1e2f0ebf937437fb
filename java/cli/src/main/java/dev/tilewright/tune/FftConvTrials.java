package dev.tilewright.tune;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Half;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Tensor;
import dev.tilewright.op.FftConv;
import dev.tilewright.oracle.Bounds;
import dev.tilewright.oracle.FftConvOracle;
import dev.tilewright.oracle.Oracles;
import dev.tilewright.oracle.RelativeError;
import dev.tilewright.schedule.Tile;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Forward passes of one FFT convolution, the filter transformed in each call. Inputs are normal
 * deviates, and filters that decay to e^-3, so that every tap counts.
 */
final class FftConvTrials implements Trials {
  private final Device device;
  private final FftConv.Spec spec;
  private final FftConv.Args args = new FftConv.Args();
  private final List<Tensor> tensors = new ArrayList<>();
  private final Tensor y;
  private final double[] expected;

  /** Makes the inputs and computes the oracle's result. */
  FftConvTrials(Device device, FftConv.Spec spec) {
    this.device = device;
    this.spec = spec;
    int elements = elements("shape", spec.batch() * spec.channels() * spec.length());
    int taps = elements("shape", spec.channels() * spec.filterLength());
    Random random = new Random(20240901);
    float[] u = normal(random, elements);
    float[] pregate = spec.pregate() ? normal(random, elements) : null;
    float[] postgate = spec.postgate() ? normal(random, elements) : null;
    float[] d = spec.skip() ? normal(random, elements("shape", spec.channels())) : null;
    float[] k = new float[taps];
    double length = spec.filterLength();
    for (int i = 0; i < taps; i++) {
      double place = i % spec.filterLength() / length;
      k[i] = (float) (random.nextGaussian() * Math.exp(-3 * place));
    }
    try {
      long[] full = {spec.batch(), spec.channels(), spec.length()};
      args.u(tensor(u, spec.dtype(), full))
          .k(tensor(k, DType.F32, spec.channels(), spec.filterLength()))
          .pregate(tensor(pregate, spec.dtype(), full))
          .postgate(tensor(postgate, spec.dtype(), full))
          .d(tensor(d, DType.F32, spec.channels()));
      y = device.empty(spec.dtype(), full);
      tensors.add(y);
      args.y(y);
      expected =
          FftConvOracle.forward(
              spec,
              Oracles.widen(u),
              Oracles.widen(k),
              Oracles.widen(pregate),
              Oracles.widen(postgate),
              Oracles.widen(d));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static int elements(String what, long elements) {
    if (elements > Integer.MAX_VALUE - 8) {
      throw new InvalidSpecException(
          what, elements + " elements", "fewer than 2^31, which the oracle can hold");
    }
    return (int) elements;
  }

  private Tensor tensor(float[] values, DType dtype, long... shape) {
    if (values == null) {
      return null;
    }
    Tensor tensor = device.of(values, dtype, shape);
    tensors.add(tensor);
    return tensor;
  }

  /** Deviates that the spec's dtype holds exactly, so that the oracle sees what the kernel sees. */
  private float[] normal(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      float x = (float) random.nextGaussian();
      values[i] =
          switch (spec.dtype()) {
            case F16 -> Half.f16ToF32(Half.f32ToF16(x));
            case BF16 -> Half.bf16ToF32(Half.f32ToBf16(x));
            default -> x;
          };
    }
    return values;
  }

  @Override
  public double bound() {
    return Bounds.of(device, spec.dtype(), spec.length());
  }

  @Override
  public Trial open(Tile tile) {
    FftConv plan = FftConv.plan(device, spec, tile);
    return new Trial() {
      @Override
      public double error() {
        y.fill(Float.NaN);
        run();
        return RelativeError.l2(y.toFloats(), expected);
      }

      @Override
      public void run() {
        plan.forward(device.stream(), args);
        device.stream().synchronize();
      }

      @Override
      public void close() {
        plan.close();
      }
    };
  }

  @Override
  public void close() {
    tensors.forEach(Tensor::close);
  }
}
