package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Modifiers;
import dev.tilewright.ptx.Rounding;
import java.math.BigDecimal;

/** cvt (ISA section 9.7.9.21) and cvt.pack. */
final class Conversions {
  private static final int N = Warp.SIZE;

  private Conversions() {}

  static Op make(Decoder d, Instruction i) {
    DataType to = i.modifiers().type();
    DataType from = i.modifiers().type(1);
    boolean wideTo = d.isLong(i.destination());
    boolean wideFrom = d.isLong(i.source(0));
    if (to.isInteger() && from.isInteger() && !i.modifiers().sat()) {
      if (wideTo && !wideFrom && to.bits() == 64 && from.bits() == 32) {
        boolean signed = from.isSigned();
        return new Widen(signed, d.longDestination(i.destination()), d.intSource(i.source(0)));
      }
      if (!wideTo && wideFrom && to.bits() == 32) {
        return new Narrow(d.intDestination(i.destination()), d.longSource(i.source(0)));
      }
    }
    Op fast = FastConversions.make(d, i);
    return fast != null ? fast : Lanes.scalar(d, i, scalar(i));
  }

  private static final class Widen extends Op {
    private final long mask;
    private final int to;
    private final int from;

    Widen(boolean signed, int to, int from) {
      this.mask = signed ? -1L : 0xFFFFFFFFL;
      this.to = to;
      this.from = from;
    }

    @Override
    void run(Warp w, int lanes) {
      int[] a = w.ints[from];
      long[] d = lanes == -1 ? w.longs[to] : w.scratchLongs;
      for (int i = 0; i < N; i++) {
        d[i] = a[i] & mask;
      }
      if (lanes != -1) {
        Warp.blend(w.longs[to], d, lanes);
      }
      int[] defined = w.frame.longsDefined;
      defined[to] = defined[to] & ~lanes | w.frame.intsDefined[from] & lanes;
    }
  }

  private static final class Narrow extends Op {
    private final int to;
    private final int from;

    Narrow(int to, int from) {
      this.to = to;
      this.from = from;
    }

    @Override
    void run(Warp w, int lanes) {
      long[] a = w.longs[from];
      int[] d = lanes == -1 ? w.ints[to] : w.scratchInts;
      for (int i = 0; i < N; i++) {
        d[i] = (int) a[i];
      }
      if (lanes != -1) {
        Warp.blend(w.ints[to], d, lanes);
      }
      int[] defined = w.frame.intsDefined;
      defined[to] = defined[to] & ~lanes | w.frame.longsDefined[from] & lanes;
    }
  }

  static Lanes.Scalar scalar(Instruction i) {
    Modifiers m = i.modifiers();
    DataType to = m.type();
    DataType from = m.type(1);
    if (to.isPacked()) {
      return packed(m, to, from);
    }
    if (to.isInteger()) {
      return from.isInteger() ? integers(m, to, from) : toInteger(m, to, from);
    }
    return from.isInteger() ? fromInteger(m, to, from) : floats(m, to, from);
  }

  private static Lanes.Scalar integers(Modifiers m, DataType to, DataType from) {
    if (!m.sat()) {
      return (a, b, c, d) -> IntegerOps.number(IntegerOps.number(a, from), to);
    }
    return (a, b, c, d) -> {
      long x = IntegerOps.number(a, from);
      boolean huge = !from.isSigned() && x < 0; // Above the largest s64.
      if (!to.isSigned() && from.isSigned() && x < 0) {
        return 0;
      }
      long largest = IntegerOps.largest(to);
      if (huge || !to.isSigned() ? Long.compareUnsigned(x, largest) > 0 : x > largest) {
        return largest;
      }
      return to.isSigned() && !huge ? Math.max(x, IntegerOps.smallest(to)) : x;
    };
  }

  /** The value of a float operand; exact in a double. */
  static double value(long bits, DataType type) {
    return switch (type) {
      case F32 -> Float.intBitsToFloat((int) bits);
      case F64 -> Double.longBitsToDouble(bits);
      default -> SmallFloat.of(type).decode((int) bits);
    };
  }

  private static double value(long bits, DataType type, boolean ftz) {
    double x = value(bits, type);
    return ftz && type == DataType.F32 && Math.abs(x) < Float.MIN_NORMAL
        ? Math.copySign(0.0, x)
        : x;
  }

  private static Lanes.Scalar toInteger(Modifiers m, DataType to, DataType from) {
    Rounding mode = m.rounding().orElse(Rounding.RZI);
    boolean ftz = m.ftz();
    long nan = from == DataType.F64 || to.bits() == 64 ? 1L << to.bits() - 1 : 0;
    return (a, b, c, d) -> {
      double x = value(a, from, ftz);
      if (Double.isNaN(x)) {
        return nan;
      }
      double rounded = Ieee.integral(x, mode);
      if (to.isSigned()) {
        return Math.max(IntegerOps.smallest(to), Math.min(IntegerOps.largest(to), (long) rounded));
      }
      if (rounded <= 0) {
        return 0;
      }
      if (rounded >= 0x1p63) {
        return to.bits() < 64
            ? IntegerOps.largest(to)
            : rounded >= 0x1p64 ? -1L : (long) (rounded - 0x1p63) + Long.MIN_VALUE;
      }
      long whole = (long) rounded;
      return to.bits() < 64 ? Math.min(whole, IntegerOps.largest(to)) : whole;
    };
  }

  private static Lanes.Scalar fromInteger(Modifiers m, DataType to, DataType from) {
    Rounding mode = m.rounding().orElse(Rounding.RN);
    return (a, b, c, d) -> {
      long x = IntegerOps.number(a, from);
      boolean huge = !from.isSigned() && x < 0;
      if (to == DataType.F64) {
        return Double.doubleToRawLongBits(toDouble(x, huge, mode, m.sat()));
      }
      return finish(oddDouble(x, huge), to, m, mode);
    };
  }

  /** An integer rounded to odd. */
  private static double oddDouble(long x, boolean huge) {
    if (!huge && Math.abs(x) <= 1L << 53 && x != Long.MIN_VALUE) {
      return x;
    }
    long magnitude = huge || x == Long.MIN_VALUE ? x : Math.abs(x);
    long upper = magnitude >>> 11 | ((magnitude & 0x7FF) != 0 ? 1 : 0);
    double scaled = upper * 0x1p11;
    return !huge && x < 0 ? -scaled : scaled;
  }

  private static double toDouble(long x, boolean huge, Rounding mode, boolean sat) {
    BigDecimal exact = new BigDecimal(huge ? Long.toUnsignedString(x) : "" + x);
    double near = huge ? exact.doubleValue() : x;
    int above = new BigDecimal(near).compareTo(exact);
    boolean down = mode == Rounding.RM || mode == Rounding.RZ && (huge || x > 0);
    boolean up = mode == Rounding.RP || mode == Rounding.RZ && !huge && x < 0;
    double result =
        above > 0 && down ? Math.nextDown(near) : above < 0 && up ? Math.nextUp(near) : near;
    return sat ? Ieee.saturate(result) : result;
  }

  /** Rounds to a float format of at most 32 bits, with what the modifiers ask for. */
  private static long finish(double x, DataType to, Modifiers m, Rounding mode) {
    double value = x;
    if (m.sat()) {
      value = Ieee.saturate(value);
    }
    if (m.has("relu") && value <= 0) {
      value = 0;
    }
    boolean finite = m.has("satfinite");
    if (to == DataType.F32) {
      float rounded = Ieee.toFloat(value, mode);
      rounded = m.ftz() ? Ieee.flush(rounded) : rounded;
      return rounded != rounded ? Ieee.NAN : Float.floatToRawIntBits(rounded) & 0xFFFFFFFFL;
    }
    return SmallFloat.of(to).encode(value, mode, finite) & 0xFFFFFFFFL;
  }

  private static boolean toIntegral(Rounding mode) {
    return mode.ordinal() >= Rounding.RNI.ordinal();
  }

  private static Lanes.Scalar floats(Modifiers m, DataType to, DataType from) {
    Rounding mode = m.rounding().orElse(Rounding.RN);
    boolean ftz = m.ftz();
    return (a, b, c, d) -> {
      double x = value(a, from, ftz);
      if (to == from && toIntegral(mode)) {
        x = Ieee.integral(x, mode);
      }
      Rounding rest = toIntegral(mode) ? Rounding.RN : mode;
      if (to == DataType.F64) {
        return Double.doubleToRawLongBits(m.sat() ? Ieee.saturate(x) : x);
      }
      return finish(x, to, m, rest);
    };
  }

  private static Lanes.Scalar packed(Modifiers m, DataType to, DataType from) {
    Rounding mode = m.rounding().orElse(Rounding.RN);
    DataType element = to.element();
    int width = element.bits();
    if (!from.isPacked()) { // The first source goes to the upper half.
      return (a, b, c, d) ->
          finish(value(a, from), element, m, mode) << width
              | finish(value(b, from), element, m, mode);
    }
    DataType source = from.element();
    return (a, b, c, d) -> {
      double low = value(a & (1L << source.bits()) - 1, source);
      double high = value(a >>> source.bits() & (1L << source.bits()) - 1, source);
      return finish(high, element, m, mode) << width | finish(low, element, m, mode);
    };
  }

  /** cvt.pack: two integers, saturated, above what a third operand holds. */
  static Lanes.Scalar pack(Instruction i) {
    DataType to = i.modifiers().type();
    int width = to.bits();
    long mask = (1L << width) - 1;
    return (a, b, c, d) -> {
      long high = Math.max(IntegerOps.smallest(to), Math.min(IntegerOps.largest(to), (int) a));
      long low = Math.max(IntegerOps.smallest(to), Math.min(IntegerOps.largest(to), (int) b));
      return c << 2 * width | (high & mask) << width | low & mask;
    };
  }
}
