package dev.tilewright.oracle;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Complex discrete Fourier transform in float64, in place, of any length; radix 2, or Bluestein's
 * chirp for other lengths.
 */
public final class Fft64 {
  /** cos and sin of 2 pi i / n for i &lt; n / 2, by the power of two n. */
  private static final Map<Integer, double[][]> TABLES = new ConcurrentHashMap<>();

  private Fft64() {}

  /** X[f] = sum over n of x[n] exp(-2 pi i f n / N). */
  public static void forward(double[] re, double[] im) {
    if (Integer.bitCount(re.length) == 1) {
      radix2(re, im);
    } else {
      bluestein(re, im);
    }
  }

  /** x[n] = 1/N sum over f of X[f] exp(+2 pi i f n / N). */
  public static void inverse(double[] re, double[] im) {
    forward(im, re); // swapping the parts conjugates the kernel
    for (int i = 0; i < re.length; i++) {
      re[i] /= re.length;
      im[i] /= re.length;
    }
  }

  private static void radix2(double[] re, double[] im) {
    int n = re.length;
    for (int i = 1; i < n; i++) {
      int j = Integer.reverse(i) >>> (32 - Integer.numberOfTrailingZeros(n));
      if (i < j) {
        swap(re, i, j);
        swap(im, i, j);
      }
    }
    double[][] table = TABLES.computeIfAbsent(n, Fft64::table);
    double[] cos = table[0];
    double[] sin = table[1];
    for (int half = 1; half < n; half *= 2) {
      int stride = n / (2 * half);
      for (int start = 0; start < n; start += 2 * half) {
        for (int i = 0; i < half; i++) {
          int a = start + i;
          int b = a + half;
          double c = cos[i * stride];
          double s = sin[i * stride];
          double x = re[b] * c + im[b] * s;
          double y = im[b] * c - re[b] * s;
          re[b] = re[a] - x;
          im[b] = im[a] - y;
          re[a] += x;
          im[a] += y;
        }
      }
    }
  }

  /** f n = (f² + n² − (f−n)²) / 2 turns the transform into a convolution with a chirp. */
  private static void bluestein(double[] re, double[] im) {
    int n = re.length;
    int m = Integer.highestOneBit(2 * n) * 2;
    double[] chirpRe = new double[n];
    double[] chirpIm = new double[n];
    double[] aRe = new double[m];
    double[] aIm = new double[m];
    double[] bRe = new double[m];
    double[] bIm = new double[m];
    for (int i = 0; i < n; i++) {
      double angle = Math.PI * ((long) i * i % (2L * n)) / n;
      double c = Math.cos(angle);
      double s = Math.sin(angle);
      chirpRe[i] = c;
      chirpIm[i] = s;
      aRe[i] = re[i] * c + im[i] * s;
      aIm[i] = im[i] * c - re[i] * s;
      bRe[i] = bRe[(m - i) % m] = c;
      bIm[i] = bIm[(m - i) % m] = s;
    }
    radix2(aRe, aIm);
    radix2(bRe, bIm);
    multiply(aRe, aIm, bRe, bIm);
    inverse(aRe, aIm);
    for (int i = 0; i < n; i++) {
      re[i] = aRe[i] * chirpRe[i] + aIm[i] * chirpIm[i];
      im[i] = aIm[i] * chirpRe[i] - aRe[i] * chirpIm[i];
    }
  }

  /** a *= b. */
  static void multiply(double[] aRe, double[] aIm, double[] bRe, double[] bIm) {
    for (int i = 0; i < aRe.length; i++) {
      double re = aRe[i] * bRe[i] - aIm[i] * bIm[i];
      aIm[i] = aRe[i] * bIm[i] + aIm[i] * bRe[i];
      aRe[i] = re;
    }
  }

  private static double[][] table(int n) {
    double[][] table = new double[2][n / 2];
    for (int i = 0; i < n / 2; i++) {
      table[0][i] = Math.cos(2 * Math.PI * i / n);
      table[1][i] = Math.sin(2 * Math.PI * i / n);
    }
    return table;
  }

  private static void swap(double[] values, int i, int j) {
    double t = values[i];
    values[i] = values[j];
    values[j] = t;
  }
}
