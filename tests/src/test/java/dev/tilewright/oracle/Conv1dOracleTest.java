package dev.tilewright.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tilewright.oracle.Conv1dOracle.Problem;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Conv1dOracleTest {
  @Test
  void causalSeesThePastAndSameIsCentred() {
    double[] x = {1, 10, 100, 1000};
    double[] w = {1, 2, 3};
    // causal: the last tap meets x[t]; same: the middle one does
    assertArrayEquals(
        new double[] {3, 32, 321, 3210},
        Conv1dOracle.forward(new Problem(1, 1, 4, 3, true, false), x, w, null));
    assertArrayEquals(
        new double[] {32, 321, 3210, 2100},
        Conv1dOracle.forward(new Problem(1, 1, 4, 3, false, false), x, w, null));
    // an even K pads floor((K-1)/2) on the left: w[0] meets x[t]
    assertArrayEquals(
        new double[] {21.5, 210.5, 2100.5, 1000.5},
        Conv1dOracle.forward(
            new Problem(1, 1, 4, 2, false, false), x, new double[] {1, 2}, new double[] {0.5}));
  }

  @Test
  void layoutsAgreeAndGradientsAreTheDifferences() {
    for (int taps : new int[] {1, 2, 3, 8, 9}) {
      for (boolean causal : new boolean[] {true, false}) {
        for (boolean channelsLast : new boolean[] {true, false}) {
          Problem p = new Problem(2, 3, 6, taps, causal, channelsLast);
          Random random = new Random(taps);
          double[] x = random.doubles(36, -1, 1).toArray();
          double[] w = random.doubles(3L * taps, -1, 1).toArray();
          double[] bias = random.doubles(3, -1, 1).toArray();
          double[] dy = random.doubles(36, -1, 1).toArray();
          Conv1dOracle.Gradients g = Conv1dOracle.backward(p, dy, x, w);
          double[][] inputs = {x, w, bias};
          double[][] gradients = {g.dx(), g.dw(), g.dbias()};
          for (int n = 0; n < 3; n++) {
            for (int i = 0; i < inputs[n].length; i++) {
              double saved = inputs[n][i];
              inputs[n][i] = saved + 0.5;
              double above = dot(dy, Conv1dOracle.forward(p, x, w, bias));
              inputs[n][i] = saved - 0.5;
              double below = dot(dy, Conv1dOracle.forward(p, x, w, bias));
              inputs[n][i] = saved;
              assertEquals(
                  above - below, gradients[n][i], 1e-12, p + " input " + n + " element " + i);
            }
          }
          Problem other = new Problem(2, 3, 6, taps, causal, !channelsLast);
          double[] moved = new double[36];
          double[] expected = new double[36];
          double[] y = Conv1dOracle.forward(p, x, w, bias);
          for (int i = 0; i < 36; i++) {
            int from = p.index(i / 18, i / 6 % 3, i % 6);
            int to = other.index(i / 18, i / 6 % 3, i % 6);
            moved[to] = x[from];
            expected[to] = y[from];
          }
          assertArrayEquals(expected, Conv1dOracle.forward(other, moved, w, bias), 1e-15);
        }
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
}
