package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Modifiers;
import dev.tilewright.ptx.Operand;

/** Warp-wide exchange (ISA sections 9.7.9.6 and 9.7.13.9 to 9.7.13.16). */
final class WarpOps {
  private WarpOps() {}

  static Op decode(Decoder d, Instruction i) {
    CollectiveOp op =
        switch (i.opcode()) {
          case SHFL_SYNC -> new Shuffle(d, i);
          case VOTE_SYNC -> new Vote(d, i);
          case MATCH -> new Match(d, i);
          case REDUX_SYNC -> new Redux(d, i);
          case ELECT_SYNC -> new Elect(d, i);
          default -> new Meet();
        };
    op.maskSlot = d.intSource(i.sources().get(i.sources().size() - 1));
    op.key = i.opcode() + i.modifiers().toString();
    return op;
  }

  /** activemask: the lanes that run it together. */
  static Op activeMask(Decoder d, Instruction i) {
    int to = d.intDestination(i.destination());
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        setInts(w, to, mask, mask);
      }
    };
  }

  private static void setInts(Warp w, int to, int lanes, int value) {
    for (int m = lanes; m != 0; m &= m - 1) {
      w.ints[to][Integer.numberOfTrailingZeros(m)] = value;
    }
    w.frame.intsDefined[to] |= lanes;
  }

  /** bar.warp.sync. */
  private static final class Meet extends CollectiveOp {
    @Override
    void gather(Warp w, int lanes, Exchange x) {}

    @Override
    void scatter(Warp w, int lanes, Exchange x, int named) {}
  }

  private static final class Shuffle extends CollectiveOp {
    private static final int INDEX = 0;
    private static final int UP = 1;
    private static final int DOWN = 2;
    private static final int BUTTERFLY = 3;

    private final int a;
    private final int b;
    private final int c;
    private final int to;
    private final int p;
    private final int mode;

    Shuffle(Decoder d, Instruction i) {
      a = d.intSource(i.source(0));
      b = d.intSource(i.source(1));
      c = d.intSource(i.source(2));
      to = d.intDestination(i.destination());
      p = i.destinations().size() > 1 ? d.predicateDestination(i.destinations().get(1)) : -1;
      Modifiers m = i.modifiers();
      mode = m.has("up") ? UP : m.has("down") ? DOWN : m.has("bfly") ? BUTTERFLY : INDEX;
    }

    @Override
    void gather(Warp w, int lanes, Exchange x) {
      for (int m = lanes; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        x.values[lane] = w.ints[a][lane];
      }
      x.defined &= w.frame.intsDefined[a] | ~lanes;
    }

    @Override
    void scatter(Warp w, int lanes, Exchange x, int named) {
      int valid = 0;
      int defined = 0;
      int missing = 0;
      for (int m = lanes; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        int control = w.ints[c][lane];
        int from = source(lane, w.ints[b][lane] & 31, control & 31, control >> 8 & 31);
        if (from >= 0) {
          valid |= 1 << lane;
        } else {
          from = lane;
        }
        if ((x.lanes >> from & 1) == 0) {
          missing |= 1 << lane;
          from = lane;
        }
        w.ints[to][lane] = (int) x.values[from];
        defined |= (x.defined >> from & 1) << lane;
      }
      w.frame.intsDefined[to] = w.frame.intsDefined[to] & ~lanes | defined;
      if (p >= 0) {
        CompareOps.put(w.frame, p, valid, lanes, -1);
      }
      if (missing != 0) {
        absent(w, missing, "it reads a lane that does not take part");
      }
    }

    @Override
    boolean together(Warp w) {
      int[] from = w.ints[a];
      int[] by = w.ints[b];
      int[] control = w.ints[c];
      int[] result = w.scratchInts;
      int known = w.frame.intsDefined[a];
      int valid = 0;
      int defined = 0;
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        int other = source(lane, by[lane] & 31, control[lane] & 31, control[lane] >> 8 & 31);
        valid |= other >= 0 ? 1 << lane : 0;
        other = other >= 0 ? other : lane;
        result[lane] = from[other];
        defined |= (known >> other & 1) << lane;
      }
      System.arraycopy(result, 0, w.ints[to], 0, Warp.SIZE);
      w.frame.intsDefined[to] = defined;
      if (p >= 0) {
        CompareOps.put(w.frame, p, valid, -1, -1);
      }
      return true;
    }

    /** The lane that is read, or -1 when it lies outside of the segment. */
    private int source(int lane, int by, int clamp, int segment) {
      int least = lane & segment;
      int most = least | clamp & ~segment;
      if (mode == UP) {
        return lane - by >= most ? lane - by : -1;
      }
      int from = mode == DOWN ? lane + by : mode == BUTTERFLY ? lane ^ by : least | by & ~segment;
      return from <= most ? from : -1;
    }
  }

  private static final class Vote extends CollectiveOp {
    private final PredicateSource p;
    private final Modifiers modifiers;
    private final int to;

    Vote(Decoder d, Instruction i) {
      p = d.predicate(i.source(0));
      modifiers = i.modifiers();
      to =
          modifiers.has("ballot")
              ? d.intDestination(i.destination())
              : d.predicateDestination(i.destination());
    }

    @Override
    void gather(Warp w, int lanes, Exchange x) {
      x.truths |= p.read(w) & lanes;
      x.defined &= p.defined(w) | ~lanes;
    }

    @Override
    void scatter(Warp w, int lanes, Exchange x, int named) {
      int known = x.defined == -1 ? -1 : 0;
      if (modifiers.has("ballot")) {
        setInts(w, to, lanes, x.truths);
        w.frame.intsDefined[to] &= known | ~lanes;
        return;
      }
      boolean all = x.truths == x.lanes;
      boolean any = x.truths != 0;
      boolean value = modifiers.has("all") ? all : modifiers.has("any") ? any : all || !any;
      CompareOps.put(w.frame, to, value ? -1 : 0, lanes, known);
    }
  }

  private static final class Match extends CollectiveOp {
    private final boolean wide;
    private final boolean all;
    private final int a;
    private final int to;
    private final int p;

    Match(Decoder d, Instruction i) {
      wide = i.modifiers().type().bits() == 64;
      all = i.modifiers().has("all");
      a = wide ? d.longSource(i.source(0)) : d.intSource(i.source(0));
      to = d.intDestination(i.destination());
      p = i.destinations().size() > 1 ? d.predicateDestination(i.destinations().get(1)) : -1;
    }

    @Override
    void gather(Warp w, int lanes, Exchange x) {
      for (int m = lanes; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        x.values[lane] = wide ? w.longs[a][lane] : w.ints[a][lane];
      }
    }

    @Override
    void scatter(Warp w, int lanes, Exchange x, int named) {
      int equalAll = 0;
      for (int m = lanes; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        int same = 0;
        for (int o = x.lanes; o != 0; o &= o - 1) {
          int other = Integer.numberOfTrailingZeros(o);
          same |= x.values[other] == x.values[lane] ? 1 << other : 0;
        }
        boolean whole = same == x.lanes;
        equalAll |= whole ? 1 << lane : 0;
        w.ints[to][lane] = !all || whole ? same : 0;
      }
      w.frame.intsDefined[to] |= lanes;
      if (p >= 0) {
        CompareOps.put(w.frame, p, equalAll, lanes, -1);
      }
    }
  }

  private static final class Redux extends CollectiveOp {
    private final Modifiers modifiers;
    private final int a;
    private final int to;

    Redux(Decoder d, Instruction i) {
      modifiers = i.modifiers();
      a = d.intSource(i.source(0));
      to = d.intDestination(i.destination());
    }

    @Override
    void gather(Warp w, int lanes, Exchange x) {
      for (int m = lanes; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        x.values[lane] = IntegerOps.number(w.ints[a][lane], number());
      }
      x.defined &= w.frame.intsDefined[a] | ~lanes;
    }

    private DataType number() {
      return modifiers.type();
    }

    @Override
    void scatter(Warp w, int lanes, Exchange x, int named) {
      int first = Integer.numberOfTrailingZeros(x.lanes);
      long result = x.values[first];
      for (int m = x.lanes & x.lanes - 1; m != 0; m &= m - 1) {
        long value = x.values[Integer.numberOfTrailingZeros(m)];
        if (modifiers.has("add")) {
          result += value;
        } else if (modifiers.has("min")) {
          result = Math.min(result, value);
        } else if (modifiers.has("max")) {
          result = Math.max(result, value);
        } else if (modifiers.has("and")) {
          result &= value;
        } else if (modifiers.has("or")) {
          result |= value;
        } else {
          result ^= value;
        }
      }
      setInts(w, to, lanes, (int) result);
      if ((x.defined & x.lanes) != x.lanes) {
        w.frame.intsDefined[to] &= ~lanes;
      }
    }
  }

  private static final class Elect extends CollectiveOp {
    private final int to;
    private final int p;

    Elect(Decoder d, Instruction i) {
      to = d.intDestination(i.destination());
      Operand elected = i.destinations().get(1);
      p = d.predicateDestination(elected);
    }

    @Override
    void gather(Warp w, int lanes, Exchange x) {}

    @Override
    void scatter(Warp w, int lanes, Exchange x, int named) {
      int leader = Integer.numberOfTrailingZeros(x.lanes);
      setInts(w, to, lanes, leader);
      CompareOps.put(w.frame, p, 1 << leader, lanes, -1);
    }
  }
}
