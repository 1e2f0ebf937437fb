package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.ptx.DataType;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fast sums of matrix products are, bit for bit, those that are added one by one. */
final class FastSumsTest {
  private static final int M = 16;
  private static final int N = 8;

  private final Random random = new Random(11);

  /** A value of a format: often of about 1, sometimes zero, tiny, huge or special. */
  private int bits(DataType type, int kind) {
    int width = type == DataType.TF32 ? 32 : type.bits();
    int any = random.nextInt() & (int) (-1L >>> 64 - width);
    return switch (kind) {
      case 0 -> SmallFloat.of(type).encode(random.nextGaussian());
      case 1 -> random.nextInt(3) == 0 ? 0 : SmallFloat.of(type).encode(random.nextInt(9) - 4);
      case 2 ->
          SmallFloat.of(type).encode(Math.scalb(random.nextGaussian(), random.nextInt(40) - 30));
      case 3 -> 0;
      default -> any;
    };
  }

  private float sum(int kind) {
    return switch (kind) {
      case 0 -> 0f;
      case 1 -> (float) random.nextGaussian() * 30;
      case 2 -> Math.scalb((float) random.nextGaussian(), random.nextInt(240) - 120);
      default -> Float.intBitsToFloat(random.nextInt());
    };
  }

  @ParameterizedTest
  @CsvSource({
    "F16, 16, 90",
    "F16, 16, 80",
    "F16, 8, 80",
    "BF16, 16, 90",
    "BF16, 8, 80",
    "TF32, 8, 90",
    "TF32, 4, 80",
    "E4M3, 32, 90",
    "E5M2, 32, 89"
  })
  void fastSumsEqualPlainOnes(DataType type, int k, int capability) {
    int packed = FragmentRegisters.packed(type);
    Fragment a = Fragment.a(M, k, packed);
    Fragment b = Fragment.b(k, N, packed);
    Unpacked x = new Unpacked();
    Unpacked y = new Unpacked();
    TensorCore.Scratch scratch = new TensorCore.Scratch();
    TensorCore core = new TensorCore(capability, type, type, DataType.F32, DataType.F32);
    int regular = 0;
    for (int round = 0; round < 300; round++) {
      int kind = random.nextInt(5);
      x.take(registers(a, type, kind), type, a, a.places(), M, k);
      y.take(registers(b, type, round % 7 == 0 ? 4 : kind), type, b, b.transposedPlaces(), N, k);
      regular += x.isRegular() && y.isRegular() ? 1 : 0;
      float[] sums = new float[M * N];
      int sumKind = random.nextInt(4);
      for (int i = 0; i < sums.length; i++) {
        sums[i] = sum(sumKind);
      }
      float[] expected = sums.clone();
      for (int i = 0; i < sums.length; i++) {
        expected[i] = core.sum(x.values, i / N * k, y.values, i % N * k, k, expected[i]);
      }
      core.multiply(x, y, sums, N, scratch);
      for (int i = 0; i < sums.length; i++) {
        assertEquals(
            Float.floatToIntBits(expected[i]),
            Float.floatToIntBits(sums[i]),
            "round " + round + ", element " + i + ": " + expected[i] + " and " + sums[i]);
      }
    }
    assertTrue(regular > 100, "only " + regular + " of the products went the fast way");
  }

  private int[][] registers(Fragment fragment, DataType type, int kind) {
    int width = 32 / fragment.packed;
    int[][] registers = new int[fragment.registers][Warp.SIZE];
    for (int[] lanes : registers) {
      for (int lane = 0; lane < lanes.length; lane++) {
        for (int e = 0; e < fragment.packed; e++) {
          lanes[lane] |= bits(type, kind) << e * width;
        }
      }
    }
    return registers;
  }
}
