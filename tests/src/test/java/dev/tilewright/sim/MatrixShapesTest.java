package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.sim.MatrixData.Product;
import dev.tilewright.sim.MatrixKernels.MatrixShapeName;
import dev.tilewright.sim.MatrixKernels.Registers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Every shape and type of mma.sync and wmma of sm_75 to sm_90: with plain loads by the layouts of
 * the ISA, with ldmatrix, and with wmma.load, the result is that of a plain loop over integers.
 */
final class MatrixShapesTest {
  private final Random random = new Random(7);
  private int runs;

  /** A combination of types: of A, B and the accumulators, what it needs, and how it is told. */
  private record Types(
      MatrixElement a,
      MatrixElement b,
      MatrixElement c,
      MatrixElement d,
      int target,
      String suffix,
      Product product,
      boolean saturate) {
    Types(MatrixElement a, MatrixElement b, MatrixElement c, int target) {
      this(a, b, c, c, target, "", Product.TIMES, false);
    }

    Types(MatrixElement a, MatrixElement b, int target, boolean saturate) {
      this(a, b, MatrixElement.S32, MatrixElement.S32, target, "", Product.TIMES, saturate);
    }
  }

  private static List<Types> mmaTypes() {
    List<Types> all = new ArrayList<>();
    all.add(new Types(MatrixElement.F16, MatrixElement.F16, MatrixElement.F16, 75));
    all.add(new Types(MatrixElement.F16, MatrixElement.F16, MatrixElement.F32, 75));
    all.add(new Types(MatrixElement.BF16, MatrixElement.BF16, MatrixElement.F32, 80));
    all.add(new Types(MatrixElement.TF32, MatrixElement.TF32, MatrixElement.F32, 80));
    all.add(new Types(MatrixElement.F64, MatrixElement.F64, MatrixElement.F64, 80));
    for (MatrixElement a : List.of(MatrixElement.E4M3, MatrixElement.E5M2)) {
      for (MatrixElement b : List.of(MatrixElement.E4M3, MatrixElement.E5M2)) {
        all.add(new Types(a, b, MatrixElement.F16, 89));
        all.add(new Types(a, b, MatrixElement.F32, 89));
      }
    }
    for (boolean saturate : new boolean[] {false, true}) {
      for (MatrixElement a : List.of(MatrixElement.S8, MatrixElement.U8)) {
        all.add(new Types(a, MatrixElement.S8, 75, saturate));
        all.add(new Types(a, MatrixElement.U8, 75, saturate));
      }
      for (MatrixElement a : List.of(MatrixElement.S4, MatrixElement.U4)) {
        all.add(new Types(a, MatrixElement.S4, 75, saturate));
        all.add(new Types(a, MatrixElement.U4, 75, saturate));
      }
    }
    for (Product product : List.of(Product.XOR, Product.AND)) {
      all.add(
          new Types(
              MatrixElement.B1,
              MatrixElement.B1,
              MatrixElement.S32,
              MatrixElement.S32,
              product == Product.XOR ? 75 : 80,
              product == Product.XOR ? ".xor.popc" : ".and.popc",
              product,
              false));
    }
    return all;
  }

  /** The least target of a shape, which may be above its type's (ISA, Target ISA Notes of mma). */
  private static int target(Types types, MatrixShape shape) {
    if (types.a == MatrixElement.F64 && shape.m == 16) {
      return 90;
    }
    boolean turing = shape.m == 8 || types.a == MatrixElement.F16 && shape.k == 8;
    return Math.max(types.target, turing ? 75 : 80);
  }

  private static List<String> chips(int target) {
    List<String> chips = new ArrayList<>(List.of("h100"));
    if (target <= 89) {
      chips.add("l4");
    }
    if (target <= 80) {
      chips.add("a100");
    }
    if (target <= 75) {
      chips.add("t4");
    }
    return chips;
  }

  private static String spelling(Types types, MatrixShape shape) {
    return "mma.sync.aligned."
        + shape
        + ".row.col"
        + (types.saturate ? ".satfinite" : "")
        + "."
        + types.d.ptx
        + "."
        + types.a.ptx
        + "."
        + types.b.ptx
        + "."
        + types.c.ptx
        + types.suffix;
  }

  private void check(String chip, String ptx, MatrixData want, long[] got, Object what) {
    runs++;
    assertArrayEquals(want.bits(), got, () -> what + " on " + chip + "\n" + ptx);
  }

  @Test
  void fragmentsByTheLayoutsOfTheIsa() {
    for (Types types : mmaTypes()) {
      for (MatrixShape shape : MatrixShape.of(types.a)) {
        int target = target(types, shape);
        MatrixData a = MatrixData.random(types.a, shape.m, shape.k, random);
        MatrixData b = MatrixData.random(types.b, shape.k, shape.n, random);
        MatrixData c = MatrixData.random(types.c, shape.m, shape.n, random);
        MatrixData d = MatrixData.multiply(a, b, c, types.d, types.product, types.saturate);
        Registers ra = Registers.of("a", types.a, a.perLane() / types.a.packed());
        Registers rb = Registers.of("b", types.b, b.perLane() / types.b.packed());
        Registers rc = Registers.of("c", types.c, c.perLane() / types.c.packed());
        Registers rd = Registers.of("d", types.d, rc.count());
        MatrixKernels kernel = new MatrixKernels();
        kernel.loadRegisters(ra);
        kernel.loadRegisters(rb);
        kernel.loadRegisters(rc);
        kernel.multiply(spelling(types, shape), rd, ra, rb, rc);
        kernel.storeRegisters(rd);
        String ptx = kernel.text("sm_" + target);
        MatrixData.Place accumulator =
            (lane, i) -> shape.cRow(lane, i) * shape.n + shape.cColumn(lane, i);
        for (String chip : chips(target)) {
          byte[] out = new byte[rd.count() * 32 * rd.bytes()];
          PtxRun.on(chip)
              .runClean(
                  ptx,
                  a.registers((l, i) -> shape.aRow(l, i) * shape.k + shape.aColumn(l, i)),
                  b.registers((l, i) -> shape.bRow(l, i) * shape.n + shape.bColumn(l)),
                  c.registers(accumulator),
                  out);
          check(chip, ptx, d, d.bitsOf(out, accumulator), types);
        }
      }
    }
    assertTrue(runs > 150, "runs " + runs);
  }

  @Test
  void fragmentsByLdmatrix() {
    for (Types types : mmaTypes()) {
      for (MatrixShape shape : MatrixShape.of(types.a)) {
        if (types.a != MatrixElement.F64) {
          ldmatrix(types, shape, false, false);
        }
        if (types.a.bits == 16) {
          ldmatrix(types, shape, false, true);
          ldmatrix(types, shape, true, false);
          ldmatrix(types, shape, true, true);
        }
      }
    }
    assertTrue(runs > 60, "runs " + runs);
  }

  private void ldmatrix(Types types, MatrixShape shape, boolean aByColumns, boolean bByRows) {
    int target = target(types, shape);
    MatrixData a = MatrixData.random(types.a, shape.m, shape.k, random);
    MatrixData b = MatrixData.random(types.b, shape.k, shape.n, random);
    MatrixData c = MatrixData.random(types.c, shape.m, shape.n, random);
    MatrixData d = MatrixData.multiply(a, b, c, types.d, types.product, types.saturate);
    Registers ra = Registers.of("a", types.a, a.perLane() / types.a.packed());
    Registers rb = Registers.of("b", types.b, b.perLane() / types.b.packed());
    Registers rc = Registers.of("c", types.c, c.perLane() / types.c.packed());
    Registers rd = Registers.of("d", types.d, rc.count());
    MatrixKernels kernel = new MatrixKernels();
    byte[] bytesA = a.memory(!aByColumns, aByColumns ? shape.m : shape.k);
    byte[] bytesB = b.memory(bByRows, bByRows ? shape.n : shape.k);
    kernel.loadMatrix(ra, bytesA.length, aByColumns);
    kernel.loadMatrix(rb, bytesB.length, bByRows);
    kernel.loadRegisters(rc);
    kernel.multiply(spelling(types, shape), rd, ra, rb, rc);
    kernel.storeRegisters(rd);
    String ptx = kernel.text("sm_" + target);
    MatrixData.Place accumulator =
        (lane, i) -> shape.cRow(lane, i) * shape.n + shape.cColumn(lane, i);
    int pitchA = (aByColumns ? shape.m : shape.k) * types.a.bits / 8;
    int pitchB = (bByRows ? shape.n : shape.k) * types.b.bits / 8;
    byte[] out = new byte[rd.count() * 128];
    PtxRun.on("h100")
        .runClean(
            ptx,
            bytesA,
            MatrixKernels.rowAddresses(shape.m / 8, ra.count(), pitchA, aByColumns),
            bytesB,
            MatrixKernels.rowAddresses(1, rb.count(), pitchB, bByRows),
            c.registers(accumulator),
            out);
    check("h100", ptx, d, d.bitsOf(out, accumulator), types);
  }

  /** mma.m8n8k4 of f16: four products, with each combination of layouts (ISA 9.7.14.5.1). */
  @Test
  void fourProductsOfHalves() {
    for (int layouts = 0; layouts < 4; layouts++) {
      for (int acc = 0; acc < 3; acc++) {
        quads((layouts & 1) == 0, (layouts & 2) == 0, acc != 0, acc == 2);
      }
    }
  }

  private void quads(boolean aByRows, boolean bByRows, boolean wideD, boolean wideC) {
    MatrixElement typeC = wideC ? MatrixElement.F32 : MatrixElement.F16;
    MatrixElement typeD = wideD ? MatrixElement.F32 : MatrixElement.F16;
    MatrixData a = MatrixData.random(MatrixElement.F16, 32, 4, random);
    MatrixData b = MatrixData.random(MatrixElement.F16, 16, 8, random);
    MatrixData c = MatrixData.random(MatrixElement.F16, 32, 8, random);
    MatrixData cc = new MatrixData(typeC, 32, 8);
    MatrixData d = new MatrixData(typeD, 32, 8);
    System.arraycopy(c.values, 0, cc.values, 0, 256);
    for (int row = 0; row < 32; row++) {
      for (int column = 0; column < 8; column++) {
        long sum = c.at(row, column);
        for (int k = 0; k < 4; k++) {
          sum += a.at(row, k) * b.at(row / 8 * 4 + k, column);
        }
        d.values[row * 8 + column] = sum;
      }
    }
    Registers ra = Registers.of("a", MatrixElement.F16, 2);
    Registers rb = Registers.of("b", MatrixElement.F16, 2);
    Registers rc = Registers.of("c", typeC, wideC ? 8 : 4);
    Registers rd = Registers.of("d", typeD, wideD ? 8 : 4);
    MatrixKernels kernel = new MatrixKernels();
    kernel.loadRegisters(ra);
    kernel.loadRegisters(rb);
    kernel.loadRegisters(rc);
    kernel.multiply(
        "mma.sync.aligned.m8n8k4."
            + (aByRows ? "row" : "col")
            + (bByRows ? ".row." : ".col.")
            + typeD.ptx
            + ".f16.f16."
            + typeC.ptx,
        rd,
        ra,
        rb,
        rc);
    kernel.storeRegisters(rd);
    String ptx = kernel.text("sm_75");
    for (String chip : chips(75)) {
      byte[] out = new byte[rd.count() * 128];
      PtxRun.on(chip)
          .runClean(
              ptx,
              a.registers((lane, i) -> quadA(lane, i, aByRows)),
              b.registers((lane, i) -> quadB(lane, i, bByRows)),
              cc.registers((lane, i) -> quadC(lane, i, wideC)),
              out);
      check(chip, ptx, d, d.bitsOf(out, (lane, i) -> quadC(lane, i, wideD)), "m8n8k4");
    }
  }

  private static int quad(int lane) {
    return lane % 16 / 4;
  }

  private static int quadA(int lane, int i, boolean byRows) {
    int upper = lane < 16 ? 0 : 4;
    int row = byRows ? lane % 4 + upper : i % 4 + upper;
    int column = byRows ? i : lane % 4;
    return (quad(lane) * 8 + row) * 4 + column;
  }

  private static int quadB(int lane, int i, boolean byRows) {
    int upper = lane < 16 ? 0 : 4;
    int row = byRows ? lane % 4 : i;
    int column = byRows ? i + upper : lane % 4 + upper;
    return (quad(lane) * 4 + row) * 8 + column;
  }

  private static int quadC(int lane, int i, boolean single) {
    int upper = lane < 16 ? 0 : 4;
    int row = single ? (lane & 1) + (i & 2) + upper : lane % 4 + upper;
    int column = single ? (i & 4) + (lane & 2) + (i & 1) : i;
    return (quad(lane) * 8 + row) * 8 + column;
  }

  @Test
  void fragmentsByWmma() {
    List<MatrixShapeName> large =
        List.of(
            new MatrixShapeName(16, 16, 16),
            new MatrixShapeName(32, 8, 16),
            new MatrixShapeName(8, 32, 16));
    for (MatrixShapeName shape : large) {
      for (MatrixElement c : List.of(MatrixElement.F16, MatrixElement.F32)) {
        for (MatrixElement d : List.of(MatrixElement.F16, MatrixElement.F32)) {
          wmma(shape, MatrixElement.F16, c, d, 75, "." + d.ptx + "." + c.ptx, Product.TIMES);
        }
      }
      wmma(shape, MatrixElement.BF16, MatrixElement.F32, 80);
      wmma(shape, MatrixElement.S8, MatrixElement.S32, 75);
      wmma(shape, MatrixElement.U8, MatrixElement.S32, 75);
    }
    wmma(new MatrixShapeName(16, 16, 8), MatrixElement.TF32, MatrixElement.F32, 80);
    wmma(new MatrixShapeName(8, 8, 4), MatrixElement.F64, MatrixElement.F64, 80);
    MatrixShapeName small = new MatrixShapeName(8, 8, 32);
    wmma(small, MatrixElement.S4, MatrixElement.S32, 75);
    wmma(small, MatrixElement.U4, MatrixElement.S32, 75);
    MatrixShapeName bits = new MatrixShapeName(8, 8, 128);
    wmma(bits, MatrixElement.B1, MatrixElement.S32, MatrixElement.S32, 75, "xor", Product.XOR);
    wmma(bits, MatrixElement.B1, MatrixElement.S32, MatrixElement.S32, 80, "and", Product.AND);
    assertTrue(runs > 200, "runs " + runs);
  }

  private void wmma(MatrixShapeName shape, MatrixElement a, MatrixElement c, int target) {
    String types = "." + c.ptx + "." + a.ptx + "." + a.ptx + "." + c.ptx;
    wmma(shape, a, c, c, target, types, Product.TIMES);
    if (c == MatrixElement.S32) {
      wmma(shape, a, c, c, target, types + ".satfinite", Product.TIMES);
    }
  }

  private void wmma(
      MatrixShapeName shape,
      MatrixElement type,
      MatrixElement typeC,
      MatrixElement typeD,
      int target,
      String types,
      Product product) {
    int combinations = type.bits < 8 ? 4 : 16;
    for (int layouts = 0; layouts < combinations; layouts++) {
      boolean cByRows = (layouts & 1) == 0;
      boolean dByRows = (layouts & 2) == 0;
      boolean aByRows = (layouts & 4) == 0;
      boolean bByRows = (layouts & 8) == 0 && type.bits >= 8;
      MatrixData a = MatrixData.random(type, shape.m(), shape.k(), random);
      MatrixData b = MatrixData.random(type, shape.k(), shape.n(), random);
      MatrixData c = MatrixData.random(typeC, shape.m(), shape.n(), random);
      MatrixData d = MatrixData.multiply(a, b, c, typeD, product, types.contains("satfinite"));
      int pad = type.bits < 8 ? 512 / 4 / type.bits : 256 / type.bits;
      int pitchA = (aByRows ? shape.k() : shape.m()) + pad;
      int pitchB = (bByRows ? shape.n() : shape.k()) + pad;
      int pitchC = (cByRows ? shape.n() : shape.m()) + 8;
      int pitchD = (dByRows ? shape.n() : shape.m()) + 16;
      int elements = type == MatrixElement.F16 ? 16 : a.perLane();
      int elementsB = type == MatrixElement.F16 ? 16 : b.perLane();
      Registers ra = Registers.of("a", type, elements / type.packed());
      Registers rb = Registers.of("b", type, elementsB / type.packed());
      Registers rc = Registers.of("c", typeC, c.perLane() / typeC.packed());
      Registers rd = Registers.of("d", typeD, d.perLane() / typeD.packed());
      MatrixKernels kernel = new MatrixKernels();
      kernel.wmmaLoad(ra, 'a', shape, aByRows, type.ptx, pitchA);
      kernel.wmmaLoad(rb, 'b', shape, bByRows, type.ptx, pitchB);
      kernel.wmmaLoad(rc, 'c', shape, cByRows, typeC.ptx, pitchC);
      String place = "sync.aligned." + (aByRows ? "row." : "col.") + (bByRows ? "row." : "col.");
      String spelling =
          product == Product.TIMES
              ? "wmma.mma." + place + shape + types
              : "wmma.mma." + types + ".popc." + place + shape + ".s32.b1.b1.s32";
      kernel.multiply(spelling, rd, ra, rb, rc);
      kernel.wmmaStore(rd, shape, dByRows, typeD.ptx, pitchD);
      String ptx = kernel.text("sm_" + target);
      for (String chip : chips(target)) {
        byte[] out = new byte[(dByRows ? shape.m() : shape.n()) * pitchD * typeD.bits / 8];
        PtxRun.on(chip)
            .runClean(
                ptx,
                a.memory(aByRows, pitchA),
                b.memory(bByRows, pitchB),
                c.memory(cByRows, pitchC),
                out);
        check(chip, ptx, d, d.bitsIn(out, dByRows, pitchD), spelling);
      }
    }
  }
}
