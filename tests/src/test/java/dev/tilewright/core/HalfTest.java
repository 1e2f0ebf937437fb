package dev.tilewright.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.Half;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The 16-bit conversions against their definition, evaluated in f64. */
class HalfTest {
  /**
   * The value with {@code fraction} fraction bits nearest to x: rint is half-even, and the scaling
   * is exact.
   */
  private static double nearest(float x, int fraction, int minExponent, double limit) {
    if (Float.isNaN(x) || Float.isInfinite(x) || x == 0) {
      return x;
    }
    int exponent = Math.max(Math.getExponent(x), minExponent);
    double ulp = Math.scalb(1.0, exponent - fraction);
    double rounded = Math.rint(x / ulp) * ulp;
    return Math.abs(rounded) >= limit ? Math.copySign(Double.POSITIVE_INFINITY, x) : rounded;
  }

  private static void check(float x) {
    double f16 = nearest(x, 10, -14, 65536);
    double bf16 = nearest(x, 7, -126, Math.scalb(1.0, 128));
    assertEquals(
        f16, (double) Half.f16ToF32(Half.f32ToF16(x)), () -> "f16 of " + Float.toHexString(x));
    assertEquals(
        bf16, (double) Half.bf16ToF32(Half.f32ToBf16(x)), () -> "bf16 of " + Float.toHexString(x));
  }

  @Test
  void everyF16WidensExactlyAndComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      short half = (short) bits;
      int exponent = bits >> 10 & 31;
      int fraction = bits & 1023;
      double magnitude =
          exponent == 31
              ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
              : exponent == 0
                  ? Math.scalb((double) fraction, -24)
                  : Math.scalb(1024.0 + fraction, exponent - 25);
      float wide = Half.f16ToF32(half);
      assertEquals(bits >> 15 == 0 ? magnitude : -magnitude, (double) wide);
      if (Float.isNaN(wide)) {
        assertEquals(
            (short) (bits | 0x200), Half.f32ToF16(wide), "a NaN becomes quiet and keeps the rest");
      } else {
        assertEquals(half, Half.f32ToF16(wide));
      }
    }
  }

  @Test
  void everyBf16WidensExactlyAndComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float wide = Half.bf16ToF32((short) bits);
      assertEquals(bits << 16, Float.floatToRawIntBits(wide));
      int back = Half.f32ToBf16(wide) & 0xffff;
      assertEquals(Float.isNaN(wide) ? bits | 0x40 : bits, back);
    }
  }

  @Test
  void tiesAndTheirNeighboursRoundRight() {
    for (int bits = 0; bits < 0x7c00; bits++) {
      float low = Half.f16ToF32((short) bits);
      float high = bits == 0x7bff ? 65536 : Half.f16ToF32((short) (bits + 1));
      around((low + high) / 2); // exact in f32
    }
    for (int bits = 0; bits < 0x7f80; bits++) {
      around(Float.intBitsToFloat(bits << 16 | 0x8000));
    }
  }

  private static void around(float x) {
    for (float y : new float[] {x, Math.nextUp(x), Math.nextDown(x)}) {
      check(y);
      check(-y);
    }
  }

  @Test
  void floatsOfEveryExponentRoundRight() {
    Random random = new Random(1);
    for (int i = 0; i < 2_000_000; i++) {
      check(Float.intBitsToFloat(random.nextInt()));
    }
    for (float x :
        new float[] {
          0f, -0f, Float.MAX_VALUE, Float.MIN_VALUE, 65504, 65519.996f, 65520, 0x1p-25f
        }) {
      around(x);
    }
    assertTrue(1 / Half.f16ToF32(Half.f32ToF16(-0f)) < 0, "minus zero keeps its sign");
    assertTrue(1 / Half.f16ToF32(Half.f32ToF16(-1e-30f)) < 0, "underflow keeps the sign");
  }

  @Test
  void aNanWithOnlyLowPayloadBitsStaysANan() {
    float nan = Float.intBitsToFloat(0x7f80_0001);
    assertTrue(Float.isNaN(Half.f16ToF32(Half.f32ToF16(nan))));
    assertTrue(Float.isNaN(Half.bf16ToF32(Half.f32ToBf16(nan))));
  }
}
