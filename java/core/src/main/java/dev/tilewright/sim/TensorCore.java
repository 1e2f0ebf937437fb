package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Rounding;

/**
 * The sums of tensor cores, which do not round as IEEE arithmetic does: some products and C are
 * aligned to the largest exponent among them, cut to some bits behind it, added exactly, and the
 * sum is rounded once: cut to single precision, or to the nearest half where C and D are halves.
 * Longer rows are taken in steps. Source: "Accurate Models of NVIDIA Tensor Cores", arXiv
 * 2512.07004, and its program MMA-Sim.
 *
 * <p>Chips of compute capability 9.0 have no instruction for fp8: ptxas (13.0) converts to f16,
 * multiplies the elements of even pairs of k, then those of odd ones, and adds C last.
 */
final class TensorCore {
  private static final int VOLTA = 70;
  private static final int TURING = 75;
  private static final int ADA = 89;
  private static final int HOPPER = 90;
  private static final int RTX_BLACKWELL = 120;

  /** The exponent that C or a product counts with when it is zero. */
  private static final int ZERO_EXPONENT = Float.MIN_EXPONENT;

  private static final int SINGLE_BITS = 24;
  private static final int SHORT_BITS = 14;

  private final boolean converts;
  private final int step;

  /** Bits kept behind the largest exponent. */
  private final int fraction;

  /** The significant bits of a sum in single precision. */
  private final int kept;

  private final boolean half;
  private final int leastA;
  private final int leastB;
  private final int leastC;

  /**
   * The arithmetic of a chip for factors and sums of some types.
   *
   * @param capability the chip's compute capability, 80 for 8.0
   */
  TensorCore(int capability, DataType a, DataType b, DataType c, DataType d) {
    boolean bytes = a.bits() == 8;
    boolean short13 = bytes && capability == ADA;
    converts = bytes && capability >= HOPPER && capability < RTX_BLACKWELL;
    int width = capability >= HOPPER ? 32 : capability >= TURING ? 16 : 8;
    int element = converts ? 2 : a == DataType.TF32 ? 4 : a.bytes();
    step = width / element;
    fraction = short13 ? 13 : capability >= HOPPER ? 25 : capability > VOLTA ? SINGLE_BITS : 23;
    kept = short13 ? SHORT_BITS : SINGLE_BITS;
    half = c == DataType.F16 && d == DataType.F16;
    leastA = leastExponent(a);
    leastB = leastExponent(b);
    leastC = half ? leastExponent(c) : Float.MIN_EXPONENT;
  }

  private static int leastExponent(DataType type) {
    return type == DataType.F32 ? Float.MIN_EXPONENT : SmallFloat.of(type).leastExponent();
  }

  /**
   * x y + c for matrices of m by k, k by n and m by n elements; the result is in c. Where it is
   * made of halves each value is one exactly.
   */
  void multiply(float[] x, float[] y, float[] c, int m, int n, int k) {
    for (int row = 0; row < m; row++) {
      for (int column = 0; column < n; column++) {
        int at = row * n + column;
        c[at] = converts ? converted(x, y, row, column, n, k, c[at]) : c[at];
        for (int from = 0; !converts && from < k; from += step) {
          int end = Math.min(k, from + step);
          c[at] = add(x, row * k + from, row * k + end, y, from * n + column, n, c[at]);
        }
      }
    }
  }

  /** By instructions for f16: elements 0 and 1 of each four, then 2 and 3, then C. */
  private float converted(float[] x, float[] y, int row, int column, int n, int k, float c) {
    float[] p = new float[k / 2];
    float[] q = new float[k / 2];
    float sum = 0;
    for (int pair = 0; pair < 2; pair++) {
      for (int i = 0; i < k / 2; i++) {
        int at = i / 2 * 4 + pair * 2 + i % 2;
        p[i] = x[row * k + at];
        q[i] = y[at * n + column];
      }
      for (int from = 0; from < k / 2; from += step) {
        sum = add(p, from, Math.min(k / 2, from + step), q, from, 1, sum);
      }
    }
    return half ? toHalf((double) sum + c) : sum + c;
  }

  private float add(float[] x, int from, int end, float[] y, int atY, int strideY, float c) {
    int largest = Math.max(ZERO_EXPONENT, c == 0 ? ZERO_EXPONENT : exponent(c, leastC));
    double check = c;
    for (int i = from, j = atY; i < end; i++, j += strideY) {
      float p = x[i];
      float q = y[j];
      check += (double) p * q;
      if (p != 0 && q != 0) {
        largest = Math.max(largest, exponent(p, leastA) + exponent(q, leastB));
      }
    }
    if (Double.isNaN(check) || Double.isInfinite(check)) {
      return (float) check;
    }
    int scale = fraction - largest;
    long sum = fixed(c, scale);
    for (int i = from, j = atY; i < end; i++, j += strideY) {
      sum += fixed((double) x[i] * y[j], scale);
    }
    return half ? toHalf(Math.scalb((double) sum, -scale)) : toSingle(sum, scale);
  }

  /** The exponent; of a subnormal of its format the least one. */
  private static int exponent(float x, int least) {
    return Math.max(Math.getExponent(x), least);
  }

  private static long fixed(double x, int scale) {
    return (long) Math.scalb(x, scale); // Toward zero.
  }

  private static float toHalf(double sum) {
    return SmallFloat.F16.decode(SmallFloat.F16.encode(sum, Rounding.RN, false));
  }

  /** Cut toward zero to some bits; what is too large becomes infinite. */
  private float toSingle(long sum, int scale) {
    if (sum == 0) {
      return 0;
    }
    long magnitude = Math.abs(sum);
    int exponent = 63 - Long.numberOfLeadingZeros(magnitude) - scale;
    int unit = Math.max(exponent, Float.MIN_EXPONENT) - (kept - 1) + scale;
    long cut = unit <= 0 ? magnitude : unit > 62 ? 0 : magnitude >>> unit << unit;
    float value = (float) Math.scalb((double) cut, -scale);
    return sum < 0 ? -value : value;
  }
}
