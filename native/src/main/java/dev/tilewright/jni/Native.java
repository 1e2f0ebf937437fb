package dev.tilewright.jni;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * The binding of {@code tilewright.h}: pure, single-threaded functions over raw addresses.
 * Internal; the public API is in {@code dev.tilewright}.
 */
@Platform(
    value = "linux-x86_64",
    include = "tilewright.h",
    link = "tilewright_kernels",
    compiler = "cpp17")
@NoException
public final class Native {
  static {
    Loader.load();
  }

  private Native() {}

  /**
   * Highest vector level that the processor runs: 0 plain x86-64, 1 AVX2 with FMA and F16C, 2
   * AVX-512 F, DQ, BW, VL.
   */
  public static native int tw_cpu_level();
}
