package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Half;
import dev.tilewright.op.FftConv.Mode;
import dev.tilewright.oracle.Bounds;
import dev.tilewright.oracle.FftConvOracle;
import dev.tilewright.oracle.Oracles;
import dev.tilewright.oracle.RelativeError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One spec with inputs of size O(1), filters that decay as 1/sqrt(1 + lag), everything rounded to
 * the spec's dtype, and the float64 results for the rounded values.
 */
final class FftConvProblem {
  final FftConv.Spec spec;
  final float[] u;
  final float[] k;
  final float[] pregate;
  final float[] postgate;
  final float[] d;
  final float[] dy;

  /** Where it is computed, for the bounds; null for the CPU. */
  Device device;

  private double[] y;
  private Map<String, double[]> gradients;

  FftConvProblem(
      FftConv.Spec spec, float[] u, float[] k, float[] pre, float[] post, float[] d, float[] dy) {
    this.spec = spec;
    this.u = u;
    this.k = k;
    this.pregate = pre;
    this.postgate = post;
    this.d = d;
    this.dy = dy;
  }

  static FftConvProblem random(FftConv.Spec spec, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int elements = Math.toIntExact(spec.batch() * spec.channels() * spec.length());
    float[] u = normal(random, elements, spec.dtype());
    float[] k = normal(random, Math.toIntExact(spec.channels() * spec.filterLength()), DType.F32);
    long taps = spec.filterLength();
    for (int i = 0; i < k.length; i++) {
      long lag = i % taps;
      k[i] /=
          (float)
              Math.sqrt(
                  1.0 + (spec.mode() == Mode.BIDIRECTIONAL ? Math.min(lag, taps - lag) : lag));
    }
    float[] pre = spec.pregate() ? normal(random, elements, spec.dtype()) : null;
    float[] post = spec.postgate() ? normal(random, elements, spec.dtype()) : null;
    float[] d = spec.skip() ? normal(random, Math.toIntExact(spec.channels()), DType.F32) : null;
    float[] dy = normal(random, elements, DType.F32);
    for (int i = 0; i < elements; i++) {
      dy[i] += u[i] / 2; // so that D's gradient is no sum that cancels
    }
    return new FftConvProblem(spec, u, k, pre, post, d, round(dy, spec.dtype()));
  }

  static float[] normal(SplittableRandom random, int count, DType dtype) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return round(values, dtype);
  }

  private static float[] round(float[] values, DType dtype) {
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (dtype) {
            case F16 -> Half.f16ToF32(Half.f32ToF16(values[i]));
            case BF16 -> Half.bf16ToF32(Half.f32ToBf16(values[i]));
            default -> values[i];
          };
    }
    return values;
  }

  double[] y() {
    if (y == null) {
      y = FftConvOracle.forward(spec, wide(u), wide(k), wide(pregate), wide(postgate), wide(d));
    }
    return y;
  }

  /** The gradients that the spec has, by their names in {@link FftConv.Args}. */
  Map<String, double[]> gradients() {
    if (gradients == null) {
      gradients =
          named(
              FftConvOracle.backward(
                  spec, wide(dy), wide(u), wide(k), wide(pregate), wide(postgate), wide(d)));
    }
    return gradients;
  }

  private static Map<String, double[]> named(FftConvOracle.Gradients g) {
    Map<String, double[]> byName = new LinkedHashMap<>();
    byName.put("du", g.du());
    byName.put("dk", g.dk());
    byName.put("dd", g.dd());
    byName.put("dpregate", g.dpregate());
    byName.put("dpostgate", g.dpostgate());
    byName.values().removeIf(values -> values == null);
    return byName;
  }

  /** What is wrong with this y: empty or one line. */
  List<String> judge(String what, float[] out) {
    List<String> wrong = new ArrayList<>();
    judge(
        what + " y", out, y(), spec.dtype(), y.length < FEW ? magnitudes().get("y") : null, wrong);
    return wrong;
  }

  /** What is wrong with these gradients: a line for each that is out of bounds. */
  List<String> judge(String what, Map<String, float[]> out) {
    return judge(what, out, DType.F32);
  }

  /** The same where the filter's gradient is a sum of products in this type, as on tensor cores. */
  List<String> judge(String what, Map<String, float[]> out, DType products) {
    List<String> wrong = new ArrayList<>();
    gradients()
        .forEach(
            (name, ref) -> {
              // the gradients of k and D are stored as f32 whatever the dtype
              DType stored =
                  name.equals("dk") ? products : name.equals("dd") ? DType.F32 : spec.dtype();
              double[] size = ref.length < FEW ? magnitudes().get(name) : null;
              judge(what + " " + name, out.get(name), ref, stored, size, wrong);
            });
    return wrong;
  }

  /**
   * Results of fewer elements can be small by chance, by cancellation, and are allowed a little
   * more.
   */
  private static final int FEW = 64;

  private void judge(
      String what,
      float[] out,
      double[] ref,
      DType stored,
      double[] magnitude,
      List<String> wrong) {
    double bound = Bounds.of(device, stored, spec.length());
    if (magnitude != null) {
      double cancellation = norm(magnitude) / norm(ref);
      bound *= cancellation > 1 ? Math.min(10, cancellation) : 1;
    }
    double error = RelativeError.l2(out, ref);
    if (!(error <= bound)) {
      wrong.add(what + ": error " + error + " > " + bound + " for " + label(spec));
    }
  }

  private Map<String, double[]> magnitudes() {
    double[] au = abs(u);
    double[] ak = abs(k);
    Map<String, double[]> byName =
        named(FftConvOracle.backward(spec, abs(dy), au, ak, abs(pregate), abs(postgate), abs(d)));
    byName.put("y", FftConvOracle.forward(spec, au, ak, abs(pregate), abs(postgate), abs(d)));
    return byName;
  }

  static String label(FftConv.Spec s) {
    return "("
        + s.batch()
        + ","
        + s.channels()
        + ","
        + s.length()
        + ","
        + s.filterLength()
        + ") "
        + s.mode()
        + " "
        + s.dtype()
        + (s.pregate() ? " pre" : "")
        + (s.postgate() ? " post" : "")
        + (s.skip() ? " skip" : "")
        + (s.sparse() == null ? "" : " " + s.sparse());
  }

  private static double[] wide(float[] values) {
    return Oracles.widen(values);
  }

  private static double[] abs(float[] values) {
    double[] wide = wide(values);
    for (int i = 0; wide != null && i < wide.length; i++) {
      wide[i] = Math.abs(wide[i]);
    }
    return wide;
  }

  private static double norm(double[] values) {
    double sum = 0;
    for (double v : values) {
      sum += v * v;
    }
    return Math.sqrt(sum);
  }
}
