package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.Register;
import dev.tilewright.ptx.StateSpace;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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
    MemoryOp.note(d, i.modifiers().space(), type.bytes() * into.size());
    if (type == DataType.B128) {
      int[] halves = halves(into.stream().mapToInt(d::longDestination).toArray());
      boolean[] wide = new boolean[halves.length];
      Arrays.fill(wide, true);
      StateSpace space = i.modifiers().space();
      AddressSource from = AddressSource.of(d, i.source(0));
      return new Load(from, space, DataType.B64, i, halves, wide, new int[halves.length]);
    }
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

  /** The two registers of 64 bits that hold each of 128. */
  static int[] halves(int[] slots) {
    return Arrays.stream(slots).flatMap(s -> IntStream.of(s, s + 1)).toArray();
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
      request(w, address, mask);
      if (strong) {
        w.poll(this, mask);
      }
      Segment segment = strong ? null : together(w, mask);
      boolean check = w.block.grid.checks;
      if (segment == null || check && !segment.arePlain(w.places, mask, size)) {
        oneByOne(w, mask);
        return;
      }
      int offset = 0;
      for (int k = 0; k < slots.length; k++) {
        if (wide[k]) {
          longs(w.longs[slots[k]], segment, w.places, offset, mask);
          w.frame.longsDefined[slots[k]] |= mask;
        } else {
          if (element == 4) {
            segment.load(w.places, offset, mask, w.ints[slots[k]]);
          } else {
            ints(w.ints[slots[k]], segment, w.places, offset, mask, keep[k]);
          }
          w.frame.intsDefined[slots[k]] |= mask;
        }
        offset += element;
      }
      if (check) {
        noteAccesses(w, segment, mask, false, 0);
      }
    }

    private void longs(long[] into, Segment segment, int[] places, int offset, int mask) {
      if (element == 8) {
        segment.load(places, offset, mask, into);
        return;
      }
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        into[lane] = segment.load(places[lane] + offset, element) << extend >> extend;
      }
    }

    private void ints(int[] into, Segment segment, int[] places, int offset, int mask, int kept) {
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        long value = segment.load(places[lane] + offset, element) << extend >> extend;
        into[lane] = (int) value & kept;
      }
    }

    private void oneByOne(Warp w, int mask) {
      int[] known = new int[slots.length];
      boolean check = w.block.grid.checks;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        int bit = 1 << lane;
        Segment segment = locate(w, lane, w.addresses[lane]);
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
          if (strong) {
            observe(w, lane, segment, w.foundAt);
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
    MemoryOp.note(d, i.modifiers().space(), type.bytes() * from.size());
    if (type == DataType.B128) {
      int[] halves = halves(from.stream().mapToInt(d::longSource).toArray());
      boolean[] wide = new boolean[halves.length];
      Arrays.fill(wide, true);
      StateSpace space = i.modifiers().space();
      return new Store(AddressSource.of(d, i.source(0)), space, DataType.B64, i, halves, wide);
    }
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
      request(w, address, mask);
      Segment segment = strong || !isDefined(w, mask) ? null : together(w, mask);
      if (segment == null) {
        oneByOne(w, mask);
      } else {
        int offset = 0;
        int changed = 0;
        for (int k = 0; k < slots.length; k++) {
          if (!wide[k] && element == 4) {
            changed |= segment.store(w.places, offset, mask, w.ints[slots[k]]);
          } else {
            changed |= others(w, segment, offset, mask, k);
          }
          offset += element;
        }
        if (w.block.grid.checks) {
          noteAccesses(w, segment, mask, true, ~changed);
        }
      }
      if (space != StateSpace.LOCAL && space != StateSpace.PARAM) {
        w.block.changes++;
      }
    }

    private boolean isDefined(Warp w, int mask) {
      int known = -1;
      for (int k = 0; k < slots.length; k++) {
        known &= (wide[k] ? w.frame.longsDefined : w.frame.intsDefined)[slots[k]];
      }
      return (mask & ~known) == 0;
    }

    /** Stores what is not of four bytes; the lanes that changed something. */
    private int others(Warp w, Segment segment, int offset, int mask, int k) {
      int changed = 0;
      long kept = -1L >>> 64 - 8 * element;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        int at = w.places[lane] + offset;
        long value = wide[k] ? w.longs[slots[k]][lane] : w.ints[slots[k]][lane];
        changed |= segment.load(at, element) != (value & kept) ? m & -m : 0;
        segment.store(at, element, value, true);
      }
      return changed;
    }

    private void oneByOne(Warp w, int mask) {
      boolean check = w.block.grid.checks;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        Segment segment = locate(w, lane, w.addresses[lane]);
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
          if (strong) {
            publish(w, segment, w.foundAt, false);
          }
        }
      }
    }
  }
}
