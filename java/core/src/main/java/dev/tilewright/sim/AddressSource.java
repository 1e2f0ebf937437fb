package dev.tilewright.sim;

import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.StateSpace;

/** An address operand: a register or a constant, and bytes added to it. */
final class AddressSource {
  private final boolean wide;
  private final int slot;
  private final long offset;
  private final boolean inFrame;

  private AddressSource(boolean wide, int slot, long offset, boolean inFrame) {
    this.wide = wide;
    this.slot = slot;
    this.offset = offset;
    this.inFrame = inFrame;
  }

  static AddressSource of(Decoder d, Operand operand) {
    Operand.Address address = (Operand.Address) operand;
    Operand base = address.base();
    if (base instanceof Operand.Symbol symbol) {
      boolean inFrame = symbol.variable().space() == StateSpace.LOCAL;
      return new AddressSource(true, d.longSource(base), address.offset(), inFrame);
    }
    if (base instanceof Operand.Imm imm) {
      return new AddressSource(true, d.code().longConstant(imm.bits()), address.offset(), false);
    }
    boolean wide = d.isLong(base);
    int slot = wide ? d.longSource(base) : d.intSource(base);
    return new AddressSource(wide, slot, address.offset(), false);
  }

  long at(Warp w, int lane) {
    long base = wide ? w.longs[slot][lane] : w.ints[slot][lane] & 0xFFFFFFFFL;
    return base + offset + (inFrame ? w.frame.localBase : 0);
  }

  /** The addresses of all lanes. */
  void read(Warp w, long[] into) {
    long add = offset + (inFrame ? w.frame.localBase : 0);
    if (wide) {
      long[] base = w.longs[slot];
      for (int i = 0; i < Warp.SIZE; i++) {
        into[i] = base[i] + add;
      }
    } else {
      int[] base = w.ints[slot];
      for (int i = 0; i < Warp.SIZE; i++) {
        into[i] = (base[i] & 0xFFFFFFFFL) + add;
      }
    }
  }

  /** The lanes whose address was computed from written memory only. */
  int defined(Warp w) {
    return (wide ? w.frame.longsDefined : w.frame.intsDefined)[slot];
  }
}
