package dev.tilewright;

import java.util.Locale;

/** Element type of a {@link Tensor}. Every kernel computes in f32, whatever it stores. */
public enum DType {
  /** IEEE 754 single precision. */
  F32(4, "f32"),
  /** IEEE 754 half precision: 5 exponent bits, 10 fraction bits, largest finite value 65504. */
  F16(2, "f16"),
  /** The upper half of an f32: 8 exponent bits, 7 fraction bits. */
  BF16(2, "bf16"),
  /** IEEE 754 double precision, for oracles and exchange; kernels do not take it. */
  F64(8, "f64");

  private final int bytes;
  private final String label;

  DType(int bytes, String label) {
    this.bytes = bytes;
    this.label = label;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** The name that users write and read: {@code f32}, {@code f16}, {@code bf16} or {@code f64}. */
  public String label() {
    return label;
  }

  /**
   * Reads a label, in any case.
   *
   * @throws InvalidSpecException when no type has this label
   */
  public static DType parse(String label) {
    String wanted = label == null ? "" : label.strip().toLowerCase(Locale.ROOT);
    for (DType type : values()) {
      if (type.label.equals(wanted)) {
        return type;
      }
    }
    throw new InvalidSpecException("dtype", label, "f32, f16, bf16 or f64");
  }
}
