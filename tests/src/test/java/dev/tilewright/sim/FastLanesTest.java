package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.PtxModule;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Loops over the lanes give bit for bit what the instructions' definitions give lane by lane. */
final class FastLanesTest {
  private static final int ROUNDS = 400;

  private static final float[] EDGES = {
    0f,
    -0f,
    1f,
    -1f,
    0.5f,
    2f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    65504f,
    65519.996f,
    65520f,
    -65520f,
    0x1p-14f,
    0x1p-24f,
    0x1p-25f,
    0x1.8p-25f,
    2147483648f,
    -2147483648f,
    1.5f,
    2.5f,
    0x1.000001p0f,
    126.5f,
    128f,
    -149f,
    -150f,
    16777216f
  };

  private static final String[] INSTRUCTIONS = {
    "add.rn.f32 %f1, %f2, %f3;",
    "add.rz.f32 %f1, %f2, %f3;",
    "add.rm.f32 %f1, %f2, %f3;",
    "add.rp.f32 %f1, %f2, %f3;",
    "sub.f32 %f1, %f2, %f3;",
    "mul.f32 %f1, %f2, %f3;",
    "fma.rn.f32 %f1, %f2, %f3, %f4;",
    "fma.rz.f32 %f1, %f2, %f3, %f4;",
    "fma.rm.f32 %f1, %f2, %f3, %f4;",
    "fma.rp.f32 %f1, %f2, %f3, %f4;",
    "div.rn.f32 %f1, %f2, %f3;",
    "rcp.rn.f32 %f1, %f2;",
    "sqrt.rn.f32 %f1, %f2;",
    "rsqrt.approx.f32 %f1, %f2;",
    "ex2.approx.f32 %f1, %f2;",
    "neg.f32 %f1, %f2;",
    "abs.f32 %f1, %f2;",
    "min.f32 %f1, %f2, %f3;",
    "max.f32 %f1, %f2, %f3;",
    "cvt.sat.f32.f32 %f1, %f2;",
    "cvt.f32.f16 %f1, %h1;",
    "cvt.f32.bf16 %f1, %h1;",
    "cvt.rn.f32.s32 %f1, %r1;",
    "cvt.rn.f32.u32 %f1, %r1;",
    "cvt.rzi.s32.f32 %r1, %f1;",
    "cvt.rn.f16.f32 %h1, %f1;",
    "cvt.rn.bf16.f32 %h1, %f1;",
    "cvt.rn.f16x2.f32 %r1, %f1, %f2;",
    "cvt.rn.bf16x2.f32 %r1, %f1, %f2;"
  };

  private final Random random = new Random(3);

  static Stream<String> instructions() {
    return Stream.of(INSTRUCTIONS);
  }

  private int operand(boolean isShort) {
    int bits =
        switch (random.nextInt(4)) {
          case 0 -> Float.floatToRawIntBits(EDGES[random.nextInt(EDGES.length)]);
          case 1 -> Float.floatToRawIntBits((float) random.nextGaussian() * 3);
          default -> random.nextInt();
        };
    return isShort ? random.nextInt() & 0xFFFF : bits;
  }

  @ParameterizedTest
  @MethodSource("instructions")
  void everyLaneIsAsDefined(String text) {
    String module =
        ".version 8.0\n.target sm_90\n.address_size 64\n.visible .entry k() {\n"
            + ".reg .f32 %f<9>; .reg .b32 %r<9>; .reg .b16 %h<9>;\n"
            + text
            + "\nret;\n}\n";
    Instruction i = PtxModule.parse("k.ptx", module).kernel("k").orElseThrow().body().get(0);
    boolean converts = text.startsWith("cvt");
    Lanes.Ints fast = converts ? FastConversions.function(i.modifiers()) : FastFloats.function(i);
    assertNotNull(fast, text);
    Lanes.Scalar slow = converts ? Conversions.scalar(i) : FloatOps.scalar(i);
    boolean isShort = text.contains("%h1;");
    int[][] lanes = new int[4][Warp.SIZE];
    for (int round = 0; round < ROUNDS; round++) {
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        for (int k = 1; k < 4; k++) {
          lanes[k][lane] = operand(isShort);
        }
      }
      fast.apply(lanes[0], lanes[1], lanes[2], lanes[3]);
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        long a = lanes[1][lane] & 0xFFFFFFFFL;
        long b = lanes[2][lane] & 0xFFFFFFFFL;
        long c = lanes[3][lane] & 0xFFFFFFFFL;
        int expected = (int) slow.apply(a, b, c, 0);
        String operands = String.format("%s of %x, %x, %x", text, a, b, c);
        assertEquals(Integer.toHexString(expected), Integer.toHexString(lanes[0][lane]), operands);
      }
    }
  }
}
