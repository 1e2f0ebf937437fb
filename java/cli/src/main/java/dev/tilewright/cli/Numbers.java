package dev.tilewright.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as people read them. */
final class Numbers {
  private static final Pattern DURATION =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?) *(ms|s|m|min|h|)");

  private Numbers() {}

  /** Three significant digits without an exponent: 0.0123, 4.57, 123, 45678. */
  static String significant(double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      return String.valueOf(value);
    }
    int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(value)));
    return String.format(Locale.ROOT, "%." + Math.min(decimals, 9) + "f", value);
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

  /** A time as people write it: 10s, 500ms, 2m, 1.5h; a bare number is seconds. */
  static Duration duration(String option, String text) {
    Matcher parts = DURATION.matcher(text.strip());
    if (!parts.matches()) {
      throw new InputException(option + " " + text + ": not a time such as 10s, 500ms or 2m");
    }
    double unit =
        switch (parts.group(2)) {
          case "ms" -> 1e-3;
          case "m", "min" -> 60;
          case "h" -> 3600;
          default -> 1;
        };
    double seconds = Double.parseDouble(parts.group(1)) * unit;
    if (!(seconds >= 1e-3 && seconds <= 1e9)) {
      throw new InputException(option + " " + text + ": at least 1ms, at most 1e9 seconds");
    }
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }
}
