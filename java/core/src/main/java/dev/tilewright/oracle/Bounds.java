package dev.tilewright.oracle;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.GpuDevice;

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

  /**
   * The bound for what a device computed: as {@link #of(DType, long)}, but 2e-5 for f32 on a GPU,
   * whose tensor cores multiply it in two parts of bf16.
   */
  public static double of(Device device, DType dtype, long length) {
    return device instanceof GpuDevice && dtype == DType.F32 ? 2e-5 : of(dtype, length);
  }
}
