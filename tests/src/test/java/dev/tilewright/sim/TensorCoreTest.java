package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tilewright.Half;
import dev.tilewright.ptx.DataType;
import dev.tilewright.sim.TensorSumModel.Format;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rounding of matrix instructions, against a model of decimals and by hand. */
final class TensorCoreTest {
  private static Format format(DataType type) {
    return switch (type) {
      case F16 -> Format.F16;
      case BF16 -> Format.BF16;
      case TF32 -> Format.TF32;
      case E4M3 -> Format.E4M3;
      case E5M2 -> Format.E5M2;
      default -> Format.F32;
    };
  }

  private static float decode(DataType type, int bits) {
    return type == DataType.F32
        ? Float.intBitsToFloat(bits)
        : SmallFloat.of(type).decode(type == DataType.TF32 ? bits << 13 : bits);
  }

  private static int encode(DataType type, float x) {
    return type == DataType.F32 ? Float.floatToIntBits(x) : Half.f32ToF16(x) & 0xFFFF;
  }

  /**
   * Each chip's steps and bits (arXiv 2512.07004, tables of the instructions mma): the elements of
   * a step, the bits behind the largest exponent, the significant bits of the sum.
   */
  @ParameterizedTest
  @CsvSource({
    "75, F16, F16, F32, 8, 8, 24, 24",
    "75, F16, F16, F16, 8, 8, 24, 11",
    "75, F16, F16, F32, 16, 8, 24, 24",
    "80, F16, F16, F32, 16, 8, 24, 24",
    "80, F16, F16, F16, 16, 8, 24, 11",
    "80, F16, F16, F16, 8, 8, 24, 11",
    "86, BF16, BF16, F32, 16, 8, 24, 24",
    "80, BF16, BF16, F32, 8, 8, 24, 24",
    "80, TF32, TF32, F32, 8, 4, 24, 24",
    "80, TF32, TF32, F32, 4, 4, 24, 24",
    "89, F16, F16, F32, 16, 8, 24, 24",
    "89, E4M3, E4M3, F32, 32, 16, 13, 14",
    "89, E5M2, E4M3, F32, 32, 16, 13, 14",
    "89, E4M3, E5M2, F16, 32, 16, 13, 11",
    "89, E5M2, E5M2, F32, 16, 16, 13, 14",
    "90, F16, F16, F32, 16, 16, 25, 24",
    "90, F16, F16, F16, 16, 16, 25, 11",
    "90, BF16, BF16, F32, 16, 16, 25, 24",
    "90, BF16, BF16, F32, 8, 8, 25, 24",
    "90, TF32, TF32, F32, 8, 8, 25, 24",
  })
  void asTheModel(
      int chip, DataType a, DataType b, DataType c, int k, int step, int fraction, int bits) {
    Random random = new Random(chip + k + a.ordinal());
    TensorCore core = new TensorCore(chip, a, b, c, c);
    for (int round = 0; round < 120; round++) {
      int[] x = random(random, a, k, round);
      int[] y = random(random, b, k, round);
      int start = random(random, c, 1, round)[0];
      float sum = core.sum(values(a, x), 0, values(b, y), 0, k, decode(c, start));
      int want = start;
      for (int from = 0; from < k; from += step) {
        float next =
            TensorSumModel.step(
                format(a),
                Arrays.copyOfRange(x, from, from + step),
                format(b),
                Arrays.copyOfRange(y, from, from + step),
                format(c),
                want,
                fraction,
                bits);
        want = encode(c, next);
      }
      float expected = decode(c, want);
      assertEquals(expected, sum, () -> Arrays.toString(x) + Arrays.toString(y) + " + " + start);
    }
  }

  /**
   * fp8 on sm_90: ptxas 13.0 writes F2FP.F16.E4M3.UNPACK_B of the even and of the odd pairs, two
   * HMMA from zero, and FADD or HADD2 of C.
   */
  @ParameterizedTest
  @CsvSource({"E4M3, F32, 32, 24", "E5M2, F32, 16, 24", "E5M2, F16, 32, 11", "E4M3, F16, 16, 11"})
  void bytesOnHopper(DataType a, DataType c, int k, int bits) {
    Random random = new Random(k);
    TensorCore core = new TensorCore(90, a, a, c, c);
    for (int round = 0; round < 120; round++) {
      int[] x = random(random, a, k, round);
      int[] y = random(random, a, k, round);
      int start = random(random, c, 1, round)[0];
      float sum = core.sum(values(a, x), 0, values(a, y), 0, k, decode(c, start));
      int products = 0;
      for (int pair = 0; pair < 2; pair++) {
        int[] p = new int[k / 2];
        int[] q = new int[k / 2];
        for (int i = 0; i < k / 2; i++) {
          int at = i / 2 * 4 + pair * 2 + i % 2;
          p[i] = half(decode(a, x[at]));
          q[i] = half(decode(a, y[at]));
        }
        float next =
            TensorSumModel.step(Format.F16, p, Format.F16, q, format(c), products, 25, bits);
        products = encode(c, next);
      }
      float s = decode(c, products);
      float t = decode(c, start);
      float expected = c == DataType.F32 ? s + t : Half.f16ToF32(Half.f32ToF16(s + t));
      assertEquals(expected, sum, () -> Arrays.toString(x) + Arrays.toString(y) + " + " + start);
    }
  }

  private static int half(float x) {
    return Half.f32ToF16(x) & 0xFFFF;
  }

  private static double[] values(DataType type, int[] bits) {
    double[] values = new double[bits.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = decode(type, bits[i]);
    }
    return values;
  }

  /** Values of near exponents, of all exponents, and with special ones. */
  private static int[] random(Random random, DataType type, int count, int round) {
    Format format = format(type);
    int[] bits = new int[count];
    for (int i = 0; i < count; i++) {
      int any = format.width() == 32 ? random.nextInt() : random.nextInt(1 << format.width());
      int near = (1 << format.exponentBits() - 1) - 4 + random.nextInt(6);
      int field =
          switch (round % 4) {
            case 0 -> near;
            case 1 -> random.nextInt(2); // Zero and subnormal.
            case 2 -> random.nextInt((1 << format.exponentBits()) - 1);
            default -> random.nextInt(8) == 0 ? (1 << format.exponentBits()) - 1 : near;
          };
      int mask = (1 << format.exponentBits()) - 1 << format.fractionBits();
      bits[i] = any & ~mask | field << format.fractionBits();
      if (round % 4 == 3 && random.nextInt(3) > 0 && field == (1 << format.exponentBits()) - 1) {
        bits[i] &= ~((1 << format.fractionBits()) - 1);
      }
    }
    return bits;
  }

  /** By hand: what the chips keep of 1 and a product of 2^-23, 2^-24, 2^-25, 2^-26. */
  @ParameterizedTest
  @CsvSource({
    // 4 products of 2^-26 beside 1: cut at 2^-24 they are nothing, at 2^-25 too.
    "80, 4, -26, 0",
    "90, 4, -26, 0",
    // 4 of 2^-25: at 2^-25 they add up to 2^-23, which a single keeps.
    "80, 4, -25, 0",
    "90, 4, -25, 1",
    // 2 of 2^-24: both keep them.
    "80, 2, -24, 1",
    "90, 2, -24, 1",
    // 1 of 2^-24: added, and then cut from the single.
    "80, 1, -24, 0",
    "90, 1, -24, 0",
  })
  void bitsBehindTheLargest(int chip, int count, int exponent, int units) {
    double[] x = new double[8];
    double[] y = new double[8];
    for (int i = 0; i < count; i++) {
      x[i] = 0x1p-12;
      y[i] = Math.scalb(1.0, exponent + 12);
    }
    TensorCore core = new TensorCore(chip, DataType.F16, DataType.F16, DataType.F32, DataType.F32);
    assertEquals(1f + units * 0x1p-23f, core.sum(x, 0, y, 0, 8, 1f));
  }

  /** The accumulator of halves is rounded once: 1 + 2^-11 + 2^-24 is above the middle. */
  @Test
  void halvesAreRoundedOnce() {
    double[] x = {0x1p-11, 0x1p-12};
    double[] y = {1, 0x1p-12};
    TensorCore core = new TensorCore(80, DataType.F16, DataType.F16, DataType.F16, DataType.F16);
    assertEquals(1f + 0x1p-10f, core.sum(x, 0, y, 0, 2, 1f));
    assertEquals(
        1f + 0x1p-10f,
        TensorSumModel.round(
            BigDecimal.ONE.add(TensorSumModel.power(-11)).add(TensorSumModel.power(-24)), 11));
  }

  /** What is beyond a single is infinite, and NaN is 0x7FFFFFFF or 0x7FFF in registers. */
  @ParameterizedTest
  @CsvSource({"f32, 7f800000, 7fffffff", "f16, 7c00, 7fff"})
  void overflowAndNan(String type, String infinity, String nan) {
    MatrixElement element = type.equals("f32") ? MatrixElement.F32 : MatrixElement.F16;
    MatrixKernels kernel = new MatrixKernels();
    MatrixKernels.Registers a = MatrixKernels.Registers.of("a", MatrixElement.F16, 4);
    MatrixKernels.Registers b = MatrixKernels.Registers.of("b", MatrixElement.F16, 2);
    int count = element == MatrixElement.F32 ? 4 : 2;
    MatrixKernels.Registers c = MatrixKernels.Registers.of("c", element, count);
    MatrixKernels.Registers d = MatrixKernels.Registers.of("d", element, count);
    kernel.loadRegisters(a);
    kernel.loadRegisters(b);
    kernel.loadRegisters(c);
    kernel.multiply("mma.sync.aligned.m16n8k16.row.col." + type + ".f16.f16." + type, d, a, b, c);
    kernel.storeRegisters(d);
    byte[] x = new byte[4 * 128];
    byte[] y = new byte[2 * 128];
    byte[] z = new byte[count * 128];
    // Lane 0 holds the row 0 of A: infinity at k = 0, and lane 1 at k = 2 minus infinity.
    x[1] = 0x7C;
    y[1] = 0x3C; // B[0][0] = 1.
    y[4 + 1] = 0x3C; // B[2][0] = 1.
    byte[] out = new byte[count * 128];
    PtxRun.on("a100").runClean(kernel.text("sm_80"), x, y, z, out);
    int width = element.bits / 8;
    assertEquals(infinity, hex(out, 0, width));
    x[4 + 1] = (byte) 0xFC;
    PtxRun.on("a100").runClean(kernel.text("sm_80"), x, y, z, out);
    assertEquals(nan, hex(out, 0, width));
  }

  private static String hex(byte[] bytes, int at, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = count - 1; i >= 0; i--) {
      text.append(String.format("%02x", bytes[at + i]));
    }
    return text.toString();
  }
}
