package dev.tilewright.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.op.FftConv;
import dev.tilewright.op.FftConv.Mode;
import dev.tilewright.op.SparsePattern;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The reference against the sentences of FftConv's Javadoc, its two ways against each other, its
 * gradients against differences.
 */
class FftConvOracleTest {
  private static final int[][] LENGTHS = {
    {1, 1}, {1, 7}, {2, 1}, {2, 5}, {3, 3}, {5, 2}, {7, 7}, {8, 16}, {9, 20}, {16, 3}, {17, 35},
    {31, 64}
  };

  @ParameterizedTest
  @EnumSource(Mode.class)
  void matchesTheDefinition(Mode mode) {
    for (int[] lengths : LENGTHS) {
      int length = lengths[0];
      int taps = lengths[1];
      Inputs in = new Inputs(spec(2, 3, length, taps, mode), 1);
      double[] expected = new double[in.u.length];
      for (int b = 0; b < 2; b++) {
        for (int h = 0; h < 3; h++) {
          for (int t = 0; t < length; t++) {
            int row = (b * 3 + h) * length;
            double sum = 0;
            for (int s = 0; s < length; s++) {
              sum +=
                  coefficient(mode, length, taps, in.k, h * taps, t - s)
                      * in.u[row + s]
                      * in.pregate[row + s];
            }
            expected[row + t] = in.postgate[row + t] * sum + in.d[h] * in.u[row + t];
          }
        }
      }
      assertClose(in.forward(true), expected, mode + " direct " + length + " " + taps);
      assertClose(in.forward(false), expected, mode + " fft " + length + " " + taps);
    }
  }

  /** k's coefficient of u[t - lag], by the words of the Javadoc. */
  private static double coefficient(
      Mode mode, int length, int taps, double[] k, int offset, int lag) {
    switch (mode) {
      case CAUSAL:
        return lag >= 0 && lag < taps ? k[offset + lag] : 0;
      case CIRCULAR:
        double folded = 0;
        for (int j = 0; j < taps; j++) {
          folded += (j - lag) % length == 0 ? k[offset + j] : 0;
        }
        return folded;
      default:
        if (lag >= 0) {
          return lag <= Math.ceil(taps / 2.0) - 1 ? k[offset + lag] : 0;
        }
        return lag >= -Math.floor(taps / 2.0) ? k[offset + taps + lag] : 0;
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void sumsAndTransformsAgreeOnGradients(Mode mode) {
    for (int[] lengths : LENGTHS) {
      Inputs in = new Inputs(spec(2, 3, lengths[0], lengths[1], mode), 2);
      assertGradientsClose(
          in.backward(false), in.backward(true), mode + " " + lengths[0] + " " + lengths[1]);
    }
    Inputs long_ = new Inputs(spec(1, 2, 3001, 2000, mode), 3);
    assertClose(long_.forward(false), long_.forward(true), mode + " long");
    assertGradientsClose(long_.backward(false), long_.backward(true), mode + " long");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void gradientsAreTheDifferencesOfTheForward(Mode mode) {
    for (int[] lengths : LENGTHS) {
      checkGradients(new Inputs(spec(2, 2, lengths[0], lengths[1], mode), 4));
    }
  }

  /** The transforms of the lengths that only they can judge, at some outputs. */
  @Test
  void longTransformsMatchSums() {
    int length = 1 << 18;
    for (Mode mode : Mode.values()) {
      FftConv.Spec spec = FftConv.Spec.of(1, 1, length).withFilterLength(length + 3).withMode(mode);
      double[] u = new Random(6).doubles(length, -1, 1).toArray();
      double[] k = new Random(7).doubles(length + 3, -1, 1).toArray();
      double[] y = FftConvOracle.forward(spec, u, k, null, null, null);
      double[] folded = k.clone();
      for (int j = length; j < k.length; j++) {
        folded[j - length] += k[j];
      }
      for (int t = 0; t < length; t += 9973) {
        double sum = 0;
        for (int s = 0; s < length; s++) {
          int lag = t - s;
          sum +=
              u[s]
                  * (mode == Mode.CIRCULAR
                      ? folded[Math.floorMod(lag, length)]
                      : coefficient(mode, length, length + 3, k, 0, lag));
        }
        assertEquals(sum, y[t], 1e-10, mode + " at " + t); // y is of size 170
      }
    }
  }

  @Test
  void sparseIsTheMaskedTransformAndItsGradientTheDifference() {
    for (SparsePattern pattern :
        new SparsePattern[] {
          SparsePattern.prefixes(new long[] {4, 64}, new long[] {2, 63}),
          SparsePattern.lowPass(256, 19)
        }) {
      int n = 256;
      Inputs in = new Inputs(spec(2, 2, 13, 11, Mode.CAUSAL).withSparse(pattern), 5);
      double[] expected = new double[in.u.length];
      for (int row = 0; row < 4; row++) {
        double[] v = new double[n];
        for (int t = 0; t < 13; t++) {
          v[t] = in.u[row * 13 + t] * in.pregate[row * 13 + t];
        }
        for (int t = 0; t < 13; t++) {
          double z = 0;
          for (int f = 0; f < n; f++) {
            if (in.spec.sparse().keeps(f)) {
              double[] a = bin(v, 0, n, f, n);
              double[] b = bin(in.k, row % 2 * 11, 11, f, n);
              double angle = 2 * Math.PI * f * t / n;
              z +=
                  (a[0] * b[0] - a[1] * b[1]) * Math.cos(angle)
                      - (a[0] * b[1] + a[1] * b[0]) * Math.sin(angle);
            }
          }
          int i = row * 13 + t;
          expected[i] = in.postgate[i] * z / n + in.d[row % 2] * in.u[i];
        }
      }
      assertClose(in.forward(true), expected, "sparse direct");
      assertClose(in.forward(false), expected, "sparse fft");
      assertGradientsClose(in.backward(false), in.backward(true), "sparse");
      checkGradients(in);
    }
  }

  private static double[] bin(double[] x, int offset, int count, int f, int n) {
    double[] sum = new double[2];
    for (int t = 0; t < count; t++) {
      sum[0] += x[offset + t] * Math.cos(2 * Math.PI * f * t / n);
      sum[1] -= x[offset + t] * Math.sin(2 * Math.PI * f * t / n);
    }
    return sum;
  }

  @Test
  void transformsInvertAtAnyLength() {
    for (int n : new int[] {1, 2, 3, 7, 64, 100, 257, 4096}) {
      double[] re = new Random(n).doubles(n, -1, 1).toArray();
      double[] im = new Random(n + 1).doubles(n, -1, 1).toArray();
      double[] re2 = re.clone();
      double[] im2 = im.clone();
      Fft64.forward(re2, im2);
      if (n < 1000) {
        double[] plain = new double[n];
        for (int f = 0; f < n; f++) {
          for (int t = 0; t < n; t++) {
            double angle = 2 * Math.PI * f * t / n;
            plain[f] += re[t] * Math.cos(angle) + im[t] * Math.sin(angle);
          }
        }
        assertClose(re2, plain, "transform " + n);
      }
      Fft64.inverse(re2, im2);
      assertClose(re2, re, "inverse " + n);
      assertClose(im2, im, "inverse " + n);
    }
  }

  @Test
  void errorMeasureLetsNothingThrough() {
    double[] ref = {3, 4};
    assertEquals(0.2, RelativeError.l2(new float[] {3, 5}, ref), 1e-12);
    assertTrue(Double.isNaN(RelativeError.l2(new float[] {3, Float.NaN}, ref)));
    assertEquals(
        Double.POSITIVE_INFINITY, RelativeError.l2(new float[] {3, Float.POSITIVE_INFINITY}, ref));
    assertEquals(0, RelativeError.l2(new float[2], new double[2]));
    assertEquals(
        Double.POSITIVE_INFINITY, RelativeError.l2(new float[] {0, 1e-30f}, new double[2]));
    assertTrue(Double.isNaN(RelativeError.l2(new float[] {0, Float.NaN}, new double[2])));
    assertEquals(1, RelativeError.l2(new float[2], ref));
    assertEquals(2e-6, Bounds.of(DType.F32, 1 << 20));
    assertEquals(2e-5, Bounds.of(DType.F32, (1 << 20) + 1));
  }

  /** Central differences of sum(w * y) with respect to some elements of every input. */
  private static void checkGradients(Inputs in) {
    FftConvOracle.Gradients g = in.backward(true);
    double[][] inputs = {in.u, in.k, in.d, in.pregate, in.postgate};
    double[][] gradients = {g.du(), g.dk(), g.dd(), g.dpregate(), g.dpostgate()};
    double step = 1e-3; // y is at most quadratic in any one element, so the size is no matter
    for (int p = 0; p < inputs.length; p++) {
      assertNotNull(gradients[p]);
      for (int i = 0; i < inputs[p].length; i++) {
        double saved = inputs[p][i];
        inputs[p][i] = saved + step;
        double above = dot(in.dy, in.forward(true));
        inputs[p][i] = saved - step;
        double below = dot(in.dy, in.forward(true));
        inputs[p][i] = saved;
        assertEquals(
            (above - below) / (2 * step),
            gradients[p][i],
            1e-9,
            in.spec + " input " + p + " element " + i);
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void assertGradientsClose(
      FftConvOracle.Gradients a, FftConvOracle.Gradients b, String what) {
    assertClose(a.du(), b.du(), what + " du");
    assertClose(a.dk(), b.dk(), what + " dk");
    assertClose(a.dd(), b.dd(), what + " dd");
    assertClose(a.dpregate(), b.dpregate(), what + " dpregate");
    assertClose(a.dpostgate(), b.dpostgate(), what + " dpostgate");
  }

  private static void assertClose(double[] out, double[] ref, String what) {
    double error = RelativeError.l2(out, ref);
    assertTrue(error < 1e-13 * Math.sqrt(Math.max(1, ref.length)), what + ": " + error);
  }

  private static FftConv.Spec spec(long batch, long channels, long length, long taps, Mode mode) {
    return FftConv.Spec.of(batch, channels, length)
        .withFilterLength(taps)
        .withMode(mode)
        .withPregate(true)
        .withPostgate(true)
        .withSkip(true);
  }

  /** Random inputs of a spec with everything on. */
  private static final class Inputs {
    final FftConv.Spec spec;
    final double[] u;
    final double[] k;
    final double[] pregate;
    final double[] postgate;
    final double[] d;
    final double[] dy;

    Inputs(FftConv.Spec spec, long seed) {
      this.spec = spec;
      Random random = new Random(seed);
      int elements = (int) (spec.batch() * spec.channels() * spec.length());
      u = random.doubles(elements, -1, 1).toArray();
      k = random.doubles(spec.channels() * spec.filterLength(), -1, 1).toArray();
      pregate = random.doubles(elements, -1, 1).toArray();
      postgate = random.doubles(elements, -1, 1).toArray();
      d = random.doubles(spec.channels(), -1, 1).toArray();
      dy = random.doubles(elements, -1, 1).toArray();
    }

    double[] forward(boolean direct) {
      return FftConvOracle.forward(spec, u, k, pregate, postgate, d, direct);
    }

    FftConvOracle.Gradients backward(boolean direct) {
      return FftConvOracle.backward(spec, dy, u, k, pregate, postgate, d, direct);
    }
  }
}
