package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.SpecialRegister;
import dev.tilewright.ptx.StateSpace;
import java.util.List;

/** mov, cvta, isspacep (ISA section 9.7.9) and what reads clocks. */
final class MoveOps {
  private MoveOps() {}

  static Op mov(Decoder d, Instruction i) {
    Operand from = i.source(0);
    Operand to = i.destination();
    if (d.isPredicate(to)) {
      return CompareOps.logic(d, i);
    }
    if (from instanceof Operand.Vector vector) {
      return pack(d, vector.elements(), to);
    }
    if (to instanceof Operand.Vector vector) {
      return unpack(d, from, vector.elements());
    }
    if (from instanceof Operand.Special special && isClock(special.register())) {
      return clock(d, special, to);
    }
    if (from instanceof Operand.Symbol symbol && symbol.variable().space() == StateSpace.LOCAL) {
      return local(d, symbol, to, 0);
    }
    if (i.modifiers().type() == DataType.B128) {
      return copyTwo(d.longSource(from), d.longDestination(to));
    }
    if (from instanceof Operand.Special && d.isLong(to) != d.isLong(from)
        || d.isLong(from) && !d.isLong(to)) {
      if (!d.isLong(to)) {
        return Lanes.ints(d, i, (x, a, b, c) -> System.arraycopy(a, 0, x, 0, Warp.SIZE));
      }
      return Lanes.scalar(d, to, List.of(from), (a, b, c, e) -> a);
    }
    return d.isLong(to)
        ? Lanes.longs(d, i, (x, a, b, c) -> System.arraycopy(a, 0, x, 0, Warp.SIZE))
        : Lanes.ints(d, i, (x, a, b, c) -> System.arraycopy(a, 0, x, 0, Warp.SIZE));
  }

  private static boolean isClock(SpecialRegister register) {
    return switch (register) {
      case CLOCK, CLOCK_HI, CLOCK64, GLOBALTIMER, GLOBALTIMER_LO, GLOBALTIMER_HI, GRIDID -> true;
      default -> false;
    };
  }

  private static Op clock(Decoder d, Operand.Special special, Operand to) {
    boolean wide = d.isLong(to);
    int slot = wide ? d.longDestination(to) : d.intDestination(to);
    boolean high =
        special.register() == SpecialRegister.CLOCK_HI
            || special.register() == SpecialRegister.GLOBALTIMER_HI;
    boolean one = special.register() == SpecialRegister.GRIDID;
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        long now = one ? 1 : w.steps; // Deterministic: instructions instead of clocks.
        for (int m = mask; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          if (wide) {
            w.longs[slot][lane] = now;
          } else {
            w.ints[slot][lane] = (int) (high ? now >>> 32 : now);
          }
        }
        int[] known = wide ? w.frame.longsDefined : w.frame.intsDefined;
        known[slot] |= mask;
      }
    };
  }

  private static Op local(Decoder d, Operand.Symbol symbol, Operand to, long base) {
    long at = base + d.address(symbol.variable()) + symbol.offset();
    boolean wide = d.isLong(to);
    int slot = wide ? d.longDestination(to) : d.intDestination(to);
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        long address = at + w.frame.localBase;
        for (int m = mask; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          if (wide) {
            w.longs[slot][lane] = address;
          } else {
            w.ints[slot][lane] = (int) address;
          }
        }
        int[] known = wide ? w.frame.longsDefined : w.frame.intsDefined;
        known[slot] |= mask;
      }
    };
  }

  private static Op copyTwo(int from, int to) {
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        for (int half = 0; half < 2; half++) {
          Warp.blend(w.longs[to + half], w.longs[from + half], mask);
          int[] known = w.frame.longsDefined;
          known[to + half] = known[to + half] & ~mask | known[from + half] & mask;
        }
      }
    };
  }

  /** Several elements into one register, the first lowest. */
  private static Op pack(Decoder d, List<Operand> elements, Operand to) {
    int total = width(d, to);
    if (total == 128) {
      return pack128(d, elements, to);
    }
    int width = total / elements.size();
    if (total == 32 && width == 16) {
      return new Join(d.intSource(elements.get(0)), d.intSource(elements.get(1)), d, to);
    }
    long keep = -1L >>> 64 - width;
    return Lanes.scalar(
        d,
        to,
        elements,
        (a, b, c, e) ->
            elements.size() == 2
                ? a & keep | (b & keep) << width
                : a & keep | (b & keep) << width | (c & keep) << 2 * width | e << 3 * width);
  }

  private static int width(Decoder d, Operand operand) {
    return operand instanceof Operand.Reg reg ? reg.register().registerClass().bits() : 32;
  }

  private static Op pack128(Decoder d, List<Operand> elements, Operand to) {
    int slot = d.longDestination(to);
    int[] from = elements.stream().mapToInt(d::longSource).toArray();
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        int[] known = w.frame.longsDefined;
        for (int half = 0; half < 2; half++) {
          Warp.blend(w.longs[slot + half], w.longs[from[half]], mask);
          known[slot + half] = known[slot + half] & ~mask | known[from[half]] & mask;
        }
      }
    };
  }

  /** One register into several, the lowest bits first. */
  private static Op unpack(Decoder d, Operand from, List<Operand> elements) {
    int total = d.isLong(from) ? width(d, from) : 32;
    int count = elements.size();
    int width = total / count;
    boolean wideFrom = d.isLong(from);
    int source = wideFrom ? d.longSource(from) : d.intSource(from);
    boolean[] wide = new boolean[count];
    int[] slots = new int[count];
    for (int k = 0; k < count; k++) {
      wide[k] = d.isLong(elements.get(k));
      slots[k] = wide[k] ? d.longDestination(elements.get(k)) : d.intDestination(elements.get(k));
    }
    if (!wideFrom && count == 2 && total == 32) {
      return new Split(source, slots[0], slots[1]);
    }
    long keep = -1L >>> 64 - width;
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        int known = (wideFrom ? w.frame.longsDefined : w.frame.intsDefined)[source];
        for (int m = mask; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          long low = wideFrom ? w.longs[source][lane] : w.ints[source][lane];
          for (int k = 0; k < count; k++) {
            if (wide[k]) {
              w.longs[slots[k]][lane] = k == 0 ? low : w.longs[source + 1][lane];
            } else {
              w.ints[slots[k]][lane] = (int) (low >>> k * width & keep);
            }
          }
        }
        for (int k = 0; k < count; k++) {
          int[] defined = wide[k] ? w.frame.longsDefined : w.frame.intsDefined;
          defined[slots[k]] = defined[slots[k]] & ~mask | known & mask;
        }
      }
    };
  }

  /** Two halves of 16 bits into one register. */
  private static final class Join extends Op {
    private final int low;
    private final int high;
    private final int to;

    Join(int low, int high, Decoder d, Operand to) {
      this.low = low;
      this.high = high;
      this.to = d.intDestination(to);
    }

    @Override
    void run(Warp w, int mask) {
      int[] a = w.ints[low];
      int[] b = w.ints[high];
      int[] into = mask == -1 ? w.ints[to] : w.scratchInts;
      for (int i = 0; i < Warp.SIZE; i++) {
        into[i] = a[i] & 0xFFFF | b[i] << 16;
      }
      if (mask != -1) {
        Warp.blend(w.ints[to], into, mask);
      }
      int[] known = w.frame.intsDefined;
      known[to] = known[to] & ~mask | known[low] & known[high] & mask;
    }
  }

  /** A register into its halves; either may be dropped. */
  private static final class Split extends Op {
    private final int from;
    private final int low;
    private final int high;

    Split(int from, int low, int high) {
      this.from = from;
      this.low = low;
      this.high = high;
    }

    @Override
    void run(Warp w, int mask) {
      int known = w.frame.intsDefined[from];
      int[] a = w.ints[from];
      if (mask == -1) {
        int[] x = w.ints[low];
        int[] y = w.ints[high];
        for (int i = 0; i < Warp.SIZE; i++) {
          x[i] = a[i] & 0xFFFF;
        }
        for (int i = 0; i < Warp.SIZE; i++) {
          y[i] = a[i] >>> 16;
        }
      } else {
        for (int m = mask; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          w.ints[low][lane] = a[lane] & 0xFFFF;
          w.ints[high][lane] = a[lane] >>> 16;
        }
      }
      int[] defined = w.frame.intsDefined;
      defined[low] = defined[low] & ~mask | known & mask;
      defined[high] = defined[high] & ~mask | known & mask;
    }
  }

  /** cvta: to a generic address, or with .to from one. */
  static Op cvta(Decoder d, Instruction i) {
    long base = Windows.base(i.modifiers().space());
    long add = i.modifiers().has("to") ? -base : base;
    Operand from = i.source(0);
    if (from instanceof Operand.Symbol symbol && symbol.variable().space() == StateSpace.LOCAL) {
      return local(d, symbol, i.destination(), base);
    }
    return Lanes.scalar(d, i.destination(), List.of(from), (a, b, c, e) -> a + add);
  }

  /** createpolicy: the bits of a cache policy are opaque, and all policies do the same. */
  static Op policy(Decoder d, Instruction i) {
    return Lanes.scalar(d, i.destination(), List.of(), (a, b, c, e) -> 0);
  }

  static Op isspacep(Decoder d, Instruction i) {
    StateSpace wanted = i.modifiers().space() == StateSpace.CONST ? null : i.modifiers().space();
    Operand from = i.source(0);
    boolean wide = d.isLong(from);
    int slot = wide ? d.longSource(from) : d.intSource(from);
    int p = d.predicateDestination(i.destination());
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        int found = 0;
        for (int m = mask; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          long address = wide ? w.longs[slot][lane] : w.ints[slot][lane] & 0xFFFFFFFFL;
          found |= Windows.spaceOf(address) == wanted ? 1 << lane : 0;
        }
        int known = (wide ? w.frame.longsDefined : w.frame.intsDefined)[slot];
        CompareOps.put(w.frame, p, found, mask, known);
      }
    };
  }
}
