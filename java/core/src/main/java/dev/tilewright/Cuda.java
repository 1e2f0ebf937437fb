package dev.tilewright;

import dev.tilewright.jni.Native;
import java.nio.charset.StandardCharsets;

/** Whether CUDA devices can be used, and if not, why. Probes the libraries; needs none of them. */
public final class Cuda {
  private static final String FIX = "install NVIDIA driver 580 or later, which supports CUDA 13";

  private Cuda() {}

  /**
   * Whether {@code Device.open("cuda:0")} can work; false in this version, which has no CUDA
   * device.
   */
  public static boolean isAvailable() {
    return false;
  }

  /** What is missing for CUDA, exactly, and the fix: one line. */
  public static String unavailabilityCause() {
    NativeLibrary.require();
    return cause(error("libcuda.so.1"), Native.tw_cuda_driver_version(), error("libcudart.so.13"));
  }

  /**
   * Puts the cause into words.
   *
   * @param driver the linker's message for libcuda.so.1, or null when it was found
   * @param version CUDA version of the driver, 1000 * major + 10 * minor, or -1
   * @param runtime the linker's message for libcudart.so.13, or null when it was found
   */
  public static String cause(String driver, int version, String runtime) {
    if (driver != null) {
      String also = runtime == null ? "" : "; libcudart.so.13 (CUDA 13 runtime) is missing too";
      return "libcuda.so.1 (NVIDIA driver) cannot be loaded: "
          + driver
          + also
          + ". Fix: "
          + FIX
          + ".";
    }
    if (version < 13000) {
      String supports =
          version < 0 ? "does not tell its version" : "supports CUDA " + dotted(version);
      return "the NVIDIA driver (libcuda.so.1) " + supports + " and is too old. Fix: " + FIX + ".";
    }
    String also =
        runtime == null ? "" : " libcudart.so.13 (CUDA 13 runtime) is missing: " + runtime + ".";
    return "the NVIDIA driver is there (CUDA "
        + dotted(version)
        + "), but this build of Tilewright has no CUDA device yet. Fix: use Device.open(\"cpu\")."
        + also;
  }

  private static String dotted(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  private static String error(String library) {
    byte[] message = new byte[512];
    int length = Native.tw_dlopen_error(library, message, message.length);
    return length == 0
        ? null
        : new String(message, 0, Math.min(length, message.length - 1), StandardCharsets.UTF_8);
  }
}
