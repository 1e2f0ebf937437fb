package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Rounding;
import java.util.Arrays;
import java.util.List;

/** mma.sync and wmma.mma (ISA sections 9.7.14.4, 9.7.14.5): D = A B + C. */
final class MultiplyOp extends AlignedOp {
  private final int m;
  private final int n;
  private final int k;
  private final FragmentRegisters a;
  private final FragmentRegisters b;
  private final FragmentRegisters c;
  private final FragmentRegisters d;
  private final boolean saturate;
  private final boolean xor;
  private final Rounding rounding;

  /** How many products of matrices it makes; their elements follow one another. */
  private final int products;

  private MultiplyOp(Decoder decoder, Instruction i, int[] shape, List<DataType> types) {
    m = shape[0];
    n = shape[1];
    k = shape[2];
    boolean quads = m == 8 && n == 8 && types.get(1) == DataType.F16;
    products = quads ? QuadFragments.COUNT : 1;
    int packed = FragmentRegisters.packed(types.get(1));
    Fragment fa = quads ? QuadFragments.a(byRows(i, 0)) : Fragment.a(m, k, packed);
    Fragment fb = quads ? QuadFragments.b(byRows(i, 1)) : Fragment.b(k, n, packed);
    Fragment fc = accumulators(quads, types.get(3));
    Fragment fd = accumulators(quads, types.get(0));
    a = FragmentRegisters.read(decoder, fa, types.get(1), i.source(0));
    b = FragmentRegisters.read(decoder, fb, types.get(2), i.source(1));
    c = FragmentRegisters.read(decoder, fc, types.get(3), i.source(2));
    d = FragmentRegisters.written(decoder, fd, types.get(0), i.destination());
    saturate = i.modifiers().has("satfinite");
    xor = i.modifiers().has("xor");
    rounding = i.modifiers().rounding().orElse(Rounding.RN);
  }

  /** Whether the layout of A (0) or B (1) is .row. */
  private static boolean byRows(Instruction i, int operand) {
    return i.modifiers().words().stream()
        .filter(w -> w.equals("row") || w.equals("col"))
        .skip(operand)
        .findFirst()
        .orElseThrow()
        .equals("row");
  }

  private Fragment accumulators(boolean quads, DataType type) {
    return quads ? QuadFragments.c(type) : Fragment.c(m, n, FragmentRegisters.packed(type));
  }

  static Op decode(Decoder d, Instruction i) {
    String shape =
        i.modifiers().words().stream().filter(Fragment::isShape).findFirst().orElseThrow();
    List<DataType> types = i.modifiers().types();
    if (i.opcode() == Opcode.WMMA_MMA && types.size() == 2) {
      types = List.of(types.get(0), DataType.F16, DataType.F16, types.get(1));
    }
    return new MultiplyOp(d, i, Fragment.shape(shape), types);
  }

  @Override
  void perform(Warp w, int lanes) {
    if (lanes != -1) {
      w.block.checker.misuse(w, this, lanes, "some lanes of the warp take no part");
    }
    int known = a.defined(w) & b.defined(w) & c.defined(w);
    if (known != -1) {
      w.block.checker.undefined(
          w, this, ~known, "a lane's fragment comes from memory never written");
    }
    d.setDefined(w, -1);
    if (a.type() == DataType.F64) {
      d.put(w, doubles(w));
    } else if (a.type().isFloat()) {
      d.put(w, w.block.grid.options.exactMatrices() ? exact(w) : floats(w));
    } else {
      d.put(w, integers(w));
    }
    w.met(lanes);
  }

  private float[] exact(Warp w) {
    int capability = w.block.grid.chip.computeCapability();
    float[] x = a.floats(w);
    float[] y = b.floats(w);
    float[] sums = c.floats(w);
    TensorCore core = new TensorCore(capability, a.type(), b.type(), c.type(), d.type());
    if (products == 1) {
      core.multiply(x, y, sums, m, n, k);
      return sums;
    }
    for (int q = 0; q < products; q++) {
      float[] part = part(sums, q);
      core.multiply(part(x, q), part(y, q), part, m, n, k);
      System.arraycopy(part, 0, sums, q * part.length, part.length);
    }
    return sums;
  }

  private float[] part(float[] all, int q) {
    int length = all.length / products;
    return Arrays.copyOfRange(all, q * length, (q + 1) * length);
  }

  private float[] floats(Warp w) {
    float[] x = a.floats(w);
    float[] y = b.floats(w);
    float[] sums = c.floats(w);
    for (int row = 0; row < m * products; row++) {
      for (int at = 0; at < k; at++) {
        float factor = x[row * k + at];
        int from = (row / m * k + at) * n;
        int to = row * n;
        for (int column = 0; column < n; column++) {
          sums[to + column] += factor * y[from + column];
        }
      }
    }
    return sums;
  }

  private double[] doubles(Warp w) {
    double[] x = a.doubles(w);
    double[] y = b.doubles(w);
    double[] sums = c.doubles(w);
    for (int row = 0; row < m; row++) {
      for (int column = 0; column < n; column++) {
        double sum = sums[row * n + column];
        for (int at = 0; at < k; at++) {
          sum = Ieee.fma(x[row * k + at], y[at * n + column], sum, rounding);
        }
        sums[row * n + column] = sum;
      }
    }
    return sums;
  }

  private int[] integers(Warp w) {
    int[] x = a.integers(w);
    int[] y = b.integers(w);
    int[] sums = c.integers(w);
    boolean bits = a.type() == DataType.B1;
    for (int row = 0; row < m; row++) {
      for (int column = 0; column < n; column++) {
        long sum = sums[row * n + column];
        for (int at = 0; at < k; at++) {
          int p = x[row * k + at];
          int q = y[at * n + column];
          sum += bits ? xor ? p ^ q : p & q : (long) p * q;
        }
        sums[row * n + column] =
            saturate
                ? (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, sum))
                : (int) sum;
      }
    }
    return sums;
  }
}
