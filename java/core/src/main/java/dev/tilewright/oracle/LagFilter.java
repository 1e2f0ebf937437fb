package dev.tilewright.oracle;

import dev.tilewright.op.FftConv;
import dev.tilewright.op.SparsePattern;
import java.util.Arrays;

/**
 * One channel's convolution as z[t] = sum over s in [0, L) of e[t - s] v[s]. Every mode is such a
 * sum; they differ only in how the lags e[-(L-1)] .. e[L-1] are made of the taps k. e is stored
 * modulo P, a power of two of at least 2L - 1.
 */
final class LagFilter {
  private final FftConv.Spec spec;
  private final int length;
  private final int first; // lags outside first .. last are zero
  private final int last;
  private final boolean direct;
  private final double[] lags;
  private final double[] spectrumRe;
  private final double[] spectrumIm;

  /**
   * The lags of taps {@code k[offset .. offset + Lk)}, convolved by sums when {@code direct}, else
   * by transforms.
   */
  LagFilter(FftConv.Spec spec, double[] k, int offset, boolean direct) {
    this.spec = spec;
    this.direct = direct;
    length = Math.toIntExact(spec.length());
    first = firstLag(spec);
    last = lastLag(spec);
    lags = new double[period()];
    int taps = Math.toIntExact(spec.filterLength());
    if (spec.sparse() != null) {
      double[] kept = new double[Math.toIntExact(spec.sparse().transformLength())];
      for (int j = 0; j < taps; j++) {
        kept[j % kept.length] += k[offset + j];
      }
      keep(spec.sparse(), kept);
      for (int lag = first; lag <= last; lag++) {
        lags[index(lag)] = kept[Math.floorMod(lag, kept.length)];
      }
    } else {
      for (int j = 0; j < taps; j++) {
        for (int lag : lagsOfTap(j)) {
          lags[index(lag)] += k[offset + j];
        }
      }
    }
    spectrumRe = direct ? null : lags.clone();
    spectrumIm = direct ? null : new double[lags.length];
    if (!direct) {
      Fft64.forward(spectrumRe, spectrumIm);
    }
  }

  /** Products of one row by sums, for the choice between the two ways. */
  static long directCost(FftConv.Spec spec) {
    return spec.length() * (lastLag(spec) - firstLag(spec) + 1L);
  }

  /** The lags within -(L-1) .. L-1 at which tap j acts: none, one or (circular) two. */
  private int[] lagsOfTap(int j) {
    int taps = Math.toIntExact(spec.filterLength());
    return switch (spec.mode()) {
      case CAUSAL -> j < length ? new int[] {j} : new int[0];
      case CIRCULAR ->
          j % length == 0 ? new int[] {0} : new int[] {j % length, j % length - length};
      case BIDIRECTIONAL -> {
        int lag = j < (taps + 1) / 2 ? j : j - taps;
        yield Math.abs(lag) < length ? new int[] {lag} : new int[0];
      }
    };
  }

  private static int firstLag(FftConv.Spec spec) {
    long full = -(spec.length() - 1);
    if (spec.sparse() != null || spec.mode() == FftConv.Mode.CIRCULAR) {
      return (int) full;
    }
    return spec.mode() == FftConv.Mode.CAUSAL
        ? 0
        : (int) Math.max(full, -(spec.filterLength() / 2));
  }

  private static int lastLag(FftConv.Spec spec) {
    long full = spec.length() - 1;
    if (spec.sparse() != null || spec.mode() == FftConv.Mode.CIRCULAR) {
      return (int) full;
    }
    long taps = spec.filterLength();
    return (int) Math.min(full, (spec.mode() == FftConv.Mode.CAUSAL ? taps : (taps + 1) / 2) - 1);
  }

  private int period() {
    int least = 2 * length - 1;
    return least == 1 ? 1 : Integer.highestOneBit(least - 1) * 2;
  }

  private int index(int lag) {
    return lag < 0 ? lag + lags.length : lag;
  }

  /**
   * Re of the inverse transform of the kept frequencies of f. A symmetric matrix times f, so its
   * own gradient.
   */
  private static void keep(SparsePattern pattern, double[] f) {
    double[] im = new double[f.length];
    Fft64.forward(f, im);
    for (int i = 0; i < f.length; i++) {
      if (!pattern.keeps(i)) {
        f[i] = 0;
        im[i] = 0;
      }
    }
    Fft64.inverse(f, im);
  }

  /** z[t] = sum over s of e[t-s] v[s]. */
  double[] apply(double[] v) {
    if (!direct) {
      return product(v, spectrumRe, spectrumIm, 1, length);
    }
    double[] z = new double[length];
    for (int t = 0; t < length; t++) {
      for (int s = Math.max(0, t - last); s <= Math.min(length - 1, t - first); s++) {
        z[t] += lags[index(t - s)] * v[s];
      }
    }
    return z;
  }

  /** dv[s] = sum over t of e[t-s] g[t]. */
  double[] applyTransposed(double[] g) {
    if (!direct) {
      return product(g, spectrumRe, spectrumIm, -1, length);
    }
    double[] dv = new double[length];
    for (int s = 0; s < length; s++) {
      for (int t = Math.max(0, s + first); t <= Math.min(length - 1, s + last); t++) {
        dv[s] += lags[index(t - s)] * g[t];
      }
    }
    return dv;
  }

  /**
   * Adds the gradient of the taps for input v and output gradient g to {@code dk[offset .. offset +
   * Lk)}.
   */
  void addFilterGradient(double[] v, double[] g, double[] dk, int offset) {
    double[] dLags = lagGradient(v, g);
    int taps = Math.toIntExact(spec.filterLength());
    if (spec.sparse() != null) {
      double[] dKept = new double[Math.toIntExact(spec.sparse().transformLength())];
      for (int lag = first; lag <= last; lag++) {
        dKept[Math.floorMod(lag, dKept.length)] += dLags[index(lag)];
      }
      keep(spec.sparse(), dKept);
      for (int j = 0; j < taps; j++) {
        dk[offset + j] += dKept[j % dKept.length];
      }
      return;
    }
    for (int j = 0; j < taps; j++) {
      for (int lag : lagsOfTap(j)) {
        dk[offset + j] += dLags[index(lag)];
      }
    }
  }

  /** de[lag] = sum over t of g[t] v[t-lag]. */
  private double[] lagGradient(double[] v, double[] g) {
    if (!direct) {
      double[] re = Arrays.copyOf(v, lags.length);
      double[] im = new double[lags.length];
      Fft64.forward(re, im);
      return product(g, re, im, -1, lags.length);
    }
    double[] dLags = new double[lags.length];
    for (int lag = first; lag <= last; lag++) {
      for (int t = Math.max(0, lag); t <= Math.min(length - 1, length - 1 + lag); t++) {
        dLags[index(lag)] += g[t] * v[t - lag];
      }
    }
    return dLags;
  }

  /**
   * First {@code count} values of the cyclic product of x with a spectrum, conjugated for {@code
   * sign} -1.
   */
  private double[] product(double[] x, double[] re, double[] im, int sign, int count) {
    double[] xRe = Arrays.copyOf(x, lags.length);
    double[] xIm = new double[lags.length];
    Fft64.forward(xRe, xIm);
    for (int i = 0; i < xRe.length; i++) {
      double r = xRe[i] * re[i] - sign * xIm[i] * im[i];
      xIm[i] = sign * xRe[i] * im[i] + xIm[i] * re[i];
      xRe[i] = r;
    }
    Fft64.inverse(xRe, xIm);
    return Arrays.copyOf(xRe, count);
  }
}
