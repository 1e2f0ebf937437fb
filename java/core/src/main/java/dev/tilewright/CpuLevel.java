package dev.tilewright;

import dev.tilewright.jni.Native;
import java.lang.System.Logger.Level;
import java.util.Locale;

/**
 * Levels of vector code on x86-64, in rising order; the ordinal is what native code calls the
 * level.
 */
public enum CpuLevel {
  /** Every 64-bit x86 processor: SSE2. */
  X86_64("x86-64"),
  /** AVX2 with FMA and F16C. */
  AVX2("avx2"),
  /** AVX-512 with F, DQ, BW and VL. */
  AVX512("avx512");

  private final String label;

  CpuLevel(String label) {
    this.label = label;
  }

  /** The name that users write and read: {@code x86-64}, {@code avx2} or {@code avx512}. */
  public String label() {
    return label;
  }

  /**
   * Reads a label, in any case.
   *
   * @throws InvalidSpecException when no level has this label
   */
  public static CpuLevel parse(String label) {
    String wanted = label == null ? "" : label.strip().toLowerCase(Locale.ROOT);
    for (CpuLevel level : values()) {
      if (level.label.equals(wanted)) {
        return level;
      }
    }
    throw new InvalidSpecException("cpu level", label, "x86-64, avx2 or avx512");
  }

  /** The highest level that this processor and its operating system run. */
  public static CpuLevel machine() {
    NativeLibrary.require();
    return values()[Native.tw_cpu_level()];
  }

  /**
   * The level to use: the machine's, lowered by {@code -Dtilewright.cpu.level} or else by the
   * environment variable {@code TILEWRIGHT_CPU_LEVEL}. A wish above the machine's level is logged
   * and not granted.
   *
   * @throws InvalidSpecException when the wish is no level
   */
  public static CpuLevel detect() {
    String wish = System.getProperty("tilewright.cpu.level");
    return limit(machine(), wish != null ? wish : System.getenv("TILEWRIGHT_CPU_LEVEL"));
  }

  /** The machine's level lowered to {@code wish}, a label; null or blank lowers nothing. */
  public static CpuLevel limit(CpuLevel machine, String wish) {
    if (wish == null || wish.isBlank()) {
      return machine;
    }
    CpuLevel wanted = parse(wish);
    if (wanted.compareTo(machine) > 0) {
      System.getLogger("dev.tilewright")
          .log(
              Level.WARNING,
              "CPU level "
                  + wanted.label
                  + " was asked for; this machine has "
                  + machine.label
                  + ", using that");
      return machine;
    }
    return wanted;
  }
}
