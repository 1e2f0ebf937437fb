package dev.tilewright.bench;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Half;
import dev.tilewright.Tensor;
import java.util.Random;

/**
 * The numbers of one case, the same for every contender: normal deviates, and a filter that decays
 * to e^-3. Rounded to the case's dtype, so that the oracle and the f32 baselines see what our
 * kernel sees.
 */
final class Inputs implements AutoCloseable {
  final FftConvCase problem;
  final float[] u;
  final float[] k;
  final float[] pregate;
  final float[] postgate;
  final float[] dy;

  /**
   * f32 copies in native memory for the baselines of this process; null where the case has none.
   */
  final Tensor u32;

  final Tensor k32;
  final Tensor pregate32;
  final Tensor postgate32;

  Inputs(Device device, FftConvCase problem) {
    this.problem = problem;
    Random random = new Random(20240901);
    int n = problem.elements();
    u = normal(random, n);
    k = new float[problem.filterElements()];
    int taps = Math.toIntExact(problem.taps());
    for (int i = 0; i < k.length; i++) {
      k[i] = (float) (random.nextGaussian() * Math.exp(-3.0 * (i % taps) / taps));
    }
    pregate = problem.gated() ? normal(random, n) : null;
    postgate = problem.gated() ? normal(random, n) : null;
    dy = problem.pass().hasBackward() ? normal(random, n) : null;
    long[] shape = {problem.batch(), problem.channels(), problem.length()};
    u32 = device.of(u, DType.F32, shape);
    k32 = device.of(k, DType.F32, problem.channels(), problem.taps());
    pregate32 = pregate == null ? null : device.of(pregate, DType.F32, shape);
    postgate32 = postgate == null ? null : device.of(postgate, DType.F32, shape);
  }

  private float[] normal(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = round((float) random.nextGaussian());
    }
    return values;
  }

  private float round(float x) {
    return switch (problem.dtype()) {
      case F16 -> Half.f16ToF32(Half.f32ToF16(x));
      case BF16 -> Half.bf16ToF32(Half.f32ToBf16(x));
      default -> x;
    };
  }

  @Override
  public void close() {
    for (Tensor t : new Tensor[] {u32, k32, pregate32, postgate32}) {
      if (t != null) {
        t.close();
      }
    }
  }
}
