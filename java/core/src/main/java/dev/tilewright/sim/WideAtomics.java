package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Operand;
import java.util.List;

/**
 * atom and red on vectors, each element atomic by itself, and atom.exch and atom.cas of 128 bits
 * (ISA sections 9.7.13.5, 9.7.13.6).
 */
final class WideAtomics extends MemoryOp {
  private static final int HALF_BYTES = 8;

  private final AddressSource address;
  private final int element;

  /** The new value of an element; null for 128 bits, which are compared as a whole. */
  private final Lanes.Scalar function;

  private final boolean swaps;
  private final boolean wide;
  private final int[] b;
  private final int[] c;

  /** Where the old elements go, or null. */
  private final int[] to;

  private final long keep;

  private WideAtomics(Decoder d, Instruction i, DataType type, List<Operand> operands) {
    super(i.modifiers().space(), type.bytes() * operands.size(), i);
    boolean whole = type == DataType.B128;
    address = AddressSource.of(d, i.source(0));
    element = whole ? HALF_BYTES : type.bytes();
    function = whole ? null : AtomicOps.function(i, type);
    swaps = i.modifiers().has("cas");
    wide = whole || type.bits() == 64;
    keep = -1L >>> 64 - 8 * element;
    b = sources(d, operands, whole);
    c = swaps ? sources(d, List.of(i.source(2)), whole) : b;
    to = i.opcode() == Opcode.RED ? null : destinations(d, i, whole);
  }

  private int[] sources(Decoder d, List<Operand> operands, boolean whole) {
    int[] slots =
        operands.stream().mapToInt(o -> wide ? d.longSource(o) : d.intSource(o)).toArray();
    return whole ? MemoryOps.halves(slots) : slots;
  }

  private int[] destinations(Decoder d, Instruction i, boolean whole) {
    int[] slots =
        MemoryOps.elements(i.destination()).stream()
            .mapToInt(o -> wide ? d.longDestination(o) : d.intDestination(o))
            .toArray();
    return whole ? MemoryOps.halves(slots) : slots;
  }

  static Op decode(Decoder d, Instruction i) {
    DataType type = i.modifiers().type();
    List<Operand> operands = MemoryOps.elements(i.source(1));
    MemoryOp.note(d, i.modifiers().space(), type.bytes());
    return new WideAtomics(d, i, type, operands);
  }

  private long read(Warp w, int slot, int lane) {
    return (wide ? w.longs[slot][lane] : w.ints[slot][lane]) & keep;
  }

  @Override
  void run(Warp w, int mask) {
    request(w, address, mask);
    boolean changed = false;
    for (int m = mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      Segment segment = locate(w, lane, w.addresses[lane]);
      if (segment == null) {
        continue;
      }
      int at = w.foundAt;
      if (w.block.grid.checks) {
        for (int k = 0; k < b.length; k++) {
          if (!isDefined(w, lane, segment, at + k * element, element)) {
            w.block.checker.undefined(w, this, 1 << lane, "the memory was never written");
            break;
          }
        }
      }
      changed |= exchange(w, lane, segment, at);
      if (w.block.grid.checks) {
        noteAccess(w, lane, segment, at, size, true, false);
        observe(w, lane, segment, at);
        publish(w, segment, at, true);
      }
    }
    if (to != null) {
      for (int slot : to) {
        (wide ? w.frame.longsDefined : w.frame.intsDefined)[slot] |= mask;
      }
    }
    if (changed) {
      w.block.changes++;
    } else {
      w.poll(this, mask);
    }
  }

  private boolean exchange(Warp w, int lane, Segment segment, int at) {
    long[] old = new long[b.length];
    long[] value = new long[b.length];
    boolean equal = true;
    for (int k = 0; k < b.length; k++) {
      old[k] = segment.load(at + k * element, element);
      equal &= old[k] == read(w, b[k], lane);
    }
    for (int k = 0; k < b.length; k++) {
      long x = read(w, b[k], lane);
      value[k] =
          function != null
              ? function.apply(old[k], x, x, 0) & keep
              : !swaps ? x : equal ? read(w, c[k], lane) : old[k];
    }
    boolean changed = false;
    for (int k = 0; k < b.length; k++) {
      segment.store(at + k * element, element, value[k], true);
      changed |= value[k] != old[k];
      if (to != null && wide) {
        w.longs[to[k]][lane] = old[k];
      } else if (to != null) {
        w.ints[to[k]][lane] = (int) old[k];
      }
    }
    return changed;
  }
}
