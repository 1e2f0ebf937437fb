package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Operand;
import java.util.List;

/**
 * Stores to bit-fields: a load, an {@code and} with a constant, an {@code or} unless the field
 * becomes zero, and a store to the same address. The bits that are kept may never have been
 * written; the result counts as written when the bits put in are, as it would if each bit were
 * looked at.
 */
final class BitFields {
  private static final int NEAR = 16;

  private BitFields() {}

  /** The operation of an {@code or} that puts bits into a field, or the plain one that is given. */
  static Op wrap(Decoder d, List<Instruction> body, int pc, Op plain) {
    Instruction or = body.get(pc);
    if (or.opcode() == Opcode.AND
        && or.modifiers().type() != DataType.PRED
        && or.source(1) instanceof Operand.Imm) {
      int load = writer(body, pc, or.source(0));
      return load >= 0 && isStoredBack(body, pc, body.get(load))
          ? put(d, or, or.source(1), plain)
          : plain;
    }
    if (or.opcode() != Opcode.OR || or.modifiers().type() == DataType.PRED) {
      return plain;
    }
    for (int k = 0; k < 2; k++) {
      Operand kept = or.source(k);
      Operand put = or.source(1 - k);
      int and = writer(body, pc, kept);
      if (and < 0 || body.get(and).opcode() != Opcode.AND) {
        continue;
      }
      int load = writer(body, and, body.get(and).source(0));
      boolean constant = body.get(and).source(1) instanceof Operand.Imm;
      if (constant && load >= 0 && isStoredBack(body, pc, body.get(load))) {
        return put(d, or, put, plain);
      }
    }
    return plain;
  }

  private static Op put(Decoder d, Instruction i, Operand bits, Op plain) {
    boolean wide = i.modifiers().type().bits() == 64;
    int from = wide ? d.longSource(bits) : d.intSource(bits);
    int to = wide ? d.longDestination(i.destination()) : d.intDestination(i.destination());
    return new Put(plain, wide, from, to);
  }

  /** The instruction shortly before that writes a register, or -1. */
  private static int writer(List<Instruction> body, int before, Operand operand) {
    for (int i = before - 1; i >= Math.max(0, before - NEAR); i--) {
      if (body.get(i).destinations().contains(operand)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isStoredBack(List<Instruction> body, int or, Instruction load) {
    if (load.opcode() != Opcode.LD) {
      return false;
    }
    Operand result = body.get(or).destination();
    for (int i = or + 1; i < Math.min(body.size(), or + NEAR); i++) {
      Instruction store = body.get(i);
      if (store.opcode() == Opcode.ST && store.source(1).equals(result)) {
        return store.source(0).equals(load.source(0));
      }
    }
    return false;
  }

  private static final class Put extends Op {
    private final Op plain;
    private final boolean wide;
    private final int from;
    private final int to;

    Put(Op plain, boolean wide, int from, int to) {
      this.plain = plain;
      this.wide = wide;
      this.from = from;
      this.to = to;
    }

    @Override
    void run(Warp w, int mask) {
      int[] defined = wide ? w.frame.longsDefined : w.frame.intsDefined;
      int known = defined[from] & mask;
      plain.run(w, mask);
      defined[to] = defined[to] & ~mask | known;
    }
  }
}
