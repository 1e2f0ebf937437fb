package dev.tilewright.cli;

/**
 * How a convolution is written without a library: what the demo compares with. Both are causal and
 * keep u's length.
 */
final class PlainConvolution {
  private PlainConvolution() {}

  /**
   * Adds what the inputs {@code [from, to)} contribute to y, by the definition. The inner loop runs
   * over neighbouring outputs, the order that the JIT compiler turns into vector code.
   */
  static void direct(float[] u, float[] k, float[] y, int from, int to) {
    for (int s = from; s < to; s++) {
      addScaled(u[s], k, y, s, Math.min(k.length, y.length - s));
    }
  }

  private static void addScaled(float factor, float[] k, float[] y, int at, int n) {
    for (int j = 0; j < n; j++) {
      y[at + j] += factor * k[j];
    }
  }

  /** Products that {@link #direct} makes for these inputs. */
  static long products(int length, int taps, int from, int to) {
    long sum = 0;
    for (int s = from; s < to; s++) {
      sum += Math.min(taps, length - s);
    }
    return sum;
  }

  /** The transform of a textbook, padded with zeros; tables are made beforehand. */
  static final class Fft {
    private final int n;
    private final double[] cos;
    private final double[] sin;

    Fft(int length, int taps) {
      int least = Math.max(2, length + taps - 1);
      n = Integer.highestOneBit(least - 1) * 2;
      cos = new double[n / 2];
      sin = new double[n / 2];
      for (int i = 0; i < n / 2; i++) {
        cos[i] = Math.cos(2 * Math.PI * i / n);
        sin[i] = Math.sin(2 * Math.PI * i / n);
      }
    }

    float[] convolve(float[] u, float[] k) {
      double[] uRe = padded(u);
      double[] uIm = new double[n];
      double[] kRe = padded(k);
      double[] kIm = new double[n];
      transform(uRe, uIm);
      transform(kRe, kIm);
      for (int i = 0; i < n; i++) {
        double re = uRe[i] * kRe[i] - uIm[i] * kIm[i];
        uIm[i] = uRe[i] * kIm[i] + uIm[i] * kRe[i];
        uRe[i] = re;
      }
      transform(uIm, uRe); // with the parts swapped it is the inverse
      float[] y = new float[u.length];
      for (int t = 0; t < y.length; t++) {
        y[t] = (float) (uRe[t] / n);
      }
      return y;
    }

    private double[] padded(float[] values) {
      double[] padded = new double[n];
      for (int i = 0; i < values.length; i++) {
        padded[i] = values[i];
      }
      return padded;
    }

    private void transform(double[] re, double[] im) {
      int shift = Integer.numberOfLeadingZeros(n) + 1;
      for (int i = 0; i < n; i++) {
        int j = Integer.reverse(i) >>> shift;
        if (i < j) {
          double r = re[i];
          re[i] = re[j];
          re[j] = r;
          double m = im[i];
          im[i] = im[j];
          im[j] = m;
        }
      }
      for (int half = 1; half < n; half *= 2) {
        int stride = n / (2 * half);
        for (int start = 0; start < n; start += 2 * half) {
          butterflies(re, im, start, half, stride);
        }
      }
    }

    private void butterflies(double[] re, double[] im, int start, int half, int stride) {
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
