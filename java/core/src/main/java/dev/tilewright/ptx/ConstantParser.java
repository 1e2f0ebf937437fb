package dev.tilewright.ptx;

/**
 * Constant expressions (ISA section 4.6), with the operators and precedence of C. Integers are 64
 * bits; an operation is unsigned when an operand is.
 */
final class ConstantParser {
  private static final int MAX_DEPTH = 100;
  private static final long WARP_SIZE = 32;

  private final Cursor cursor;
  private int depth;

  ConstantParser(Cursor cursor) {
    this.cursor = cursor;
  }

  /** Whether a constant can begin here. */
  boolean starts() {
    char kind = cursor.kind();
    return isNumber()
        || kind == '-'
        || kind == '+'
        || kind == '~'
        || kind == '('
        || kind == '!'
        || cursor.isName("WARP_SZ");
  }

  /** A number; one that begins with its point is a word to the tokenizer. */
  private boolean isNumber() {
    return cursor.is(Tokens.NUMBER)
        || (cursor.is(Tokens.WORD) && Character.isDigit(cursor.text().charAt(1)));
  }

  /** Reads an expression. */
  Constant parse() {
    if (++depth > MAX_DEPTH) {
      throw cursor.fail("an expression nested deeper than " + MAX_DEPTH);
    }
    Constant value = binary(1);
    if (cursor.accept('?')) {
      Constant yes = parse();
      cursor.expect(':');
      Constant no = parse();
      value = integer(value) != 0 ? yes : no;
    }
    depth--;
    return value;
  }

  /** Reads an expression with a value that fits an int. */
  int parseInt(String what) {
    Constant value = parse();
    if (!value.isInteger() || value.bits() != (int) value.bits()) {
      throw cursor.fail("expected " + what);
    }
    return (int) value.bits();
  }

  /** Reads an integer expression. */
  long parseLong() {
    return integer(parse());
  }

  private long integer(Constant value) {
    if (!value.isInteger()) {
      throw cursor.fail("expected an integer constant before this");
    }
    return value.bits();
  }

  private static int precedence(char kind) {
    return switch (kind) {
      case Tokens.OR -> 1;
      case Tokens.AND -> 2;
      case '|' -> 3;
      case '^' -> 4;
      case '&' -> 5;
      case Tokens.EQ, Tokens.NE -> 6;
      case '<', '>', Tokens.LE, Tokens.GE -> 7;
      case Tokens.SHL, Tokens.SHR -> 8;
      case '+', '-' -> 9;
      case '*', '/', '%' -> 10;
      default -> 0;
    };
  }

  private Constant binary(int least) {
    Constant left = unary();
    while (true) {
      char operator = cursor.kind();
      int precedence = precedence(operator);
      if (precedence < least || precedence == 0) {
        return left;
      }
      cursor.advance();
      left = apply(operator, left, binary(precedence + 1));
    }
  }

  private Constant unary() {
    if (++depth > MAX_DEPTH) {
      throw cursor.fail("an expression nested deeper than " + MAX_DEPTH);
    }
    Constant value = unaryValue();
    depth--;
    return value;
  }

  private Constant unaryValue() {
    if (cursor.accept('-')) {
      Constant value = unary();
      return switch (value.kind()) {
        case FLOAT -> new Constant(Constant.Kind.FLOAT, value.bits() ^ 0x80000000L);
        case DOUBLE -> new Constant(Constant.Kind.DOUBLE, value.bits() ^ Long.MIN_VALUE);
        default -> new Constant(value.kind(), -value.bits());
      };
    }
    if (cursor.accept('+')) {
      return unary();
    }
    if (cursor.accept('~')) {
      Constant value = unary();
      return new Constant(value.kind(), ~integer(value));
    }
    if (cursor.accept('!')) {
      return Constant.of(integer(unary()) == 0 ? 1 : 0);
    }
    if (cursor.accept('(')) {
      if (cursor.is(Tokens.WORD)) {
        String cast = cursor.take();
        cursor.expect(')');
        Constant value = unary();
        if (!cast.equals(".s64") && !cast.equals(".u64")) {
          throw cursor.fail("expected a cast to .s64 or .u64 before this");
        }
        boolean signed = cast.equals(".s64");
        return new Constant(signed ? Constant.Kind.SIGNED : Constant.Kind.UNSIGNED, integer(value));
      }
      Constant value = parse();
      cursor.expect(')');
      return value;
    }
    if (cursor.isName("WARP_SZ")) {
      cursor.advance();
      return Constant.of(WARP_SIZE);
    }
    if (!isNumber()) {
      throw cursor.fail("expected a constant");
    }
    Constant value = Constant.parse(cursor.text());
    if (value == null) {
      throw cursor.fail("expected a number");
    }
    cursor.advance();
    return value;
  }

  private Constant apply(char operator, Constant left, Constant right) {
    if (!left.isInteger() && !right.isInteger()) {
      return new Constant(
          Constant.Kind.DOUBLE,
          Double.doubleToRawLongBits(apply(operator, left.toDouble(), right.toDouble())));
    }
    long a = integer(left);
    long b = integer(right);
    boolean unsigned =
        left.kind() == Constant.Kind.UNSIGNED || right.kind() == Constant.Kind.UNSIGNED;
    if ((operator == '/' || operator == '%') && b == 0) {
      throw cursor.fail("a division by zero before this");
    }
    int order = unsigned ? Long.compareUnsigned(a, b) : Long.compare(a, b);
    return switch (operator) {
      case Tokens.OR -> truth(a != 0 || b != 0);
      case Tokens.AND -> truth(a != 0 && b != 0);
      case Tokens.EQ -> truth(a == b);
      case Tokens.NE -> truth(a != b);
      case '<' -> truth(order < 0);
      case '>' -> truth(order > 0);
      case Tokens.LE -> truth(order <= 0);
      case Tokens.GE -> truth(order >= 0);
      case Tokens.SHL -> new Constant(left.kind(), b >= 0 && b < 64 ? a << b : 0);
      case Tokens.SHR ->
          new Constant(left.kind(), shiftRight(a, b, left.kind() == Constant.Kind.UNSIGNED));
      default ->
          new Constant(
              unsigned ? Constant.Kind.UNSIGNED : Constant.Kind.SIGNED,
              switch (operator) {
                case '|' -> a | b;
                case '^' -> a ^ b;
                case '&' -> a & b;
                case '+' -> a + b;
                case '-' -> a - b;
                case '*' -> a * b;
                case '/' -> unsigned ? Long.divideUnsigned(a, b) : a / b;
                default -> unsigned ? Long.remainderUnsigned(a, b) : a % b;
              });
    };
  }

  private static long shiftRight(long a, long b, boolean unsigned) {
    long by = b < 0 || b > 63 ? 63 : b;
    if (unsigned) {
      return by == b ? a >>> by : 0;
    }
    return a >> by;
  }

  private static Constant truth(boolean value) {
    return Constant.of(value ? 1 : 0);
  }

  private double apply(char operator, double a, double b) {
    return switch (operator) {
      case '+' -> a + b;
      case '-' -> a - b;
      case '*' -> a * b;
      case '/' -> a / b;
      default -> throw cursor.fail("an operator that floating-point constants do not have before");
    };
  }
}
