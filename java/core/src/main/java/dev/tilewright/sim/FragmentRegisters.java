package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Operand;
import java.util.List;

/** The registers of a fragment operand: gathers a matrix from all lanes, or scatters one. */
final class FragmentRegisters {
  final Fragment fragment;
  private final DataType type;

  /** Of a short floating-point type, else null. */
  private final SmallFloat format;

  private final boolean wide;
  private final int[] slots;

  private FragmentRegisters(Fragment fragment, DataType type, boolean wide, int[] slots) {
    this.fragment = fragment;
    this.type = type;
    boolean isShort = type.isFloat() && type != DataType.F32 && type != DataType.F64;
    this.format = isShort ? SmallFloat.of(type) : null;
    this.wide = wide;
    this.slots = slots;
  }

  static FragmentRegisters read(Decoder d, Fragment fragment, DataType type, Operand operand) {
    List<Operand> elements = MemoryOps.elements(operand);
    boolean wide = type == DataType.F64;
    int[] slots =
        elements.stream().mapToInt(e -> wide ? d.longSource(e) : d.intSource(e)).toArray();
    return new FragmentRegisters(fragment, type, wide, slots);
  }

  static FragmentRegisters written(Decoder d, Fragment fragment, DataType type, Operand operand) {
    List<Operand> elements = MemoryOps.elements(operand);
    boolean wide = type == DataType.F64;
    int[] slots =
        elements.stream()
            .mapToInt(e -> wide ? d.longDestination(e) : d.intDestination(e))
            .toArray();
    return new FragmentRegisters(fragment, type, wide, slots);
  }

  /** How many elements of a type a register holds. */
  static int packed(DataType type) {
    return type == DataType.F64 ? 1 : 32 / (type == DataType.TF32 ? 32 : type.bits());
  }

  DataType type() {
    return type;
  }

  int count() {
    return slots.length;
  }

  /** The lanes where all registers are defined. */
  int defined(Warp w) {
    int known = -1;
    for (int r = 0; r < fragment.registers; r++) {
      known &= (wide ? w.frame.longsDefined : w.frame.intsDefined)[slots[r]];
    }
    return known;
  }

  void setDefined(Warp w, int known) {
    for (int slot : slots) {
      (wide ? w.frame.longsDefined : w.frame.intsDefined)[slot] = known;
    }
  }

  /** The bits of a register in a lane. */
  long bits(Warp w, int register, int lane) {
    return wide ? w.longs[slots[register]][lane] : w.ints[slots[register]][lane] & 0xFFFFFFFFL;
  }

  void setBits(Warp w, int register, int lane, long bits) {
    if (wide) {
      w.longs[slots[register]][lane] = bits;
    } else {
      w.ints[slots[register]][lane] = (int) bits;
    }
  }

  /** The lanes of the registers that hold different elements. */
  int[][] lanes(Warp w) {
    int[][] lanes = new int[fragment.registers][];
    for (int r = 0; r < lanes.length; r++) {
      lanes[r] = w.ints[slots[r]];
    }
    return lanes;
  }

  double[] doubles(Warp w) {
    double[] matrix = new double[fragment.rows * fragment.columns];
    for (int r = 0; r < fragment.registers; r++) {
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        matrix[fragment.place(r, 0, lane)] = Double.longBitsToDouble(w.longs[slots[r]][lane]);
      }
    }
    return matrix;
  }

  int[] integers(Warp w) {
    int[] matrix = new int[fragment.rows * fragment.columns];
    int width = 32 / fragment.packed;
    for (int r = 0; r < fragment.registers; r++) {
      int[] lanes = w.ints[slots[r]];
      for (int e = 0; e < fragment.packed; e++) {
        for (int lane = 0; lane < Warp.SIZE; lane++) {
          int bits = lanes[lane] >>> e * width;
          matrix[fragment.place(r, e, lane)] = (int) IntegerOps.number(bits, type);
        }
      }
    }
    return matrix;
  }

  /** The first register's place in the frame. */
  int firstSlot() {
    return slots[0];
  }

  /** Scatters a matrix; the places are by register, element and lane. */
  void put(Warp w, int[] places, float[] matrix) {
    int width = 32 / fragment.packed;
    for (int r = 0; r < slots.length; r++) {
      int[] lanes = w.ints[slots[r]];
      int at = r % fragment.registers * fragment.packed * Warp.SIZE;
      if (format == null) {
        for (int lane = 0; lane < Warp.SIZE; lane++) {
          float x = matrix[places[at + lane]];
          lanes[lane] = x != x ? Ieee.NAN : Float.floatToRawIntBits(x);
        }
        continue;
      }
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        int bits = 0;
        for (int e = 0; e < fragment.packed; e++) {
          bits |= format.encode(matrix[places[at + e * Warp.SIZE + lane]]) << e * width;
        }
        lanes[lane] = bits;
      }
    }
  }

  void put(Warp w, double[] matrix) {
    for (int r = 0; r < slots.length; r++) {
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        w.longs[slots[r]][lane] =
            Double.doubleToRawLongBits(matrix[fragment.place(r % fragment.registers, 0, lane)]);
      }
    }
  }

  void put(Warp w, int[] matrix) {
    for (int r = 0; r < slots.length; r++) {
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        w.ints[slots[r]][lane] = matrix[fragment.place(r % fragment.registers, 0, lane)];
      }
    }
  }
}
