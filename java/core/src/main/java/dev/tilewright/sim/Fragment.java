package dev.tilewright.sim;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which elements of a matrix each lane's registers hold (ISA sections 9.7.14.5). With g = lane / 4
 * and t = lane % 4, matrices are cut into blocks of 8 rows (columns of B) by as many elements of k
 * as four registers hold; a register of a block holds row g, k from t times its elements. The
 * fragments of wmma, which the ISA leaves open, are laid out in the same way.
 */
final class Fragment {
  private static final int BLOCK = 8;

  final int rows;
  final int columns;

  /** Registers that hold different elements; more ones repeat them. */
  final int registers;

  /** Elements of a register. */
  final int packed;

  /** By register, element and lane: row * columns + column. */
  private final int[] place;

  private int[] transposed;

  Fragment(int rows, int columns, int registers, int packed) {
    this.rows = rows;
    this.columns = columns;
    this.registers = registers;
    this.packed = packed;
    this.place = new int[registers * packed * Warp.SIZE];
  }

  int place(int register, int element, int lane) {
    return place[(register * packed + element) * Warp.SIZE + lane];
  }

  /** By register, element and lane: the place in the matrix, row by row. */
  int[] places() {
    return place;
  }

  /** By register, element and lane: the place in the transposed matrix. */
  synchronized int[] transposedPlaces() {
    if (transposed == null) {
      transposed = new int[place.length];
      for (int i = 0; i < place.length; i++) {
        transposed[i] = place[i] % columns * rows + place[i] / columns;
      }
    }
    return transposed;
  }

  void put(int register, int element, int lane, int row, int column) {
    place[(register * packed + element) * Warp.SIZE + lane] = row * columns + column;
  }

  interface Placement {
    void at(int register, int element, int lane);
  }

  Fragment fill(Placement placement) {
    for (int r = 0; r < registers; r++) {
      for (int e = 0; e < packed; e++) {
        for (int lane = 0; lane < Warp.SIZE; lane++) {
          placement.at(r, e, lane);
        }
      }
    }
    return this;
  }

  private record Key(char factor, int rows, int columns, int packed) {}

  private static final Map<Key, Fragment> ALL = new ConcurrentHashMap<>();

  /** Of A; every call for the same shape gives the same one. */
  static Fragment a(int m, int k, int packed) {
    return ALL.computeIfAbsent(new Key('a', m, k, packed), key -> makeA(m, k, packed));
  }

  /** Of B. */
  static Fragment b(int k, int n, int packed) {
    return ALL.computeIfAbsent(new Key('b', k, n, packed), key -> makeB(k, n, packed));
  }

  /** Of the accumulators: a pair of neighbours in a row. */
  static Fragment c(int m, int n, int packed) {
    return ALL.computeIfAbsent(new Key('c', m, n, packed), key -> makeC(m, n, packed));
  }

  private static Fragment makeA(int m, int k, int packed) {
    Fragment f = new Fragment(m, k, m * k / Warp.SIZE / packed, packed);
    int blocks = m / BLOCK;
    return f.fill(
        (r, e, lane) ->
            f.put(
                r,
                e,
                lane,
                lane / 4 + BLOCK * (r % blocks),
                packed * (lane % 4) + e + 4 * packed * (r / blocks)));
  }

  private static Fragment makeB(int k, int n, int packed) {
    Fragment f = new Fragment(k, n, k * n / Warp.SIZE / packed, packed);
    int blocks = k / (4 * packed);
    return f.fill(
        (r, e, lane) ->
            f.put(
                r,
                e,
                lane,
                packed * (lane % 4) + e + 4 * packed * (r % blocks),
                lane / 4 + BLOCK * (r / blocks)));
  }

  private static Fragment makeC(int m, int n, int packed) {
    Fragment f = new Fragment(m, n, m * n / Warp.SIZE / packed, packed);
    int blocks = m / BLOCK;
    return f.fill(
        (r, e, lane) -> {
          int index = r * packed + e;
          int pair = index / 2;
          f.put(
              r,
              e,
              lane,
              lane / 4 + BLOCK * (pair % blocks),
              2 * (lane % 4) + index % 2 + BLOCK * (pair / blocks));
        });
  }

  /** The extents in a shape's name, {@code m16n8k16}. */
  static int[] shape(String word) {
    String[] parts = word.substring(1).split("[nk]");
    int[] extents = new int[parts.length];
    for (int i = 0; i < extents.length; i++) {
      extents[i] = Integer.parseInt(parts[i]);
    }
    return extents;
  }

  static boolean isShape(String word) {
    return word.matches("m\\d+n\\d+k\\d+");
  }
}
