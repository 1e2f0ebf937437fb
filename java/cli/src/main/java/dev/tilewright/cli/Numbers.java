package dev.tilewright.cli;

import java.util.Locale;

/** Numbers as people read them. */
final class Numbers {
  private Numbers() {}

  /** Three significant digits without an exponent: 0.0123, 4.57, 123, 45678. */
  static String significant(double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      return String.valueOf(value);
    }
    int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(value)));
    return String.format(Locale.ROOT, "%." + Math.min(decimals, 9) + "f", value);
  }

  /** A time with a unit: 850 ns, 12.3 us, 4.57 ms, 3.20 s; "?" for NaN. */
  static String time(double seconds) {
    if (!(seconds > 0)) {
      return seconds == 0 ? "0" : "?";
    }
    double ns = seconds * 1e9;
    if (ns < 1e6) {
      return ns < 1e3 ? significant(ns) + " ns" : significant(ns / 1e3) + " us";
    }
    return ns < 1e9 ? significant(ns / 1e6) + " ms" : significant(seconds) + " s";
  }

  /** Milliseconds for JSON, which has no NaN and no infinity: null for those. */
  static Double millisOrNull(double seconds) {
    return Double.isFinite(seconds) ? seconds * 1e3 : null;
  }

  /** Bytes with a binary unit: 512 B, 1.5 KiB, 33 MiB. */
  static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    boolean whole = value == Math.rint(value) || value >= 100;
    return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }
}
