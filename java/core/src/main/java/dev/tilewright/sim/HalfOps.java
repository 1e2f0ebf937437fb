package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Modifiers;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Rounding;

/** Arithmetic of f16 and bf16, alone and in pairs (ISA sections 9.7.4, 9.7.3). */
final class HalfOps {
  private HalfOps() {}

  private interface Exact {
    /** The result, exact or rounded to odd. */
    double apply(float a, float b, float c);
  }

  static Lanes.Scalar scalar(Instruction i) {
    return scalar(i.modifiers().type(), i.opcode(), i.modifiers());
  }

  static Lanes.Scalar scalar(DataType t, Opcode opcode, Modifiers modifiers) {
    DataType element = t.element();
    if (element != DataType.F16 && element != DataType.BF16) {
      return null;
    }
    Lanes.Scalar one = one(opcode, modifiers, SmallFloat.of(element));
    if (one == null || !t.isPacked()) {
      return one;
    }
    return (a, b, c, d) ->
        one.apply(a & 0xFFFF, b & 0xFFFF, c & 0xFFFF, 0)
            | one.apply(a >>> 16, b >>> 16, c >>> 16, 0) << 16;
  }

  private static Lanes.Scalar one(Opcode opcode, Modifiers m, SmallFloat format) {
    switch (opcode) {
      case ABS:
        return (a, b, c, d) -> flushed(a & 0x7FFF, m);
      case NEG:
        return (a, b, c, d) -> flushed(a ^ 0x8000, m);
      case MIN:
        return extremum(m, format, true);
      case MAX:
        return extremum(m, format, false);
      default:
        break;
    }
    Exact exact =
        switch (opcode) {
          case ADD -> (a, b, c) -> Ieee.addOdd(a, b);
          case SUB -> (a, b, c) -> Ieee.addOdd(a, -b);
          case MUL -> (a, b, c) -> (double) a * b;
          case FMA -> (a, b, c) -> Ieee.fmaOdd(a, b, c);
          case EX2 -> (a, b, c) -> FloatOps.exp2(a);
          case TANH -> (a, b, c) -> Math.tanh(a);
          default -> null;
        };
    if (exact == null || m.has("oob")) {
      return null;
    }
    return (a, b, c, d) -> {
      double x =
          exact.apply(
              format.decode((int) flushed(a, m)),
              format.decode((int) flushed(b, m)),
              format.decode((int) flushed(c, m)));
      if (m.sat()) {
        x = Ieee.saturate(x);
      }
      if (m.has("relu") && x < 0) {
        x = 0;
      }
      return flushed(format.encode(x, Rounding.RN, false), m);
    };
  }

  /** With .ftz, zero for a subnormal. */
  private static long flushed(long bits, Modifiers m) {
    return m.ftz() && (bits & 0x7C00) == 0 ? bits & 0x8000 : bits;
  }

  private static Lanes.Scalar extremum(Modifiers m, SmallFloat format, boolean least) {
    return (a, b, c, d) -> {
      float x = format.decode((int) flushed(a, m));
      float y = format.decode((int) flushed(b, m));
      return format.encode(FloatOps.extremum(x, y, m, least));
    };
  }
}
