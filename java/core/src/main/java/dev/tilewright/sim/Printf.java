package dev.tilewright.sim;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The formats of C's printf, as device code calls it: arguments lie packed in a buffer. */
final class Printf {
  private static final Pattern CONVERSION =
      Pattern.compile("%([-+ #0]*)(\\d+|\\*)?(?:\\.(\\d+|\\*))?(hh|h|ll|l|z|j|t)?([a-zA-Z%])");

  private Printf() {}

  /** Reads an argument: so many bytes at a place of the buffer. */
  interface Arguments {
    long load(int at, int bytes);
  }

  /** Reads the text at an address. */
  interface Texts {
    String at(long address);
  }

  static String format(String format, Arguments arguments, Texts texts) {
    Matcher matcher = CONVERSION.matcher(format);
    StringBuilder out = new StringBuilder();
    int[] next = {0};
    int end = 0;
    while (matcher.find()) {
      out.append(format, end, matcher.start());
      end = matcher.end();
      if (matcher.group(5).equals("%")) {
        out.append('%');
      } else {
        out.append(one(matcher, arguments, texts, next));
      }
    }
    return out.append(format.substring(end)).toString();
  }

  private static long take(Arguments arguments, int[] next, int bytes) {
    int at = (next[0] + bytes - 1) / bytes * bytes;
    next[0] = at + bytes;
    return arguments.load(at, bytes);
  }

  private static String one(Matcher m, Arguments arguments, Texts texts, int[] next) {
    String flags = m.group(1);
    String width = m.group(2) == null ? "" : m.group(2);
    if (width.equals("*")) {
      int given = (int) take(arguments, next, 4);
      flags = given < 0 ? flags + "-" : flags;
      width = Integer.toString(Math.abs(given));
    }
    int precision = -1;
    if (m.group(3) != null) {
      precision =
          m.group(3).equals("*") ? (int) take(arguments, next, 4) : Integer.parseInt(m.group(3));
    }
    String length = m.group(4) == null ? "" : m.group(4);
    boolean wide = length.equals("l") || length.equals("ll") || length.matches("[zjt]");
    char conversion = m.group(5).charAt(0);
    String body;
    switch (conversion) {
      case 'd', 'i' -> {
        long value = wide ? take(arguments, next, 8) : (int) take(arguments, next, 4);
        body = sign(Long.toString(value), flags);
        body = digits(body, precision);
      }
      case 'u', 'x', 'X', 'o' -> {
        long value = wide ? take(arguments, next, 8) : take(arguments, next, 4) & 0xFFFFFFFFL;
        body = digits(unsigned(value, conversion, flags.contains("#")), precision);
      }
      case 'c' -> body = String.valueOf((char) (take(arguments, next, 4) & 0xFF));
      case 's' -> {
        String text = texts.at(take(arguments, next, 8));
        body = precision >= 0 && precision < text.length() ? text.substring(0, precision) : text;
      }
      case 'p' -> body = "0x" + Long.toHexString(take(arguments, next, 8));
      default -> {
        double value = Double.longBitsToDouble(take(arguments, next, 8));
        body = sign(real(value, conversion, precision < 0 ? 6 : precision), flags);
      }
    }
    return pad(body, flags, width, "diuxXofFeEgG".indexOf(conversion) >= 0);
  }

  private static String sign(String body, String flags) {
    if (body.startsWith("-")) {
      return body;
    }
    return flags.contains("+") ? "+" + body : flags.contains(" ") ? " " + body : body;
  }

  private static String digits(String body, int precision) {
    int begin = body.startsWith("-") || body.startsWith("+") || body.startsWith(" ") ? 1 : 0;
    String zeros = "0".repeat(Math.max(0, precision - (body.length() - begin)));
    return body.substring(0, begin) + zeros + body.substring(begin);
  }

  private static String unsigned(long value, char conversion, boolean prefix) {
    return switch (conversion) {
      case 'u' -> Long.toUnsignedString(value);
      case 'o' -> (prefix ? "0" : "") + Long.toOctalString(value);
      case 'x' -> (prefix ? "0x" : "") + Long.toHexString(value);
      default -> (prefix ? "0X" : "") + Long.toHexString(value).toUpperCase(Locale.ROOT);
    };
  }

  private static String real(double value, char conversion, int precision) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      String name = Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
      return Character.isUpperCase(conversion) ? name.toUpperCase(Locale.ROOT) : name;
    }
    return switch (conversion) {
      case 'f', 'F' -> String.format(Locale.ROOT, "%." + precision + "f", value);
      case 'g', 'G' -> general(value, Math.max(1, precision));
      default -> String.format(Locale.ROOT, "%." + precision + conversion, value);
    };
  }

  /** %g: the shorter of the two notations, without zeros at the end. */
  private static String general(double value, int digits) {
    if (value == 0) {
      return Double.doubleToRawLongBits(value) < 0 ? "-0" : "0";
    }
    String exponential = String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
    int e = exponential.indexOf('e');
    int exponent = Integer.parseInt(exponential.substring(e + 1));
    if (exponent < -4 || exponent >= digits) {
      return trim(exponential.substring(0, e)) + exponential.substring(e);
    }
    return trim(String.format(Locale.ROOT, "%." + (digits - 1 - exponent) + "f", value));
  }

  private static String trim(String number) {
    return number.indexOf('.') < 0 ? number : number.replaceAll("\\.?0+$", "");
  }

  private static String pad(String body, String flags, String width, boolean number) {
    int missing = width.isEmpty() ? 0 : Integer.parseInt(width) - body.length();
    if (missing <= 0) {
      return body;
    }
    if (flags.contains("-")) {
      return body + " ".repeat(missing);
    }
    if (flags.contains("0") && number) {
      return digits(body, body.length() + missing - (body.matches("[-+ ].*") ? 1 : 0));
    }
    return " ".repeat(missing) + body;
  }
}
