package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;

/**
 * The fragments of mma.m8n8k4 of f16 (ISA section 9.7.14.5.1): four products at once, each of the
 * lanes 4q to 4q + 3 and 16 + 4q to 16 + 4q + 3. Their matrices lie one under another: A as 32 by
 * 4, B as 16 by 8, C and D as 32 by 8.
 */
final class QuadFragments {
  /** How many products an instruction makes. */
  static final int COUNT = 4;

  private static final int SIDE = 8;
  private static final int DEPTH = 4;
  private static final int UPPER = 16;

  private QuadFragments() {}

  private static int computation(int lane) {
    return lane / 4 % COUNT;
  }

  /** The row or column of a lane of its computation. */
  private static int line(int lane) {
    return lane % 4 + (lane < UPPER ? 0 : 4);
  }

  static Fragment a(boolean byRows) {
    Fragment f = new Fragment(COUNT * SIDE, DEPTH, 2, 2);
    return f.fill(
        (r, e, lane) -> {
          int i = 2 * r + e;
          int row = byRows ? line(lane) : i + (lane < UPPER ? 0 : 4);
          f.put(r, e, lane, SIDE * computation(lane) + row, byRows ? i : lane % 4);
        });
  }

  static Fragment b(boolean byRows) {
    Fragment f = new Fragment(COUNT * DEPTH, SIDE, 2, 2);
    return f.fill(
        (r, e, lane) -> {
          int i = 2 * r + e;
          int column = byRows ? i + (lane < UPPER ? 0 : 4) : line(lane);
          f.put(r, e, lane, DEPTH * computation(lane) + (byRows ? lane % 4 : i), column);
        });
  }

  /** Of the accumulators, f16 or f32. */
  static Fragment c(DataType type) {
    boolean halves = type == DataType.F16;
    int packed = halves ? 2 : 1;
    Fragment f = new Fragment(COUNT * SIDE, SIDE, SIDE / packed, packed);
    return f.fill(
        (r, e, lane) -> {
          int i = packed * r + e;
          int row = halves ? line(lane) : (lane & 1) + (i & 2) + (lane < UPPER ? 0 : 4);
          int column = halves ? i : (i & 4) + (lane & 2) + (i & 1);
          f.put(r, e, lane, SIDE * computation(lane) + row, column);
        });
  }
}
