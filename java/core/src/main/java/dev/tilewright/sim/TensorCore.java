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
  private static final int EIGHT = 8;
  private static final long HIGH = 0x80808080_80808080L;

  /** Of the 52 bits of a double's fraction, those that single precision has not. */
  private static final long BEYOND_SINGLE = (1L << 29) - 1;

  private TensorCore() {}

  /**
   * How many products are added at once: Ampere and Ada take the k of some shapes in two halves.
   */
  static int step(int capability, DataType type, int k) {
    int whole = type == DataType.TF32 ? 8 : type.bits() == 8 ? 32 : 16;
    return capability >= AMPERE && capability < HOPPER && k == whole ? k / 2 : k;
  }

  /** The bits behind the largest exponent that are kept. */
  static int bits(int capability) {
    return capability >= HOPPER ? 25 : 24;
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
   * Adds A B to sums, m by n.
   *
   * @param x A, and y the transpose of B: both with k next to each other
   */
  static void multiply(
      Unpacked x, Unpacked y, float[] sums, int n, int step, int bits, Scratch scratch) {
    int results = x.lines * n;
    scratch.reach(results);
    for (int from = 0; from < x.length; from += step) {
      boolean usual =
          x.isRegular()
              && y.isRegular()
              && step % EIGHT == 0
              && findLargest(x, y, sums, n, from, step, scratch.largest);
      if (usual) {
        addUsual(x, y, sums, n, from, step, bits, scratch);
      } else {
        for (int at = 0; at < results; at++) {
          int atX = at / n * x.length + from;
          int atY = at % n * y.length + from;
          sums[at] = add(x.values, y.values, atX, atY, step, sums[at], bits);
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

  /** The sum of any operands: what the fast one is measured by. */
  static float add(double[] x, double[] y, int atX, int atY, int count, float c, int bits) {
    int largest = exponent(c);
    double check = c;
    for (int i = 0; i < count; i++) {
      double p = x[atX + i];
      double q = y[atY + i];
      check += p * q;
      if (p != 0 && q != 0) {
        largest = Math.max(largest, exponent((float) p) + exponent((float) q));
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
