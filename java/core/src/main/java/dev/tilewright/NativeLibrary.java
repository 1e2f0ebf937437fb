package dev.tilewright;

import dev.tilewright.jni.Native;

/** Loads the native kernels once, and turns a failure into an exception that says what to do. */
public final class NativeLibrary {
  private static final KernelLoadException FAILURE = load();

  private NativeLibrary() {}

  /**
   * Returns when the native library is loaded.
   *
   * @throws KernelLoadException when it cannot be loaded, naming the file or library that is
   *     missing and the fix
   */
  public static void require() {
    if (FAILURE != null) {
      throw new KernelLoadException(FAILURE.getMessage(), FAILURE.getCause());
    }
  }

  private static KernelLoadException load() {
    try {
      Native.tw_cpu_level();
      return null;
    } catch (LinkageError e) {
      return new KernelLoadException(
          explain(e, System.getProperty("os.name"), System.getProperty("os.arch")), e);
    }
  }

  /**
   * Says why the native library did not load and what to do.
   *
   * @param error what the loader threw
   * @param os the property os.name
   * @param arch the property os.arch
   */
  public static String explain(LinkageError error, String os, String arch) {
    String start = "The native kernels (libjniNative.so of the artifact tilewright-native) ";
    if (!"Linux".equals(os) || !("amd64".equals(arch) || "x86_64".equals(arch))) {
      return start
          + "are built for linux-x86_64 only; this is "
          + os
          + " on "
          + arch
          + ". Run on 64-bit x86 Linux.";
    }
    String log = messages(error);
    if (log.contains("cannot open shared object file")) {
      return start
          + "did not load because a library that it needs is missing: "
          + log
          + ". Install it (libstdc++6 and libc6 on Debian and Ubuntu).";
    }
    if (log.contains("GLIBC") || log.contains("CXXABI")) {
      return start
          + "were built on a newer system: "
          + log
          + ". Build Tilewright on this machine, or update its libc and libstdc++.";
    }
    if (log.contains("failed to map segment") || log.contains("Permission denied")) {
      return start
          + "cannot be mapped from the folder they are unpacked to: "
          + log
          + ". Name a folder that allows execution with -Dorg.bytedeco.javacpp.cachedir=DIR.";
    }
    return start
        + "did not load: "
        + log
        + ". Put tilewright-native, built with its native code, on the class path (mvn package in"
        + " native/), and see that ~/.javacpp is writable or set"
        + " -Dorg.bytedeco.javacpp.cachedir=DIR.";
  }

  private static String messages(Throwable error) {
    StringBuilder log = new StringBuilder();
    for (Throwable e = error; e != null; e = e.getCause()) {
      log.append(log.length() == 0 ? "" : "; caused by ").append(e.getMessage());
    }
    return log.toString();
  }
}
