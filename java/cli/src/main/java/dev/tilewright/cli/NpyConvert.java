package dev.tilewright.cli;

import java.nio.ByteBuffer;

/** Turns the bytes of an {@code .npy} file into f32 values. */
final class NpyConvert {
  private NpyConvert() {}

  /**
   * Converts {@code n} elements of numpy type {@code type}, in the buffer's byte order, from the
   * buffer's start on.
   */
  static void toFloats(String type, ByteBuffer in, float[] out, int n) {
    switch (type) {
      case "f4" -> in.rewind().asFloatBuffer().get(out, 0, n);
      case "f8" -> {
        for (int i = 0; i < n; i++) {
          out[i] = (float) in.getDouble(8 * i);
        }
      }
      case "f2" -> {
        for (int i = 0; i < n; i++) {
          out[i] = halfToFloat(in.getShort(2 * i));
        }
      }
      case "i1" -> {
        for (int i = 0; i < n; i++) {
          out[i] = in.get(i);
        }
      }
      case "u1" -> {
        for (int i = 0; i < n; i++) {
          out[i] = in.get(i) & 0xff;
        }
      }
      case "b1" -> {
        for (int i = 0; i < n; i++) {
          out[i] = in.get(i) != 0 ? 1 : 0;
        }
      }
      case "i2" -> {
        for (int i = 0; i < n; i++) {
          out[i] = in.getShort(2 * i);
        }
      }
      case "u2" -> {
        for (int i = 0; i < n; i++) {
          out[i] = in.getShort(2 * i) & 0xffff;
        }
      }
      case "i4" -> {
        for (int i = 0; i < n; i++) {
          out[i] = in.getInt(4 * i);
        }
      }
      case "u4" -> {
        for (int i = 0; i < n; i++) {
          out[i] = in.getInt(4 * i) & 0xffffffffL;
        }
      }
      case "i8" -> {
        for (int i = 0; i < n; i++) {
          out[i] = in.getLong(8 * i);
        }
      }
      case "u8" -> {
        for (int i = 0; i < n; i++) {
          out[i] = unsigned(in.getLong(8 * i));
        }
      }
      default -> throw new IllegalArgumentException(type);
    }
  }

  private static float unsigned(long v) {
    // Halving with the lost bit kept as a sticky bit leaves the rounding of the full value
    // unchanged.
    return v >= 0 ? v : 2f * ((v >>> 1) | (v & 1));
  }

  private static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float subnormal = fraction * 0x1p-24f;
      return sign == 0 ? subnormal : -subnormal;
    }
    int bits = exponent == 31 ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | bits << 23 | fraction << 13);
  }
}
