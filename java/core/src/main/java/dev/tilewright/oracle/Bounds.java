package dev.tilewright.oracle;

import dev.tilewright.DType;

/** Largest {@link RelativeError} that passes. */
public final class Bounds {
  private Bounds() {}

  /**
   * The bound for tensors stored as {@code dtype} and sequences of {@code length} points: f32 2e-6,
   * and 2e-5 beyond 1,048,576 points; f16 2e-3; bf16 1.5e-2; f64 1e-12.
   */
  public static double of(DType dtype, long length) {
    return switch (dtype) {
      case F32 -> length > 1 << 20 ? 2e-5 : 2e-6;
      case F16 -> 2e-3;
      case BF16 -> 1.5e-2;
      case F64 -> 1e-12;
    };
  }
}
