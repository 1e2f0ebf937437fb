package dev.tilewright.ptx;

/**
 * A constant (ISA section 4.5): an integer of 64 bits, or a floating-point number, which PTX never
 * mixes in one expression.
 *
 * @param kind what it is
 * @param bits the integer, or the bits of the double or of the float
 */
record Constant(Kind kind, long bits) {
  enum Kind {
    SIGNED,
    UNSIGNED,
    /** Written {@code 0f…}: exactly a float. */
    FLOAT,
    DOUBLE
  }

  static Constant of(long value) {
    return new Constant(Kind.SIGNED, value);
  }

  boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  double toDouble() {
    return kind == Kind.FLOAT ? Float.intBitsToFloat((int) bits) : Double.longBitsToDouble(bits);
  }

  /** The value of a number's text, or null when it is none. */
  static Constant parse(String text) {
    try {
      char second = text.length() > 1 ? Character.toLowerCase(text.charAt(1)) : ' ';
      if (text.charAt(0) == '0' && second == 'f' && text.length() == 10) {
        return new Constant(Kind.FLOAT, Integer.parseUnsignedInt(text.substring(2), 16) & MASK);
      }
      if (text.charAt(0) == '0' && second == 'd' && text.length() == 18) {
        return new Constant(Kind.DOUBLE, Long.parseUnsignedLong(text.substring(2), 16));
      }
      if (second != 'x' && (text.indexOf('.') >= 0 || text.matches("\\d+[eE].*"))) {
        return new Constant(Kind.DOUBLE, Double.doubleToRawLongBits(decimal(text)));
      }
      return integer(text, second);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static final long MASK = 0xFFFFFFFFL;

  private static double decimal(String text) {
    if (!text.matches("[0-9.]+([eE][+-]?[0-9]+)?")) {
      throw new NumberFormatException(text);
    }
    return Double.parseDouble(text);
  }

  private static Constant integer(String text, char second) {
    int end = text.length();
    boolean unsigned = end > 1 && Character.toUpperCase(text.charAt(end - 1)) == 'U';
    if (unsigned) {
      end--;
    }
    int radix = 10;
    int begin = 0;
    if (text.charAt(0) == '0' && end > 1) {
      radix = second == 'x' ? 16 : second == 'b' ? 2 : 8;
      begin = radix == 8 ? 1 : 2;
    }
    if (begin == end || !Character.isLetterOrDigit(text.charAt(begin))) {
      throw new NumberFormatException(text);
    }
    long value = Long.parseUnsignedLong(text.substring(begin, end), radix);
    return new Constant(unsigned || value < 0 ? Kind.UNSIGNED : Kind.SIGNED, value);
  }
}
