package dev.tilewright;

/**
 * Conversions between f32 and the 16-bit types, as the processor does them: round to nearest, ties
 * to even; overflow becomes infinity; subnormals are kept; a NaN stays a NaN, made quiet, with the
 * upper bits of its payload.
 */
public final class Half {
  private Half() {}

  /** The f16 nearest to {@code value}, as bits. */
  public static short f32ToF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fff_ffff;
    if (magnitude >= 0x7f80_0000) { // infinity or NaN
      int payload = magnitude == 0x7f80_0000 ? 0 : 0x200 | magnitude >>> 13 & 0x3ff;
      return (short) (sign | 0x7c00 | payload);
    }
    if (magnitude >= 0x477f_f000) { // 65520, halfway between the largest f16 and what would follow
      return (short) (sign | 0x7c00);
    }
    if (magnitude >= 0x3880_0000) { // 2^-14, the smallest normal f16
      int rebased = magnitude - 0x3800_0000;
      return (short) (sign | rebased + 0xfff + (rebased >>> 13 & 1) >>> 13);
    }
    if (magnitude
        <= 0x3300_0000) { // 2^-25, half of the smallest subnormal: a tie, which goes to zero
      return (short) sign;
    }
    int significand = magnitude & 0x7f_ffff | 0x80_0000;
    int shift = 126 - (magnitude >>> 23); // to units of 2^-24; 14 to 24 here
    int rounded = significand >>> shift;
    int rest = significand & (1 << shift) - 1;
    int half = 1 << shift - 1;
    if (rest > half || rest == half && (rounded & 1) == 1) {
      rounded++;
    }
    return (short) (sign | rounded);
  }

  /** The value of the f16 with these bits; exact. */
  public static float f16ToF32(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >>> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    if (exponent == 0x1f) {
      int quiet = fraction == 0 ? 0 : 0x40_0000;
      return Float.intBitsToFloat(sign | 0x7f80_0000 | quiet | fraction << 13);
    }
    return Float.intBitsToFloat(sign | exponent + 112 << 23 | fraction << 13);
  }

  /** The bf16 nearest to {@code value}, as bits. */
  public static short f32ToBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fff_ffff) > 0x7f80_0000) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  /** The value of the bf16 with these bits; exact. */
  public static float bf16ToF32(short half) {
    return Float.intBitsToFloat(half << 16);
  }
}
