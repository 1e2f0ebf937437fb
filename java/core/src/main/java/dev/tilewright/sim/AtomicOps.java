package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.StateSpace;

/** atom and red (ISA sections 9.7.13.5, 9.7.13.6). */
final class AtomicOps {
  private AtomicOps() {}

  static Op decode(Decoder d, Instruction i) {
    DataType type = i.modifiers().type();
    if (i.modifiers().vector() > 1 || type == DataType.B128) {
      return WideAtomics.decode(d, i);
    }
    boolean returns = i.opcode() == Opcode.ATOM;
    MemoryOp.note(d, i.modifiers().space(), type.bytes());
    boolean wide = type.bits() == 64;
    Operand b = i.source(1);
    boolean swaps = i.modifiers().has("cas");
    Operand c = swaps ? i.source(2) : b;
    int to =
        !returns
            ? -1
            : wide ? d.longDestination(i.destination()) : d.intDestination(i.destination());
    return new Atomic(
        i,
        type,
        AddressSource.of(d, i.source(0)),
        function(i, type),
        type == DataType.F32 ? AtomicOps::add : null,
        wide,
        wide ? d.longSource(b) : d.intSource(b),
        wide ? d.longSource(c) : d.intSource(c),
        to);
  }

  /** The new value, of the old one and the operands. */
  static Lanes.Scalar function(Instruction i, DataType t) {
    for (String word : i.modifiers().words()) {
      Lanes.Scalar f =
          switch (word) {
            case "and" -> (old, b, c, d) -> old & b;
            case "or" -> (old, b, c, d) -> old | b;
            case "xor" -> (old, b, c, d) -> old ^ b;
            case "exch" -> (old, b, c, d) -> b;
            case "cas" ->
                (old, b, c, d) -> IntegerOps.number(old, t) == IntegerOps.number(b, t) ? c : old;
            case "inc" -> (old, b, c, d) -> Long.compareUnsigned(old, b) >= 0 ? 0 : old + 1;
            case "dec" ->
                (old, b, c, d) -> old == 0 || Long.compareUnsigned(old, b) > 0 ? b : old - 1;
            case "min", "max" -> extremum(i, t, word.equals("min"));
            case "add" -> add(i, t);
            default -> null;
          };
      if (f != null) {
        return f;
      }
    }
    throw new Unsupported(i, "this operation");
  }

  private static Lanes.Scalar extremum(Instruction i, DataType t, boolean least) {
    if (t.isFloat() || t.isPacked()) {
      return HalfOps.scalar(t, least ? Opcode.MIN : Opcode.MAX, i.modifiers());
    }
    return (old, b, c, d) -> less(old, b, t) == least ? old : b;
  }

  private static boolean less(long a, long b, DataType t) {
    long x = IntegerOps.number(a, t);
    long y = IntegerOps.number(b, t);
    return t.isSigned() ? x < y : Long.compareUnsigned(x, y) < 0;
  }

  private static Lanes.Scalar add(Instruction i, DataType t) {
    if (t == DataType.F32) {
      // In global memory subnormals are flushed, in shared memory not.
      return (old, b, c, d) -> flush(add(flush(old), flush(b), c, d));
    }
    if (t == DataType.F64) {
      return (old, b, c, d) ->
          Double.doubleToRawLongBits(Double.longBitsToDouble(old) + Double.longBitsToDouble(b));
    }
    if (t.isFloat() || t.isPacked()) {
      return HalfOps.scalar(i.modifiers().type(), Opcode.ADD, i.modifiers());
    }
    return (old, b, c, d) -> old + b;
  }

  private static long flush(long bits) {
    return Float.floatToRawIntBits(Ieee.flush(Float.intBitsToFloat((int) bits))) & 0xFFFFFFFFL;
  }

  /** Of f32, with subnormals. */
  private static long add(long old, long b, long c, long d) {
    float sum = Float.intBitsToFloat((int) old) + Float.intBitsToFloat((int) b);
    return sum != sum ? Ieee.NAN : Float.floatToRawIntBits(sum) & 0xFFFFFFFFL;
  }

  private static final class Atomic extends MemoryOp {
    private final AddressSource address;
    private final Lanes.Scalar f;

    /** What it does in shared memory, when that is another. */
    private final Lanes.Scalar shared;

    private final boolean wide;
    private final int b;
    private final int c;
    private final int to;
    private final long keep;

    Atomic(
        Instruction i,
        DataType type,
        AddressSource address,
        Lanes.Scalar f,
        Lanes.Scalar shared,
        boolean wide,
        int b,
        int c,
        int to) {
      super(i.modifiers().space(), type.bytes(), i);
      this.address = address;
      this.f = f;
      this.shared = shared;
      this.wide = wide;
      this.b = b;
      this.c = c;
      this.to = to;
      this.keep = -1L >>> 64 - type.bits();
    }

    private long read(Warp w, int slot, int lane) {
      return wide ? w.longs[slot][lane] : w.ints[slot][lane] & keep;
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
        long old = segment.load(at, size);
        if (w.block.grid.checks && !isDefined(w, lane, segment, at, size) && at < limit(w)) {
          w.block.checker.undefined(w, this, 1 << lane, "the memory was never written");
        }
        boolean other = shared != null && w.foundSpace == StateSpace.SHARED;
        long value = (other ? shared : f).apply(old, read(w, b, lane), read(w, c, lane), 0) & keep;
        segment.store(at, size, value, true);
        changed |= value != old;
        if (w.block.grid.checks) {
          noteAccess(w, lane, segment, at, size, true, false);
          observe(w, lane, segment, at);
          publish(w, segment, at, true);
        }
        if (to >= 0) {
          if (wide) {
            w.longs[to][lane] = old;
          } else {
            w.ints[to][lane] = (int) old;
          }
        }
      }
      if (to >= 0) {
        int[] known = wide ? w.frame.longsDefined : w.frame.intsDefined;
        known[to] |= mask;
      }
      if (changed) {
        w.block.changes++;
      } else {
        w.poll(this, mask);
      }
    }

    /** The system's own words in shared memory need no first value. */
    private static int limit(Warp w) {
      return w.foundSpace == StateSpace.SHARED ? w.block.grid.reservedAt : Integer.MAX_VALUE;
    }
  }
}
