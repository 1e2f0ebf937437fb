package dev.tilewright.oracle;

import dev.tilewright.op.FftConv;
import java.util.stream.IntStream;

/**
 * {@link FftConv} and its gradients in float64, from the equations: with v = u * pregate and z[t] =
 * sum over s of e[t-s] v[s], where the lags e are made of the taps k as the mode says, y = postgate
 * * z + D * u.
 *
 * <p>Arrays are flattened: u, gates, y and dy [B, H, L], k [H, Lk], D [H]. A part that the spec
 * does not name may be null. With a {@link dev.tilewright.op.SparsePattern} of length N &gt;= L, z
 * = Re iFFT_N(FFT_N(v) * FFT_N(k) * kept) in every mode. Small problems are plain sums, larger ones
 * use {@link Fft64}.
 */
public final class FftConvOracle {
  /** Products a row up to which plain sums are the faster way. */
  private static final long DIRECT_PRODUCTS = 1 << 17;

  private FftConvOracle() {}

  /** The gradients of one backward pass; null for a part that the spec does not name. */
  public record Gradients(
      double[] du, double[] dk, double[] dd, double[] dpregate, double[] dpostgate) {}

  /** y [B, H, L]. */
  public static double[] forward(
      FftConv.Spec spec, double[] u, double[] k, double[] pregate, double[] postgate, double[] d) {
    return forward(spec, u, k, pregate, postgate, d, isSmall(spec));
  }

  /** The gradients of sum(dy * y) with respect to u, k, D and the gates. */
  public static Gradients backward(
      FftConv.Spec spec,
      double[] dy,
      double[] u,
      double[] k,
      double[] pregate,
      double[] postgate,
      double[] d) {
    return backward(spec, dy, u, k, pregate, postgate, d, isSmall(spec));
  }

  static double[] forward(
      FftConv.Spec spec,
      double[] u,
      double[] k,
      double[] pregate,
      double[] postgate,
      double[] d,
      boolean direct) {
    check(spec, u, k, pregate, postgate, d);
    double[] y = new double[u.length];
    int channels = Math.toIntExact(spec.channels());
    int length = Math.toIntExact(spec.length());
    IntStream.range(0, channels)
        .parallel()
        .forEach(
            h -> {
              LagFilter filter =
                  new LagFilter(spec, k, h * Math.toIntExact(spec.filterLength()), direct);
              for (int b = 0; b < spec.batch(); b++) {
                int row = (b * channels + h) * length;
                double[] z = filter.apply(gated(u, pregate, row, length));
                for (int t = 0; t < length; t++) {
                  y[row + t] =
                      (postgate == null ? 1 : postgate[row + t]) * z[t]
                          + (d == null ? 0 : d[h] * u[row + t]);
                }
              }
            });
    return y;
  }

  static Gradients backward(
      FftConv.Spec spec,
      double[] dy,
      double[] u,
      double[] k,
      double[] pregate,
      double[] postgate,
      double[] d,
      boolean direct) {
    check(spec, u, k, pregate, postgate, d);
    Oracles.require("dy", dy, u.length);
    Gradients out =
        new Gradients(
            new double[u.length],
            new double[k.length],
            d == null ? null : new double[d.length],
            pregate == null ? null : new double[u.length],
            postgate == null ? null : new double[u.length]);
    int channels = Math.toIntExact(spec.channels());
    int length = Math.toIntExact(spec.length());
    IntStream.range(0, channels)
        .parallel()
        .forEach(
            h -> {
              int taps = h * Math.toIntExact(spec.filterLength());
              LagFilter filter = new LagFilter(spec, k, taps, direct);
              for (int b = 0; b < spec.batch(); b++) {
                int row = (b * channels + h) * length;
                double[] v = gated(u, pregate, row, length);
                double[] dz = gated(dy, postgate, row, length);
                double[] dv = filter.applyTransposed(dz);
                filter.addFilterGradient(v, dz, out.dk, taps);
                if (postgate != null) {
                  double[] z = filter.apply(v);
                  for (int t = 0; t < length; t++) {
                    out.dpostgate[row + t] = dy[row + t] * z[t];
                  }
                }
                for (int t = 0; t < length; t++) {
                  int i = row + t;
                  out.du[i] =
                      dv[t] * (pregate == null ? 1 : pregate[i]) + (d == null ? 0 : d[h] * dy[i]);
                  if (pregate != null) {
                    out.dpregate[i] = dv[t] * u[i];
                  }
                  if (d != null) {
                    out.dd[h] += dy[i] * u[i];
                  }
                }
              }
            });
    return out;
  }

  /** One row of x, times the gate if there is one. */
  private static double[] gated(double[] x, double[] gate, int row, int length) {
    double[] product = new double[length];
    for (int t = 0; t < length; t++) {
      product[t] = x[row + t] * (gate == null ? 1 : gate[row + t]);
    }
    return product;
  }

  private static boolean isSmall(FftConv.Spec spec) {
    return LagFilter.directCost(spec) <= DIRECT_PRODUCTS;
  }

  private static void check(
      FftConv.Spec spec, double[] u, double[] k, double[] pregate, double[] postgate, double[] d) {
    long elements = spec.batch() * spec.channels() * spec.length();
    Oracles.require("u", u, elements);
    Oracles.require("k", k, spec.channels() * spec.filterLength());
    optional("pregate", pregate, spec.pregate(), elements);
    optional("postgate", postgate, spec.postgate(), elements);
    optional("d", d, spec.skip(), spec.channels());
    if (spec.sparse() != null && spec.sparse().transformLength() < spec.length()) {
      throw new IllegalArgumentException("sparse: transform shorter than the sequence");
    }
  }

  private static void optional(String name, double[] values, boolean named, long elements) {
    if (named) {
      Oracles.require(name, values, elements);
    } else if (values != null) {
      throw new IllegalArgumentException(name + ": given, but the spec does not name it");
    }
  }
}
