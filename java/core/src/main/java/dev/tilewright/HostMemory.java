package dev.tilewright;

import dev.tilewright.jni.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Host memory seen from Java: how much is free, and copies between it and arrays, with conversion.
 */
final class HostMemory {
  /** Elements of one native copy: the collector may have to wait for that long. */
  private static final int COPY = 1 << 18;

  /** Elements converted at a time: the scratch array stays in the first-level cache. */
  private static final int CONVERT = 1 << 11;

  private HostMemory() {}

  /** Bytes that can still be allocated, swap included, or -1 when the system does not say. */
  static long free() {
    try {
      long kib = -1;
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemAvailable:") || line.startsWith("SwapFree:")) {
          kib = Math.max(kib, 0) + Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      return kib < 0 ? -1 : kib << 10;
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }

  /**
   * Writes {@code count} floats of {@code source} from {@code from} on to {@code address}, rounded
   * to {@code dtype}.
   */
  static void write(DType dtype, long address, float[] source, int from, int count) {
    if (dtype == DType.F32) {
      for (int done = 0; done < count; ) {
        int n = Math.min(COPY, count - done);
        Native.tw_write(address + 4L * done, source, from + done, n);
        done += n;
      }
      return;
    }
    short[] halves = dtype == DType.F64 ? null : new short[Math.min(CONVERT, count)];
    double[] doubles = dtype == DType.F64 ? new double[Math.min(CONVERT, count)] : null;
    for (int done = 0; done < count; ) {
      int n = Math.min(CONVERT, count - done);
      long to = address + (long) done * dtype.bytes();
      int start = from + done;
      switch (dtype) {
        case F16 -> {
          for (int i = 0; i < n; i++) {
            halves[i] = Half.f32ToF16(source[start + i]);
          }
          Native.tw_write(to, halves, 0, n);
        }
        case BF16 -> {
          for (int i = 0; i < n; i++) {
            halves[i] = Half.f32ToBf16(source[start + i]);
          }
          Native.tw_write(to, halves, 0, n);
        }
        default -> {
          for (int i = 0; i < n; i++) {
            doubles[i] = source[start + i];
          }
          Native.tw_write(to, doubles, 0, n);
        }
      }
      done += n;
    }
  }

  /**
   * Reads {@code count} elements at {@code address} into {@code target} from {@code from} on; f64
   * is rounded.
   */
  static void read(DType dtype, long address, float[] target, int from, int count) {
    if (dtype == DType.F32) {
      for (int done = 0; done < count; ) {
        int n = Math.min(COPY, count - done);
        Native.tw_read(address + 4L * done, target, from + done, n);
        done += n;
      }
      return;
    }
    short[] halves = dtype == DType.F64 ? null : new short[Math.min(CONVERT, count)];
    double[] doubles = dtype == DType.F64 ? new double[Math.min(CONVERT, count)] : null;
    for (int done = 0; done < count; ) {
      int n = Math.min(CONVERT, count - done);
      long at = address + (long) done * dtype.bytes();
      int start = from + done;
      switch (dtype) {
        case F16 -> {
          Native.tw_read(at, halves, 0, n);
          for (int i = 0; i < n; i++) {
            target[start + i] = Half.f16ToF32(halves[i]);
          }
        }
        case BF16 -> {
          Native.tw_read(at, halves, 0, n);
          for (int i = 0; i < n; i++) {
            target[start + i] = Half.bf16ToF32(halves[i]);
          }
        }
        default -> {
          Native.tw_read(at, doubles, 0, n);
          for (int i = 0; i < n; i++) {
            target[start + i] = (float) doubles[i];
          }
        }
      }
      done += n;
    }
  }

  /** Sets {@code count} elements at {@code address} to {@code value}, rounded to {@code dtype}. */
  static void fill(DType dtype, long address, long count, float value) {
    long bits =
        switch (dtype) {
          case F32 -> Float.floatToRawIntBits(value);
          case F16 -> Half.f32ToF16(value);
          case BF16 -> Half.f32ToBf16(value);
          case F64 -> Double.doubleToRawLongBits(value);
        };
    Native.tw_fill(address, count, dtype.bytes(), bits);
  }
}
