package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.Register;
import dev.tilewright.ptx.StateSpace;
import java.util.List;

/** ld, ldu and st (ISA sections 9.7.9.8 to 9.7.9.12). */
final class MemoryOps {
  private MemoryOps() {}

  /** The elements of a vector operand; of any other, itself. */
  static List<Operand> elements(Operand operand) {
    return operand instanceof Operand.Vector vector ? vector.elements() : List.of(operand);
  }

  static Op load(Decoder d, Instruction i) {
    DataType type = i.modifiers().type();
    List<Operand> into = elements(i.destination());
    MemoryOp.note(d, i.modifiers().space(), type);
    int[] slots = new int[into.size()];
    boolean[] wide = new boolean[into.size()];
    int[] keep = new int[into.size()];
    for (int k = 0; k < slots.length; k++) {
      Operand o = into.get(k);
      wide[k] = d.isLong(o);
      slots[k] = wide[k] ? d.longDestination(o) : d.intDestination(o);
      keep[k] = o instanceof Operand.Reg reg && bits(reg.register()) == 16 ? 0xFFFF : -1;
    }
    return new Load(
        AddressSource.of(d, i.source(0)), i.modifiers().space(), type, i, slots, wide, keep);
  }

  private static int bits(Register register) {
    return register.registerClass().bits();
  }

  private static final class Load extends MemoryOp {
    private final AddressSource address;
    private final int element;
    private final int extend;
    private final int[] slots;
    private final boolean[] wide;
    private final int[] keep;

    Load(
        AddressSource address,
        StateSpace space,
        DataType type,
        Instruction i,
        int[] slots,
        boolean[] wide,
        int[] keep) {
      super(space, type.bytes() * slots.length, i);
      this.address = address;
      this.element = Math.min(8, type.bytes());
      this.extend = type.isSigned() ? 64 - type.bits() : 0;
      this.slots = slots;
      this.wide = wide;
      this.keep = keep;
    }

    @Override
    void run(Warp w, int mask) {
      checkAddress(w, address, mask);
      if (strong) {
        w.poll(this, mask);
      }
      int[] known = new int[slots.length];
      boolean check = w.block.grid.checks;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        int bit = 1 << lane;
        Segment segment = locate(w, lane, address.at(w, lane));
        int at = w.foundAt;
        for (int k = 0; k < slots.length; k++) {
          long value = 0;
          if (segment != null) {
            value = segment.load(at, element);
            if (!check || isDefined(w, lane, segment, at, element)) {
              known[k] |= bit;
            }
            at += element;
          } else {
            known[k] |= bit;
          }
          value = value << extend >> extend;
          if (wide[k]) {
            w.longs[slots[k]][lane] = value;
          } else {
            w.ints[slots[k]][lane] = (int) value & keep[k];
          }
        }
        if (check && segment != null) {
          noteAccess(w, lane, segment, w.foundAt, size, false, false);
          if (reachesDevice() && w.block.grid.global != null) {
            w.block.grid.global.observe(w, this, segment, w.foundAt);
          }
        }
      }
      for (int k = 0; k < slots.length; k++) {
        int[] defined = wide[k] ? w.frame.longsDefined : w.frame.intsDefined;
        defined[slots[k]] = defined[slots[k]] & ~mask | known[k];
      }
    }
  }

  static Op store(Decoder d, Instruction i) {
    DataType type = i.modifiers().type();
    List<Operand> from = elements(i.source(1));
    MemoryOp.note(d, i.modifiers().space(), type);
    int[] slots = new int[from.size()];
    boolean[] wide = new boolean[from.size()];
    for (int k = 0; k < slots.length; k++) {
      wide[k] = d.isLong(from.get(k));
      slots[k] = wide[k] ? d.longSource(from.get(k)) : d.intSource(from.get(k));
    }
    return new Store(AddressSource.of(d, i.source(0)), i.modifiers().space(), type, i, slots, wide);
  }

  private static final class Store extends MemoryOp {
    private final AddressSource address;
    private final int element;
    private final int[] slots;
    private final boolean[] wide;

    Store(
        AddressSource address,
        StateSpace space,
        DataType type,
        Instruction i,
        int[] slots,
        boolean[] wide) {
      super(space, type.bytes() * slots.length, i);
      this.address = address;
      this.element = Math.min(8, type.bytes());
      this.slots = slots;
      this.wide = wide;
    }

    @Override
    void run(Warp w, int mask) {
      checkAddress(w, address, mask);
      boolean check = w.block.grid.checks;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        Segment segment = locate(w, lane, address.at(w, lane));
        if (segment == null) {
          continue;
        }
        int at = w.foundAt;
        StateSpace in = w.foundSpace;
        boolean same = true;
        for (int k = 0; k < slots.length; k++) {
          long value = wide[k] ? w.longs[slots[k]][lane] : w.ints[slots[k]][lane];
          boolean defined =
              ((wide[k] ? w.frame.longsDefined : w.frame.intsDefined)[slots[k]] >> lane & 1) != 0;
          if (!defined && in == StateSpace.GLOBAL) {
            w.block.checker.undefined(
                w, this, 1 << lane, "stores a value that comes from memory never written");
            defined = true;
          }
          same &= check && segment.load(at, element) == (value & -1L >>> 64 - 8 * element);
          segment.store(at, element, value, defined);
          at += element;
        }
        if (check) {
          noteAccess(w, lane, segment, w.foundAt, size, true, same);
          if (reachesDevice() && w.block.grid.global != null) {
            w.block.grid.global.publish(w, this, segment, w.foundAt, false);
          }
        }
      }
      if (space != StateSpace.LOCAL && space != StateSpace.PARAM) {
        w.block.changes++;
      }
    }
  }
}
