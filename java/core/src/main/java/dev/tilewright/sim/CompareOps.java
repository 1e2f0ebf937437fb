package dev.tilewright.sim;

import dev.tilewright.ptx.Compare;
import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Modifiers;
import dev.tilewright.ptx.Opcode;

/** setp, set, selp, slct, testp (ISA sections 9.7.6, 9.7.7) and logic of predicates. */
final class CompareOps {
  private static final int N = Warp.SIZE;

  private CompareOps() {}

  private interface LaneTest {
    boolean apply(long a, long b);
  }

  static Op setp(Decoder d, Instruction i) {
    boolean set = i.opcode() == Opcode.SET;
    DataType t = set ? i.modifiers().type(1) : i.modifiers().type();
    PredicateSource with = i.sources().size() > 2 ? d.predicate(i.source(2)) : null;
    boolean wide = t.bits() == 64;
    Lanes.IntTest ints = wide ? null : fast(i.modifiers().compare().orElseThrow(), t);
    boolean pair = t.isPacked();
    DataType element = t.element();
    boolean ftz = i.modifiers().ftz();
    Compare compare = i.modifiers().compare().orElseThrow();
    LaneTest test = (a, b) -> holds(compare, element, a, b, ftz);
    Setp op = new Setp();
    op.wide = wide;
    op.pair = pair;
    op.a = wide ? d.longSource(i.source(0)) : d.intSource(i.source(0));
    op.b = wide ? d.longSource(i.source(1)) : d.intSource(i.source(1));
    op.fast = ftz ? null : ints;
    op.test = test;
    op.with = with;
    op.combine = i.modifiers().has("and") ? 1 : i.modifiers().has("or") ? 2 : 3;
    if (set) {
      op.set = true;
      op.result = d.intDestination(i.destination());
      op.one = pair && i.modifiers().type().isInteger() ? 0xFFFF : one(i.modifiers().type());
      op.high = pair ? op.one << 16 : 0;
    } else {
      op.p = d.predicateDestination(i.destination());
      op.q = i.destinations().size() > 1 ? d.predicateDestination(i.destinations().get(1)) : -1;
    }
    return op;
  }

  /** What set writes for true: all bits of an integer, 1.0 of a float. */
  private static int one(DataType type) {
    if (type == DataType.F32) {
      return Float.floatToRawIntBits(1);
    }
    DataType element = type.element();
    if (element == DataType.F16 || element == DataType.BF16) {
      return SmallFloat.of(element).encode(1);
    }
    return type.bits() == 16 ? 0xFFFF : -1;
  }

  static boolean holds(Compare compare, DataType t, long a, long b, boolean ftz) {
    if (t.isFloat()) {
      double x = Conversions.value(a, t);
      double y = Conversions.value(b, t);
      if (ftz && t == DataType.F32) {
        x = Ieee.flush((float) x);
        y = Ieee.flush((float) y);
      }
      boolean unordered = Double.isNaN(x) || Double.isNaN(y);
      return switch (compare) {
        case EQ -> x == y;
        case NE -> !unordered && x != y;
        case LT -> x < y;
        case LE -> x <= y;
        case GT -> x > y;
        case GE -> x >= y;
        case EQU -> unordered || x == y;
        case NEU -> x != y;
        case LTU -> !(x >= y);
        case LEU -> !(x > y);
        case GTU -> !(x <= y);
        case GEU -> !(x < y);
        case NUM -> !unordered;
        case NAN -> unordered;
        default -> throw new IllegalStateException(compare.toString());
      };
    }
    long x = IntegerOps.number(a, t);
    long y = IntegerOps.number(b, t);
    int order = t.isSigned() ? Long.compare(x, y) : Long.compareUnsigned(x, y);
    return switch (compare) {
      case EQ -> order == 0;
      case NE -> order != 0;
      case LT, LO -> order < 0;
      case LE, LS -> order <= 0;
      case GT, HI -> order > 0;
      case GE, HS -> order >= 0;
      default -> throw new IllegalStateException(compare.toString());
    };
  }

  private static Lanes.IntTest fastFloat(Compare compare) {
    return switch (compare) {
      case EQ -> CompareOps::floatsEqual;
      case NEU -> (a, b) -> ~floatsEqual(a, b);
      case LT -> CompareOps::floatsLess;
      case GEU -> (a, b) -> ~floatsLess(a, b);
      case GT -> (a, b) -> floatsLess(b, a);
      case LEU -> (a, b) -> ~floatsLess(b, a);
      case LE -> CompareOps::floatsLessOrEqual;
      case GTU -> (a, b) -> ~floatsLessOrEqual(a, b);
      case GE -> (a, b) -> floatsLessOrEqual(b, a);
      case LTU -> (a, b) -> ~floatsLessOrEqual(b, a);
      default -> null;
    };
  }

  private static int floatsEqual(int[] a, int[] b) {
    int found = 0;
    for (int i = 0; i < N; i++) {
      found |= Float.intBitsToFloat(a[i]) == Float.intBitsToFloat(b[i]) ? 1 << i : 0;
    }
    return found;
  }

  private static int floatsLess(int[] a, int[] b) {
    int found = 0;
    for (int i = 0; i < N; i++) {
      found |= Float.intBitsToFloat(a[i]) < Float.intBitsToFloat(b[i]) ? 1 << i : 0;
    }
    return found;
  }

  private static int floatsLessOrEqual(int[] a, int[] b) {
    int found = 0;
    for (int i = 0; i < N; i++) {
      found |= Float.intBitsToFloat(a[i]) <= Float.intBitsToFloat(b[i]) ? 1 << i : 0;
    }
    return found;
  }

  private static Lanes.IntTest fast(Compare compare, DataType t) {
    if (t == DataType.F32) {
      return fastFloat(compare);
    }
    if (t != DataType.S32 && t != DataType.U32 && t != DataType.B32) {
      return null;
    }
    int flip = t.isSigned() ? 0 : Integer.MIN_VALUE;
    return switch (compare) {
      case EQ -> (a, b) -> equal(a, b);
      case NE -> (a, b) -> ~equal(a, b);
      case LT, LO -> (a, b) -> less(a, b, flip);
      case GE, HS -> (a, b) -> ~less(a, b, flip);
      case GT, HI -> (a, b) -> less(b, a, flip);
      case LE, LS -> (a, b) -> ~less(b, a, flip);
      default -> null;
    };
  }

  private static int equal(int[] a, int[] b) {
    int found = 0;
    for (int i = 0; i < N; i++) {
      found |= a[i] == b[i] ? 1 << i : 0;
    }
    return found;
  }

  private static int less(int[] a, int[] b, int flip) {
    int found = 0;
    for (int i = 0; i < N; i++) {
      found |= (a[i] ^ flip) < (b[i] ^ flip) ? 1 << i : 0;
    }
    return found;
  }

  private static final class Setp extends Op {
    private boolean wide;
    private boolean pair;
    private int a;
    private int b;
    private Lanes.IntTest fast;
    private LaneTest test;
    private PredicateSource with;
    private int combine;
    private int p;
    private int q;
    private boolean set;
    private int result;
    private int one;
    private int high;

    @Override
    void run(Warp w, int mask) {
      int[] known = wide ? w.frame.longsDefined : w.frame.intsDefined;
      int defined = known[a] & known[b];
      int first = fast != null ? fast.apply(w.ints[a], w.ints[b]) : slow(w, mask, 0);
      int second = pair ? slow(w, mask, 16) : ~first;
      if (with != null) {
        int other = with.read(w);
        defined &= with.defined(w);
        first = combine(first, other);
        second = combine(second, other);
      }
      if (set) {
        write(w, mask, first, second, defined);
        return;
      }
      put(w.frame, p, first, mask, defined);
      if (q >= 0) {
        put(w.frame, q, second, mask, defined);
      }
      if ((mask & ~defined) != 0) {
        w.frame.undefinedSince[p] = this;
      }
    }

    private int combine(int x, int y) {
      return combine == 1 ? x & y : combine == 2 ? x | y : x ^ y;
    }

    private int slow(Warp w, int mask, int shift) {
      int found = 0;
      for (int m = mask; m != 0; m &= m - 1) {
        int i = Integer.numberOfTrailingZeros(m);
        long x = wide ? w.longs[a][i] : w.ints[a][i] >>> shift & 0xFFFFFFFFL;
        long y = wide ? w.longs[b][i] : w.ints[b][i] >>> shift & 0xFFFFFFFFL;
        if (pair) {
          x &= 0xFFFF;
          y &= 0xFFFF;
        }
        found |= test.apply(x, y) ? 1 << i : 0;
      }
      return found;
    }

    private void write(Warp w, int mask, int first, int second, int defined) {
      for (int m = mask; m != 0; m &= m - 1) {
        int i = Integer.numberOfTrailingZeros(m);
        int low = (first >> i & 1) != 0 ? one : 0;
        w.ints[result][i] = low | (pair && (second >> i & 1) != 0 ? high : 0);
      }
      int[] known = w.frame.intsDefined;
      known[result] = known[result] & ~mask | defined & mask;
    }
  }

  static void put(Frame frame, int p, int value, int mask, int defined) {
    frame.predicates[p] = frame.predicates[p] & ~mask | value & mask;
    frame.predicatesDefined[p] = frame.predicatesDefined[p] & ~mask | defined & mask;
  }

  static Op selp(Decoder d, Instruction i) {
    boolean wide = d.isLong(i.destination());
    PredicateSource p = d.predicate(i.source(2));
    int to = wide ? d.longDestination(i.destination()) : d.intDestination(i.destination());
    int a = wide ? d.longSource(i.source(0)) : d.intSource(i.source(0));
    int b = wide ? d.longSource(i.source(1)) : d.intSource(i.source(1));
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        int chosen = p.read(w);
        int undefined = mask & ~p.defined(w);
        if (undefined != 0) {
          w.block.checker.undefinedPredicate(w, this, p.index(), undefined);
          w.frame.predicatesDefined[p.index()] |= undefined; // Told once.
        }
        if (mask == -1 && !wide) {
          select(chosen, w.ints[a], w.ints[b], w.ints[to]);
        }
        for (int m = mask == -1 && !wide ? 0 : mask; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          int from = (chosen >> lane & 1) != 0 ? a : b;
          if (wide) {
            w.longs[to][lane] = w.longs[from][lane];
          } else {
            w.ints[to][lane] = w.ints[from][lane];
          }
        }
        int[] known = wide ? w.frame.longsDefined : w.frame.intsDefined;
        int defined = p.defined(w) & (chosen & known[a] | ~chosen & known[b]);
        known[to] = known[to] & ~mask | defined & mask;
      }
    };
  }

  private static void select(int chosen, int[] a, int[] b, int[] to) {
    for (int i = 0; i < N; i++) {
      int all = chosen << 31 - i >> 31;
      to[i] = a[i] & all | b[i] & ~all;
    }
  }

  static Lanes.Scalar slct(Modifiers m) {
    if (m.type(1) == DataType.F32) {
      return (a, b, c, d) -> {
        float x = Float.intBitsToFloat((int) c);
        return (m.ftz() ? Ieee.flush(x) : x) >= 0 ? a : b;
      };
    }
    return (a, b, c, d) -> (int) c >= 0 ? a : b;
  }

  static Op testp(Decoder d, Instruction i) {
    boolean wide = i.modifiers().type() == DataType.F64;
    int a = wide ? d.longSource(i.source(0)) : d.intSource(i.source(0));
    int p = d.predicateDestination(i.destination());
    Modifiers m = i.modifiers();
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        int found = 0;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
          int lane = Integer.numberOfTrailingZeros(rest);
          long bits = wide ? w.longs[a][lane] : w.ints[a][lane];
          found |= is(Conversions.value(bits, m.type()), wide) ? 1 << lane : 0;
        }
        int known = (wide ? w.frame.longsDefined : w.frame.intsDefined)[a];
        put(w.frame, p, found, mask, known);
      }

      private boolean is(double x, boolean twice) {
        double least = twice ? Double.MIN_NORMAL : Float.MIN_NORMAL;
        boolean finite = !Double.isNaN(x) && !Double.isInfinite(x);
        return m.has("finite")
            ? finite
            : m.has("infinite")
                ? Double.isInfinite(x)
                : m.has("number")
                    ? !Double.isNaN(x)
                    : m.has("notanumber")
                        ? Double.isNaN(x)
                        : m.has("normal")
                            ? finite && (x == 0 || Math.abs(x) >= least) // Zero is normal.
                            : x != 0 && Math.abs(x) < least;
      }
    };
  }

  /** and, or, xor, not, mov of predicates. */
  static Op logic(Decoder d, Instruction i) {
    PredicateSource a = d.predicate(i.source(0));
    PredicateSource b = i.sources().size() > 1 ? d.predicate(i.source(1)) : a;
    int to = d.predicateDestination(i.destination());
    Opcode opcode = i.opcode();
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        int x = a.read(w);
        int y = b.read(w);
        int value =
            switch (opcode) {
              case AND -> x & y;
              case OR -> x | y;
              case XOR -> x ^ y;
              case NOT -> ~x;
              default -> x;
            };
        int xKnown = a.defined(w);
        int yKnown = b.defined(w);
        int defined = xKnown & yKnown;
        if (opcode == Opcode.AND) {
          defined |= xKnown & ~x | yKnown & ~y; // False with anything is false.
        } else if (opcode == Opcode.OR) {
          defined |= xKnown & x | yKnown & y;
        }
        put(w.frame, to, value, mask, defined);
      }
    };
  }

  static boolean isPredicateLogic(Instruction i) {
    return !i.modifiers().types().isEmpty() && i.modifiers().type() == DataType.PRED;
  }

  /** lop3 with a predicate: whether the result is not zero, combined with another. */
  static Op lop3(Decoder d, Instruction i, Lanes.Scalar table) {
    int[] from = {d.intSource(i.source(0)), d.intSource(i.source(1)), d.intSource(i.source(2))};
    int to = d.intDestination(i.destination());
    int p = d.predicateDestination(i.destinations().get(1));
    PredicateSource q = d.predicate(i.source(4));
    boolean and = i.modifiers().has("and");
    return new Op() {
      @Override
      void run(Warp w, int mask) {
        int[] known = w.frame.intsDefined;
        int defined = known[from[0]] & known[from[1]] & known[from[2]];
        int nonZero = 0;
        for (int m = mask; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          int x = w.ints[from[0]][lane];
          int y = w.ints[from[1]][lane];
          int z = w.ints[from[2]][lane];
          int value = (int) table.apply(x, y, z, 0);
          w.ints[to][lane] = value;
          nonZero |= value != 0 ? m & -m : 0;
        }
        int other = q.read(w);
        known[to] = known[to] & ~mask | defined & mask;
        put(w.frame, p, and ? nonZero & other : nonZero | other, mask, defined & q.defined(w));
      }
    };
  }
}
