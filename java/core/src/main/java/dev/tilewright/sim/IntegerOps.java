package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Operand;

/** Integer arithmetic, logic and shifts (ISA sections 9.7.1, 9.7.8) and permute (9.7.9). */
final class IntegerOps {
  private IntegerOps() {}

  /** Bits as a number of a type: sign- or zero-extended. */
  static long number(long bits, DataType type) {
    int unused = 64 - type.bits();
    return type.isSigned() ? bits << unused >> unused : bits << unused >>> unused;
  }

  static long smallest(DataType type) {
    return type.isSigned() ? -1L << type.bits() - 1 : 0;
  }

  /** The largest value; of u64 it is -1 read as signed. */
  static long largest(DataType type) {
    return type.isSigned() ? ~smallest(type) : -1L >>> 64 - type.bits();
  }

  private static int compare(long a, long b, DataType type) {
    return type.isSigned() ? Long.compare(a, b) : Long.compareUnsigned(a, b);
  }

  /** One lane's function, or null when the opcode is none of these. */
  static Lanes.Scalar scalar(Instruction i) {
    DataType t = i.modifiers().type();
    if (t.isPacked()) {
      return packed(i);
    }
    return switch (i.opcode()) {
      case ADD ->
          i.modifiers().sat()
              ? (a, b, c, d) -> clamp32((int) a + (long) (int) b)
              : (a, b, c, d) -> a + b;
      case SUB ->
          i.modifiers().sat()
              ? (a, b, c, d) -> clamp32((int) a - (long) (int) b)
              : (a, b, c, d) -> a - b;
      case MUL -> multiply(i, t);
      case MAD -> multiplyAdd(i, t);
      case MUL24, MAD24 -> multiply24(i, t);
      case SAD ->
          (a, b, c, d) -> {
            long x = number(a, t);
            long y = number(b, t);
            return c + (compare(x, y, t) < 0 ? y - x : x - y);
          };
      // The result of a division by zero is not defined (ISA): all bits set, as devices give.
      case DIV ->
          (a, b, c, d) -> {
            long y = number(b, t);
            return y == 0
                ? -1
                : t.isSigned() ? number(a, t) / y : Long.divideUnsigned(number(a, t), y);
          };
      case REM ->
          (a, b, c, d) -> {
            long x = number(a, t);
            long y = number(b, t);
            return y == 0 ? x : t.isSigned() ? x % y : Long.remainderUnsigned(x, y);
          };
      case ABS -> (a, b, c, d) -> Math.abs(number(a, t));
      case NEG -> (a, b, c, d) -> -a;
      case MIN -> extremum(t, -1, i.modifiers().has("relu"));
      case MAX -> extremum(t, 1, i.modifiers().has("relu"));
      case POPC -> (a, b, c, d) -> Long.bitCount(number(a, t));
      case CLZ -> (a, b, c, d) -> Long.numberOfLeadingZeros(number(a, t)) - (64 - t.bits());
      case BREV -> (a, b, c, d) -> Long.reverse(a) >>> 64 - t.bits();
      case BFIND -> bitFind(t, i.modifiers().has("shiftamt"));
      case FNS -> (a, b, c, d) -> nthSet((int) a, (int) b, (int) c);
      case BFE -> (a, b, c, d) -> extract(a, (int) b & 0xFF, (int) c & 0xFF, t);
      case BFI -> (a, b, c, d) -> insert(a, b, (int) c & 0xFF, (int) d & 0xFF, t.bits());
      case SZEXT -> extend(t, i.modifiers().has("clamp"));
      case BMSK -> bitMask(i.modifiers().has("clamp"));
      case DP4A -> dot4(t, i.modifiers().type(1));
      case DP2A -> dot2(t, i.modifiers().type(1), i.modifiers().has("hi") ? 16 : 0);
      case AND -> (a, b, c, d) -> a & b;
      case OR -> (a, b, c, d) -> a | b;
      case XOR -> (a, b, c, d) -> a ^ b;
      case NOT -> (a, b, c, d) -> ~a;
      case CNOT -> (a, b, c, d) -> number(a, t) == 0 ? 1 : 0;
      case LOP3 -> lookUp((int) ((Operand.Imm) i.source(3)).bits());
      case SHL -> (a, b, c, d) -> Long.compareUnsigned(b, t.bits()) < 0 ? a << b : 0;
      case SHR -> shiftRight(t);
      case SHF -> funnel(i.modifiers().has("l"), i.modifiers().has("clamp"));
      case PRMT -> Permute.of(i.modifiers());
      default -> null;
    };
  }

  private static long clamp32(long value) {
    return Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
  }

  private static Lanes.Scalar extremum(DataType t, int sign, boolean relu) {
    return (a, b, c, d) -> {
      long x = number(a, t);
      long y = number(b, t);
      long chosen = compare(x, y, t) * sign > 0 ? x : y;
      return relu ? Math.max(chosen, 0) : chosen;
    };
  }

  static long high(long x, long y, DataType t) {
    if (t.bits() < 64) {
      return x * y >> t.bits();
    }
    long high = Math.multiplyHigh(x, y);
    return t.isSigned() ? high : high + (x >> 63 & y) + (y >> 63 & x);
  }

  private static Lanes.Scalar multiply(Instruction i, DataType t) {
    if (i.modifiers().has("hi")) {
      return (a, b, c, d) -> high(number(a, t), number(b, t), t);
    }
    return (a, b, c, d) -> number(a, t) * number(b, t);
  }

  private static Lanes.Scalar multiplyAdd(Instruction i, DataType t) {
    if (i.modifiers().has("hi")) {
      if (i.modifiers().sat()) {
        return (a, b, c, d) -> clamp32(high(number(a, t), number(b, t), t) + (int) c);
      }
      return (a, b, c, d) -> high(number(a, t), number(b, t), t) + c;
    }
    return (a, b, c, d) -> number(a, t) * number(b, t) + c;
  }

  private static Lanes.Scalar multiply24(Instruction i, DataType t) {
    boolean high = i.modifiers().has("hi");
    boolean saturate = i.modifiers().sat();
    return (a, b, c, d) -> {
      long x = t.isSigned() ? a << 40 >> 40 : a & 0xFFFFFF;
      long y = t.isSigned() ? b << 40 >> 40 : b & 0xFFFFFF;
      long product = high ? x * y >> 16 : x * y;
      return saturate ? clamp32((int) product + (long) (int) c) : product + c;
    };
  }

  private static Lanes.Scalar bitFind(DataType t, boolean shift) {
    return (a, b, c, d) -> {
      long x = number(a, t);
      if (t.isSigned() && x < 0) {
        x = ~x;
      }
      int at = 63 - Long.numberOfLeadingZeros(x);
      return at < 0 ? -1 : shift ? t.bits() - 1 - at : at;
    };
  }

  private static int nthSet(int mask, int base, int offset) {
    if (offset == 0) {
      return base >= 0 && base < 32 && (mask >> base & 1) != 0 ? base : -1;
    }
    int left = Math.abs(offset) - 1;
    for (int at = base; at >= 0 && at < 32; at += offset > 0 ? 1 : -1) {
      if ((mask >> at & 1) != 0 && left-- == 0) {
        return at;
      }
    }
    return -1;
  }

  private static long extract(long a, int at, int length, DataType t) {
    int top = t.bits() - 1;
    long x = number(a, t);
    if (length == 0) {
      return 0;
    }
    int end = Math.min(at + length - 1, top); // The highest bit of the field.
    if (at > top) {
      return t.isSigned() ? x >> 63 : 0;
    }
    int width = end - at + 1;
    long field = x >>> at & -1L >>> 64 - width;
    boolean negative = t.isSigned() && (x >>> end & 1) != 0;
    return negative && width < 64 ? field | -1L << width : field;
  }

  private static long insert(long a, long b, int at, int length, int bits) {
    int width = Math.min(length, bits - at);
    if (width <= 0) {
      return b;
    }
    long field = -1L >>> 64 - width << at;
    return b & ~field | a << at & field;
  }

  private static Lanes.Scalar extend(DataType t, boolean clamp) {
    return (a, b, c, d) -> {
      long n = clamp ? Math.min(b, 32) : b & 31;
      if (n == 0) {
        return 0;
      }
      int unused = (int) (64 - n);
      return t.isSigned() ? a << unused >> unused : a << unused >>> unused;
    };
  }

  private static Lanes.Scalar bitMask(boolean clamp) {
    return (a, b, c, d) -> {
      long from = a & 31;
      long width = b & 31;
      if (clamp && (a >= 32 || b >= 32)) {
        return a >= 32 ? 0 : -1L << from;
      }
      long below = from + width >= 32 ? 0 : -1L << from + width;
      return (-1L << from) & ~below;
    };
  }

  private static long part(long bits, int at, int width, boolean signed) {
    long part = bits >>> at << 64 - width;
    return signed ? part >> 64 - width : part >>> 64 - width;
  }

  private static Lanes.Scalar dot4(DataType x, DataType y) {
    return (a, b, c, d) -> {
      long sum = c;
      for (int at = 0; at < 32; at += 8) {
        sum += part(a, at, 8, x.isSigned()) * part(b, at, 8, y.isSigned());
      }
      return sum;
    };
  }

  private static Lanes.Scalar dot2(DataType x, DataType y, int from) {
    return (a, b, c, d) ->
        c
            + part(a, 0, 16, x.isSigned()) * part(b, from, 8, y.isSigned())
            + part(a, 16, 16, x.isSigned()) * part(b, from + 8, 8, y.isSigned());
  }

  static Lanes.Scalar lookUp(int table) {
    return (a, b, c, d) -> {
      long result = 0;
      for (int row = 0; row < 8; row++) {
        if ((table >> row & 1) != 0) {
          result |=
              ((row & 4) != 0 ? a : ~a) & ((row & 2) != 0 ? b : ~b) & ((row & 1) != 0 ? c : ~c);
        }
      }
      return result;
    };
  }

  private static Lanes.Scalar shiftRight(DataType t) {
    return (a, b, c, d) -> {
      long x = number(a, t);
      boolean over = Long.compareUnsigned(b, t.bits()) >= 0;
      return t.isSigned() ? x >> (over ? 63 : b) : over ? 0 : x >>> b;
    };
  }

  private static Lanes.Scalar funnel(boolean left, boolean clamp) {
    return (a, b, c, d) -> {
      long both = b << 32 | a;
      long by = clamp ? Math.min(c, 32) : c & 31;
      return left ? both << by >>> 32 : both >>> by;
    };
  }

  /** u16x2 and s16x2: each half on its own. */
  private static Lanes.Scalar packed(Instruction i) {
    DataType t = i.modifiers().type().element();
    Lanes.Scalar half =
        switch (i.opcode()) {
          case ADD -> (a, b, c, d) -> a + b;
          case MIN -> extremum(t, -1, i.modifiers().has("relu"));
          case MAX -> extremum(t, 1, i.modifiers().has("relu"));
          default -> null;
        };
    return half == null
        ? null
        : (a, b, c, d) ->
            half.apply(a & 0xFFFF, b & 0xFFFF, 0, 0) & 0xFFFF
                | half.apply(a >>> 16, b >>> 16, 0, 0) << 16;
  }
}
