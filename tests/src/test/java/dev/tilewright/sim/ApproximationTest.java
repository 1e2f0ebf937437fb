package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Approximate instructions in the worst case: far from the exact result, within the bound. */
final class ApproximationTest {
  private static final int COUNT = 256;

  private static float[] run(String instruction, Launch.Options options, float from, float to) {
    String ptx =
        """
        .version 8.0
        .target sm_90
        .address_size 64
        .visible .entry k(.param .u64 in, .param .u64 out)
        {
          .reg .b32 tid;
          .reg .b64 i, o;
          .reg .f32 x, y;
          mov.u32 tid, %tid.x;
          ld.param.u64 i, [in];
          ld.param.u64 o, [out];
          mad.wide.u32 i, tid, 4, i;
          mad.wide.u32 o, tid, 4, o;
          ld.global.f32 x, [i];
          INSTRUCTION;
          st.global.f32 [o], y;
          ret;
        }
        """
            .replace("INSTRUCTION", instruction);
    ByteBuffer in = ByteBuffer.allocate(4 * COUNT).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < COUNT; i++) {
      in.putFloat(at(i, from, to));
    }
    byte[] out = new byte[4 * COUNT];
    PtxRun.on("h100").threads(COUNT).options(options).runClean(ptx, in.array(), out);
    float[] results = new float[COUNT];
    ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(results);
    return results;
  }

  private static float at(int i, float from, float to) {
    return from + (to - from) * (i + 0.37f) / COUNT;
  }

  /**
   * The bounds of the ISA: in units of the last place (ulp), relative to the result, or absolute;
   * most results come near them, and both signs occur.
   */
  @ParameterizedTest
  @CsvSource({
    "'rcp.approx.f32 y, x', reciprocal, 0.001, 900, ulp, 1",
    "'div.approx.f32 y, 0f3F800000, x', reciprocal, 0.001, 900, ulp, 2",
    "'div.full.f32 y, 0f3F800000, x', reciprocal, 0.001, 900, ulp, 2",
    "'sqrt.approx.f32 y, x', sqrt, 0.01, 500, relative, 1.1920928955078125e-7",
    "'rsqrt.approx.ftz.f32 y, x', rsqrt, 0.01, 500, relative, 1.2776536e-7",
    "'sin.approx.f32 y, x', sin, -6.2, 6.2, absolute, 6.7434958e-7",
    "'cos.approx.ftz.f32 y, x', cos, -300, 300, absolute, 3.7571546e-5",
    "'lg2.approx.f32 y, x', log2, 0.51, 1.99, absolute, 2.384185791015625e-7",
    "'lg2.approx.f32 y, x', log2, 2.5, 5000, relative, 2.384185791015625e-7",
    "'ex2.approx.f32 y, x', exp2, -20, 20, ulp, 2",
    "'tanh.approx.f32 y, x', tanh, -3, 3, relative, 4.8828125e-4",
  })
  void withinTheBound(
      String instruction, String name, float from, float to, String kind, double bound) {
    String text = instruction.replace("'", "");
    DoubleUnaryOperator exact = function(name);
    float[] best = run(text, Launch.Options.DEFAULT, from, to);
    int ups = 0;
    int downs = 0;
    double largest = 0;
    for (long seed = 1; seed <= 2; seed++) {
      Launch.Options worst = Launch.Options.DEFAULT.seed(seed).worstApproximations(true);
      float[] results = run(text, worst, from, to);
      assertTrue(Arrays.equals(results, run(text, worst, from, to)), "the same by the same seed");
      for (int i = 0; i < COUNT; i++) {
        double value = exact.applyAsDouble(at(i, from, to));
        double error = Math.abs(results[i] - value) / unit(kind, value);
        int at = i;
        assertTrue(error <= bound, () -> text + " of " + at(at, from, to) + ": " + error);
        largest = Math.max(largest, error);
        ups += results[i] > best[i] ? 1 : 0;
        downs += results[i] < best[i] ? 1 : 0;
      }
    }
    assertTrue(largest > 0.7 * bound, text + " errs at most " + largest);
    assertTrue(ups > COUNT / 8 && downs > COUNT / 8, text + ": " + ups + " up, " + downs + " down");
  }

  private static double unit(String kind, double value) {
    return switch (kind) {
      case "ulp" -> Math.ulp((float) value);
      case "relative" -> Math.abs(value);
      default -> 1;
    };
  }

  private static DoubleUnaryOperator function(String name) {
    return switch (name) {
      case "reciprocal" -> x -> 1 / x;
      case "sqrt" -> Math::sqrt;
      case "rsqrt" -> x -> 1 / Math.sqrt(x);
      case "sin" -> Math::sin;
      case "cos" -> Math::cos;
      case "log2" -> x -> Math.log(x) / Math.log(2);
      case "exp2" -> x -> Math.pow(2, x);
      default -> Math::tanh;
    };
  }

  /** Special values stay as the ISA's tables have them. */
  @Test
  void specialValuesStay() {
    Launch.Options worst = Launch.Options.DEFAULT.seed(3).worstApproximations(true);
    assertEquals(1f, run("ex2.approx.f32 y, 0f00000000", worst, 1, 2)[0]);
    assertEquals(Float.POSITIVE_INFINITY, run("rcp.approx.f32 y, 0f00000000", worst, 1, 2)[0]);
    assertEquals(0f, run("tanh.approx.f32 y, 0f00000000", worst, 1, 2)[0]);
    assertTrue(Float.isNaN(run("sqrt.approx.f32 y, 0fBF800000", worst, 1, 2)[0]));
  }
}
