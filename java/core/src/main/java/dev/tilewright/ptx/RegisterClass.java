package dev.tilewright.ptx;

/** Where a register lives: the class gives its width. Each class numbers its registers from 0. */
public enum RegisterClass {
  /** Predicates: one bit. */
  PRED(1),
  /** 16 bits: b16, u16, s16, f16 and 8-bit registers. */
  B16(16),
  /** 32 bits. */
  B32(32),
  /** 64 bits. */
  B64(64),
  /** 128 bits. */
  B128(128);

  private final int bits;

  RegisterClass(int bits) {
    this.bits = bits;
  }

  /** The width in bits. */
  public int bits() {
    return bits;
  }

  static RegisterClass of(DataType type) {
    if (type == DataType.PRED) {
      return PRED;
    }
    return switch (type.bits()) {
      case 8, 16 -> B16;
      case 32 -> B32;
      case 64 -> B64;
      case 128 -> B128;
      default -> throw new IllegalArgumentException(type.toString());
    };
  }
}
