package dev.tilewright.oracle;

/**
 * Short depthwise conv1d and its gradients in float64: {@code y[b,h,t] = bias[h] + sum over j of
 * w[h,j] x[b,h,t - pad + j]}, with x zero outside [0, L). {@code pad} is K - 1 for causal padding
 * and floor((K - 1) / 2) for same padding.
 */
public final class Conv1dOracle {
  private Conv1dOracle() {}

  /**
   * One problem: x and y are [B, H, L], or [B, L, H] when {@code channelsLast}; w is [H, K], bias
   * [H] or null.
   */
  public record Problem(
      int batch, int channels, int length, int taps, boolean causal, boolean channelsLast) {
    int pad() {
      return causal ? taps - 1 : (taps - 1) / 2;
    }

    int index(int b, int h, int t) {
      return channelsLast ? (b * length + t) * channels + h : (b * channels + h) * length + t;
    }
  }

  /** The gradients of one backward pass; dbias also where the bias is null. */
  public record Gradients(double[] dx, double[] dw, double[] dbias) {}

  /** y, laid out as x. */
  public static double[] forward(Problem p, double[] x, double[] w, double[] bias) {
    double[] y = new double[x.length];
    for (int b = 0; b < p.batch; b++) {
      for (int h = 0; h < p.channels; h++) {
        for (int t = 0; t < p.length; t++) {
          double sum = bias == null ? 0 : bias[h];
          for (int j = 0; j < p.taps; j++) {
            int s = t - p.pad() + j;
            if (s >= 0 && s < p.length) {
              sum += w[h * p.taps + j] * x[p.index(b, h, s)];
            }
          }
          y[p.index(b, h, t)] = sum;
        }
      }
    }
    return y;
  }

  /** The gradients of sum(dy * y). */
  public static Gradients backward(Problem p, double[] dy, double[] x, double[] w) {
    Gradients out =
        new Gradients(new double[x.length], new double[w.length], new double[p.channels]);
    for (int b = 0; b < p.batch; b++) {
      for (int h = 0; h < p.channels; h++) {
        for (int t = 0; t < p.length; t++) {
          double g = dy[p.index(b, h, t)];
          out.dbias[h] += g;
          for (int j = 0; j < p.taps; j++) {
            int s = t - p.pad() + j;
            if (s >= 0 && s < p.length) {
              out.dx[p.index(b, h, s)] += w[h * p.taps + j] * g;
              out.dw[h * p.taps + j] += x[p.index(b, h, s)] * g;
            }
          }
        }
      }
    }
    return out;
  }
}
