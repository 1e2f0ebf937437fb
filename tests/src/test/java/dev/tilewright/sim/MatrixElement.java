package dev.tilewright.sim;

import java.util.Random;

/** The element types of matrices, for tests: small integers and their bits. */
enum MatrixElement {
  F16(16, "f16"),
  BF16(16, "bf16"),
  TF32(32, "tf32"),
  F32(32, "f32"),
  F64(64, "f64"),
  E4M3(8, "e4m3"),
  E5M2(8, "e5m2"),
  S8(8, "s8"),
  U8(8, "u8"),
  S4(4, "s4"),
  U4(4, "u4"),
  B1(1, "b1"),
  S32(32, "s32");

  final int bits;
  final String ptx;

  MatrixElement(int bits, String ptx) {
    this.bits = bits;
    this.ptx = ptx;
  }

  /** How many elements a register of the fragment holds. */
  int packed() {
    return Math.max(1, 32 / bits);
  }

  /** A random integer that the type holds exactly, and whose products add up exactly. */
  long random(Random random) {
    return switch (this) {
      case F16, BF16 -> random.nextInt(17) - 8;
      case TF32 -> random.nextInt(1001) - 500;
      case F32 -> random.nextInt(2001) - 1000;
      case F64 -> random.nextInt(2_000_001) - 1_000_000;
      case E4M3 -> random.nextInt(17) - 8;
      case E5M2 -> random.nextInt(9) - 4;
      case S8 -> (byte) random.nextInt();
      case U8 -> random.nextInt(256);
      case S4 -> random.nextInt(16) - 8;
      case U4 -> random.nextInt(16);
      case B1 -> random.nextInt(2);
      case S32 -> random.nextInt();
    };
  }

  /** The bits of an integer in this type, by the definition of the formats (ISA section 5.2). */
  long encode(long value) {
    return switch (this) {
      case F16 -> small(value, 5, 10);
      case BF16 -> small(value, 8, 7);
      case E4M3 -> small(value, 4, 3);
      case E5M2 -> small(value, 5, 2);
      case TF32, F32 -> Float.floatToRawIntBits(value) & 0xFFFFFFFFL;
      case F64 -> Double.doubleToRawLongBits(value);
      default -> value & (1L << bits) - 1;
    };
  }

  private static long small(long value, int exponentBits, int fractionBits) {
    if (value == 0) {
      return 0;
    }
    long magnitude = Math.abs(value);
    int exponent = 63 - Long.numberOfLeadingZeros(magnitude);
    long fraction =
        exponent <= fractionBits
            ? magnitude << fractionBits - exponent
            : magnitude >> exponent - fractionBits;
    long sign = value < 0 ? 1L << exponentBits + fractionBits : 0;
    long biased = exponent + (1L << exponentBits - 1) - 1;
    return sign | biased << fractionBits | fraction & (1L << fractionBits) - 1;
  }
}
