package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Rounding;
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
  private final int[] placesA;
  private final int[] placesB;
  private final int[] placesC;
  private final int[] placesD;
  private final int keyA;
  private final int keyB;

  /** How many products of matrices it makes; their elements follow one another. */
  private final int products;

  /** The arithmetic of the chip that ran it last. */
  private TensorCore core;

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
    placesA = fa.places();
    placesB = fb.transposedPlaces();
    placesC = fc.places();
    placesD = fd.places();
    keyA = 2 * a.firstSlot();
    keyB = 2 * b.firstSlot() + 1;
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
      d.put(w, placesD, floats(w));
    } else {
      d.put(w, integers(w));
    }
    w.met(lanes);
  }

  private float[] floats(Warp w) {
    Unpacked x = w.factor(keyA);
    Unpacked y = w.factor(keyB);
    float[] sums = new float[m * n * products];
    x.take(a.lanes(w), a.type(), a.fragment, placesA, m * products, k);
    y.take(b.lanes(w), b.type(), b.fragment, placesB, n, k * products);
    Unpacked.unpack(c.lanes(w), c.type(), c.fragment.packed, placesC, sums);
    boolean exact = w.block.grid.options.exactMatrices();
    if (products > 1) {
      several(x, y, sums, exact ? core(w) : null);
    } else if (exact) {
      core(w).multiply(x, y, sums, n, w.sums);
    } else {
      plain(x.singles, y.singles, sums);
    }
    return sums;
  }

  private TensorCore core(Warp w) {
    int capability = w.block.grid.chip.computeCapability();
    TensorCore last = core;
    if (last == null || last.capability != capability) {
      last = new TensorCore(capability, a.type(), b.type(), c.type(), d.type());
      core = last;
    }
    return last;
  }

  /** Products of rows of A that follow one another with parts of the columns of B. */
  private void several(Unpacked x, Unpacked y, float[] sums, TensorCore exact) {
    for (int at = 0; at < sums.length; at++) {
      int row = at / n;
      int atX = row * k;
      int atY = at % n * y.length + row / m * k;
      if (exact != null) {
        sums[at] = exact.sum(x.values, atX, y.values, atY, k, sums[at]);
      } else {
        for (int i = 0; i < k; i++) {
          sums[at] += x.singles[atX + i] * y.singles[atY + i];
        }
      }
    }
  }

  /** Sums of single precision, in the order of k. */
  private void plain(float[] x, float[] y, float[] sums) {
    for (int row = 0; row < m; row++) {
      int atX = row * k;
      for (int column = 0; column < n; column += 4) {
        int at = row * n + column;
        int y0 = column * k;
        int y1 = y0 + k;
        int y2 = y1 + k;
        int y3 = y2 + k;
        float s0 = sums[at];
        float s1 = sums[at + 1];
        float s2 = sums[at + 2];
        float s3 = sums[at + 3];
        for (int i = 0; i < k; i++) {
          float factor = x[atX + i];
          s0 += factor * y[y0 + i];
          s1 += factor * y[y1 + i];
          s2 += factor * y[y2 + i];
          s3 += factor * y[y3 + i];
        }
        sums[at] = s0;
        sums[at + 1] = s1;
        sums[at + 2] = s2;
        sums[at + 3] = s3;
      }
    }
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
