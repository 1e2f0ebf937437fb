package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;

/**
 * Extended-precision arithmetic (ISA section 9.7.2): add, sub and mad with the carry flag. As in
 * the hardware, which subtracts by adding the complement, the flag of a subtraction is set when
 * nothing was borrowed: the toolkit's division of 128 bits follows {@code subc.cc} with {@code
 * addc}.
 */
final class CarryOps {
  private CarryOps() {}

  static boolean isOne(Instruction i) {
    return i.opcode() == Opcode.ADDC
        || i.opcode() == Opcode.SUBC
        || i.opcode() == Opcode.MADC
        || i.modifiers().has("cc");
  }

  static Op decode(Decoder d, Instruction i) {
    return new Carry(d, i);
  }

  private static final class Carry extends Op {
    private final Opcode opcode;
    private final boolean high;
    private final boolean wide;
    private final boolean sets;
    private final boolean takes;
    private final DataType type;
    private final int[] from;
    private final int to;

    Carry(Decoder d, Instruction i) {
      opcode = i.opcode();
      type = i.modifiers().type();
      high = i.modifiers().has("hi");
      wide = type.bits() == 64;
      sets = i.modifiers().has("cc");
      takes = opcode == Opcode.ADDC || opcode == Opcode.SUBC || opcode == Opcode.MADC;
      from = i.sources().stream().mapToInt(s -> wide ? d.longSource(s) : d.intSource(s)).toArray();
      to = wide ? d.longDestination(i.destination()) : d.intDestination(i.destination());
    }

    private long read(Warp w, int k, int lane) {
      return wide ? w.longs[from[k]][lane] : w.ints[from[k]][lane] & 0xFFFFFFFFL;
    }

    @Override
    void run(Warp w, int mask) {
      int[] known = wide ? w.frame.longsDefined : w.frame.intsDefined;
      int defined = -1;
      for (int slot : from) {
        defined &= known[slot];
      }
      for (int m = mask; m != 0; m &= m - 1) {
        one(w, Integer.numberOfTrailingZeros(m));
      }
      known[to] = known[to] & ~mask | defined & mask;
    }

    private void one(Warp w, int lane) {
      long a = read(w, 0, lane);
      long b = read(w, 1, lane);
      boolean subtracts = opcode == Opcode.SUB || opcode == Opcode.SUBC;
      if (from.length == 3) {
        a = product(a, b);
        b = read(w, 2, lane);
      }
      long flag = w.frame.carry >> lane & 1;
      long in = !takes ? 0 : subtracts ? 1 - flag : flag;
      long result = subtracts ? a - b - in : a + b + in;
      boolean out;
      if (wide) {
        int order = Long.compareUnsigned(subtracts ? a : result, subtracts ? b : a);
        out = order < 0 || order == 0 && in != 0;
      } else {
        out = (result >>> 32 & 1) != 0;
      }
      if (sets) {
        w.frame.carry = w.frame.carry & ~(1 << lane) | (out != subtracts ? 1 << lane : 0);
      }
      if (wide) {
        w.longs[to][lane] = result;
      } else {
        w.ints[to][lane] = (int) result;
      }
    }

    private long product(long a, long b) {
      if (wide) {
        return high ? IntegerOps.high(a, b, type) : a * b;
      }
      long product = IntegerOps.number(a, type) * IntegerOps.number(b, type);
      return (high ? product >> 32 : product) & 0xFFFFFFFFL;
    }
  }
}
