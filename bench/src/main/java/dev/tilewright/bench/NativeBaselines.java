package dev.tilewright.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The binding of bench/src/main/cpp: loops around a library's transforms, and the probes of the
 * machine. Compiled for this machine by g++ on first use and kept in the cache.
 */
final class NativeBaselines {
  private static final String[] HEADERS = {
    "pool.hpp", "loops.hpp", "shared_object.hpp", "transform.hpp", "conv.hpp", "probe.hpp"
  };
  private static final String[] SOURCES = {
    "conv.cpp", "mkl.cpp", "fftw.cpp", "probe.cpp", "jni.cpp"
  };
  private static final String LIBRARY = "libtilewright_bench.so";

  private static boolean loaded;

  private NativeBaselines() {}

  /** Compiles if need be, and loads. */
  static synchronized void load() {
    if (!loaded) {
      System.load(compiled().resolve(LIBRARY).toString());
      loaded = true;
    }
  }

  private static Path compiled() {
    List<String> flags =
        List.of(
            "-std=c++17",
            "-O3",
            "-march=native",
            "-fno-math-errno",
            "-fno-trapping-math",
            "-Wno-psabi",
            "-shared",
            "-fPIC");
    return Cache.folder(
        "native-" + fingerprint(flags),
        folder -> {
          for (String[] group : new String[][] {HEADERS, SOURCES}) {
            for (String name : group) {
              Files.write(folder.resolve(name), Cache.resource("cpp/" + name));
            }
          }
          Path include = Path.of(System.getProperty("java.home"), "include");
          List<String> command = new ArrayList<>(List.of("g++"));
          command.addAll(flags);
          command.addAll(List.of("-I", include.toString(), "-I", include + "/linux"));
          command.addAll(List.of(SOURCES));
          command.addAll(List.of("-o", LIBRARY, "-ldl", "-lpthread"));
          Cache.execute(folder, command);
        });
  }

  /** Changes with the sources, the flags and the processor that -march=native means. */
  private static String fingerprint(List<String> flags) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String[] group : new String[][] {HEADERS, SOURCES}) {
        for (String name : group) {
          digest.update(Cache.resource("cpp/" + name));
        }
      }
      digest.update((flags + EnvironmentReport.cpuFlags()).getBytes());
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A pool of pinned threads, with a library ("mkl", "fftw") from a folder, or without (null). */
  static native long open(int threads, String library, String directory);

  static native void close(long session);

  static native String describe(long session);

  /** Pins this thread to the pool's first core, or lets it go again. */
  static native void pin(long session, boolean on);

  /** Bytes a second, read plus written. */
  static native double copyBandwidth(long session);

  /** f32 operations a second. */
  static native double peakFlops(long session);

  /**
   * mode: 0 causal, 1 circular, 2 bidirectional. The faster buffer layout is found by measuring.
   */
  static native long plan(
      long session, long batch, long heads, long length, long taps, int mode, boolean rightAngle);

  static native void free(long plan);

  static native long workspaceBytes(long plan);

  static native void setFilter(long plan, long k);

  /** Addresses of f32 arrays; a k of 0 means the filter of setFilter, a gate of 0 none. */
  static native void forward(long plan, long u, long k, long pregate, long postgate, long y);
}
