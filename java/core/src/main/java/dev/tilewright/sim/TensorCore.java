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
  private static final int SINGLE_BITS = 24;
  private static final int SHORT_BITS = 14;
  private static final int EIGHT = 8;
  private static final long HIGH = 0x80808080_80808080L;

  /** Of the 52 bits of a double's fraction, those that single precision has not. */
  private static final long BEYOND_SINGLE = (1L << 29) - 1;

  /** The exponent that C or a product counts with when it is zero. */
  private static final int ZERO_EXPONENT = Float.MIN_EXPONENT;

  final int capability;
  private final boolean converts;
  private final int step;

  /** Bits kept behind the largest exponent. */
  private final int bits;

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
    this.capability = capability;
    boolean bytes = a.bits() == 8;
    boolean short13 = bytes && capability == ADA;
    converts = bytes && capability >= HOPPER && capability < RTX_BLACKWELL;
    int width = capability >= HOPPER ? 32 : capability >= TURING ? 16 : 8;
    int element = converts ? 2 : a == DataType.TF32 ? 4 : a.bytes();
    step = width / element;
    bits = short13 ? 13 : capability >= HOPPER ? 25 : capability > VOLTA ? SINGLE_BITS : 23;
    kept = short13 ? SHORT_BITS : SINGLE_BITS;
    half = c == DataType.F16 && d == DataType.F16;
    leastA = leastExponent(a);
    leastB = leastExponent(b);
    leastC = half ? leastExponent(c) : Float.MIN_EXPONENT;
  }

  private static int leastExponent(DataType type) {
    return type == DataType.F32 ? Float.MIN_EXPONENT : SmallFloat.of(type).leastExponent();
  }

  /** What a warp needs to add products: by result, row by row. */
  static final class Scratch {
    private int[] largest = {};
    private double[] totals = {};

    private void reach(int results) {
      if (largest.length < results) {
        largest = new int[results];
        totals = new double[results];
      }
    }
  }

  /**
   * Adds A B to sums, m by n. Where they are halves each value is one exactly.
   *
   * @param x A, and y the transpose of B: both with k next to each other
   */
  void multiply(Unpacked x, Unpacked y, float[] sums, int n, Scratch scratch) {
    int results = x.lines * n;
    scratch.reach(results);
    boolean plain = !converts && !half && kept == SINGLE_BITS;
    if (!plain || !x.isRegular() || !y.isRegular()) {
      for (int at = 0; at < results; at++) {
        int atX = at / n * x.length;
        int atY = at % n * y.length;
        sums[at] = sum(x.values, atX, y.values, atY, x.length, sums[at]);
      }
      return;
    }
    x.codeRows();
    y.codeColumns();
    int count = Math.min(step, x.length);
    for (int from = 0; from < x.length; from += count) {
      if (count % EIGHT == 0 && findLargest(x, y, sums, n, from, count, scratch.largest)) {
        addUsual(x, y, sums, n, from, count, bits, scratch);
      } else {
        for (int at = 0; at < results; at++) {
          int atX = at / n * x.length + from;
          int atY = at % n * y.length + from;
          sums[at] = add(x.values, atX, y.values, atY, count, sums[at]);
        }
      }
    }
  }

  /** Finds the largest exponent of each sum; false when one lies where the fast sum may not do. */
  private static boolean findLargest(
      Unpacked x, Unpacked y, float[] sums, int n, int from, int step, int[] largest) {
    int base = x.largest + y.largest - 2 * Unpacked.TOP;
    int least = Integer.MAX_VALUE;
    for (int row = 0; row < x.lines; row++) {
      for (int group = 0; group < n; group += EIGHT) {
        long codes = largest(x, y, row, group / EIGHT, from, step);
        for (int i = row * n + group; i < row * n + group + EIGHT; i++) {
          int code = (int) codes & 0xFF;
          least = Math.min(least, code);
          largest[i] = code + base;
          codes >>>= 8;
        }
      }
    }
    int most = 0;
    int lowest = 0;
    for (int i = 0; i < x.lines * n; i++) {
      int magnitude = Float.floatToRawIntBits(sums[i]) & 0x7FFFFFFF;
      // Of zero far below, of a subnormal the least: -126.
      int exponent = Math.max(magnitude >>> 23, 1) - 127 - (magnitude - 1 >>> 31) * 1000;
      largest[i] = Math.max(largest[i], exponent);
      most = Math.max(most, largest[i]);
      lowest = Math.min(lowest, largest[i]);
    }
    return least > Unpacked.TOP && most < 120 && lowest > -100;
  }

  /** Of eight columns, the code of the largest product of a row, each in a byte. */
  private static long largest(Unpacked x, Unpacked y, int row, int group, int from, int step) {
    long[] a = x.codes;
    long[] b = y.columnCodes;
    int atA = row * x.length + from;
    int atB = group * y.length + from;
    int half = step / 2;
    long first = 0;
    long second = 0;
    for (int i = 0; i < half; i++) {
      first = larger(first, a[atA + i] + b[atB + i]); // Bytes below 128: no carry.
      second = larger(second, a[atA + half + i] + b[atB + half + i]);
    }
    return larger(first, second);
  }

  /** Byte by byte, of numbers below 128. */
  private static long larger(long x, long y) {
    long keep = (x | HIGH) - y & HIGH; // The bytes where x is not less.
    keep -= keep >>> 7;
    return y ^ (y ^ x) & keep;
  }

  /** Adds where all is finite and no sum can overflow or lose bits at the other end. */
  private static void addUsual(
      Unpacked x, Unpacked y, float[] sums, int n, int from, int step, int bits, Scratch scratch) {
    double[] totals = scratch.totals;
    int[] largest = scratch.largest;
    for (int row = 0; row < x.lines; row++) {
      int atX = row * x.length + from;
      for (int column = 0; column < n; column++) {
        int at = row * n + column;
        double unit = Double.longBitsToDouble((long) (1023 + bits - largest[at]) << 52);
        int atY = column * y.length + from;
        long sum = (int) (sums[at] * unit); // Toward zero, below 2^27 as every product.
        for (int i = 0; i < step; i += EIGHT) {
          sum += eight(x.values, atX + i, y.values, atY + i, unit);
        }
        totals[at] = sum;
      }
    }
    for (int i = 0; i < x.lines * n; i++) {
      double cut = Double.longBitsToDouble(Double.doubleToRawLongBits(totals[i]) & ~BEYOND_SINGLE);
      sums[i] = (float) (cut * Double.longBitsToDouble((long) (1023 - bits + largest[i]) << 52));
    }
  }

  private static long eight(double[] x, int p, double[] y, int q, double unit) {
    long s0 = (long) (int) (x[p] * y[q] * unit) + (int) (x[p + 1] * y[q + 1] * unit);
    long s1 = (long) (int) (x[p + 2] * y[q + 2] * unit) + (int) (x[p + 3] * y[q + 3] * unit);
    long s2 = (long) (int) (x[p + 4] * y[q + 4] * unit) + (int) (x[p + 5] * y[q + 5] * unit);
    long s3 = (long) (int) (x[p + 6] * y[q + 6] * unit) + (int) (x[p + 7] * y[q + 7] * unit);
    return s0 + s1 + (s2 + s3);
  }

  /** One element, of any operands: what the fast sums are measured by. */
  float sum(double[] x, int atX, double[] y, int atY, int k, float c) {
    if (converts) {
      return converted(x, atX, y, atY, k, c);
    }
    float sum = c;
    for (int from = 0; from < k; from += step) {
      sum = add(x, atX + from, y, atY + from, Math.min(step, k - from), sum);
    }
    return sum;
  }

  /** By instructions for f16: elements 0 and 1 of each four, then 2 and 3, then C. */
  private float converted(double[] x, int atX, double[] y, int atY, int k, float c) {
    double[] p = new double[k / 2];
    double[] q = new double[k / 2];
    float sum = 0;
    for (int pair = 0; pair < 2; pair++) {
      for (int i = 0; i < k / 2; i++) {
        int at = i / 2 * 4 + pair * 2 + i % 2;
        p[i] = x[atX + at];
        q[i] = y[atY + at];
      }
      for (int from = 0; from < k / 2; from += step) {
        sum = add(p, from, q, from, Math.min(step, k / 2 - from), sum);
      }
    }
    return half ? toHalf((double) sum + c) : sum + c;
  }

  private float add(double[] x, int atX, double[] y, int atY, int count, float c) {
    int largest = Math.max(ZERO_EXPONENT, c == 0 ? ZERO_EXPONENT : exponent(c, leastC));
    double check = c;
    for (int i = 0; i < count; i++) {
      double p = x[atX + i];
      double q = y[atY + i];
      check += p * q;
      if (p != 0 && q != 0) {
        largest = Math.max(largest, exponent((float) p, leastA) + exponent((float) q, leastB));
      }
    }
    if (Double.isNaN(check) || Double.isInfinite(check)) {
      return (float) check;
    }
    int scale = bits - largest;
    long sum = fixed(c, scale);
    for (int i = 0; i < count; i++) {
      sum += fixed(x[atX + i] * y[atY + i], scale);
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
