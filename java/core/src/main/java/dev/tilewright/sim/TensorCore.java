package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Rounding;

/**
 * The sums of tensor cores, which do not round as IEEE arithmetic does: the products and C are
 * aligned to the largest exponent among them, cut to some bits behind it, added exactly, and the
 * sum is cut to single precision. Source: "Accurate Models of NVIDIA Tensor Cores", arXiv
 * 2512.07004.
 */
final class TensorCore {
  private static final int HOPPER = 90;
  private static final int AMPERE = 80;

  private TensorCore() {}

  /** A B + C for the fragments of a warp. */
  static float[] multiply(
      int capability,
      FragmentRegisters a,
      FragmentRegisters b,
      FragmentRegisters c,
      Warp w,
      int m,
      int n,
      int k) {
    float[] x = a.floats(w);
    float[] y = b.floats(w);
    float[] sums = c.floats(w);
    int step = step(capability, a.type(), k);
    int bits = capability >= HOPPER ? 25 : 24;
    for (int row = 0; row < m; row++) {
      for (int column = 0; column < n; column++) {
        float sum = sums[row * n + column];
        for (int from = 0; from < k; from += step) {
          sum = add(x, y, row * k + from, from * n + column, n, step, sum, bits);
        }
        sums[row * n + column] = sum;
      }
    }
    return sums;
  }

  /** Ampere and Ada take k in two halves where it is 16 of f16, 8 of tf32 or 32 of fp8. */
  private static int step(int capability, DataType type, int k) {
    int whole = type == DataType.TF32 ? 8 : type.bits() == 8 ? 32 : 16;
    return capability >= AMPERE && capability < HOPPER && k == whole ? k / 2 : k;
  }

  private static float add(
      float[] x, float[] y, int atX, int atY, int strideY, int count, float c, int bits) {
    int largest = exponent(c);
    double check = c;
    for (int i = 0; i < count; i++) {
      float p = x[atX + i];
      float q = y[atY + i * strideY];
      check += (double) p * q;
      if (p != 0 && q != 0) {
        largest = Math.max(largest, exponent(p) + exponent(q));
      }
    }
    if (Double.isNaN(check) || Double.isInfinite(check)) {
      return (float) check;
    }
    int scale = bits - largest;
    long sum = fixed(c, scale);
    for (int i = 0; i < count; i++) {
      sum += fixed((double) x[atX + i] * y[atY + i * strideY], scale);
    }
    return toFloat(sum, scale);
  }

  /** The exponent, of zero the least. */
  private static int exponent(float x) {
    return x == 0 ? -1000 : Math.max(Math.getExponent(x), Float.MIN_EXPONENT);
  }

  private static long fixed(double x, int scale) {
    return (long) Math.scalb(x, scale); // Toward zero.
  }

  /** Cut toward zero to single precision. */
  private static float toFloat(long sum, int scale) {
    if (sum == 0) {
      return 0;
    }
    int length = 64 - Long.numberOfLeadingZeros(Math.abs(sum));
    long kept = length > 24 ? Math.abs(sum) >>> length - 24 << length - 24 : Math.abs(sum);
    double value = Math.scalb((double) kept, -scale);
    return Ieee.toFloat(sum < 0 ? -value : value, Rounding.RZ);
  }
}
