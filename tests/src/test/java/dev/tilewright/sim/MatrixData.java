package dev.tilewright.sim;

import java.util.Random;

/** A matrix of integers of a type, and its bytes in memory or in the registers of a warp. */
final class MatrixData {
  /** The row and the column of an element of a lane, packed as row * columns + column. */
  interface Place {
    int of(int lane, int element);
  }

  final MatrixElement type;
  final int rows;
  final int columns;
  final long[] values;

  MatrixData(MatrixElement type, int rows, int columns) {
    this.type = type;
    this.rows = rows;
    this.columns = columns;
    this.values = new long[rows * columns];
  }

  static MatrixData random(MatrixElement type, int rows, int columns, Random random) {
    MatrixData matrix = new MatrixData(type, rows, columns);
    for (int i = 0; i < matrix.values.length; i++) {
      matrix.values[i] = type.random(random);
    }
    return matrix;
  }

  long at(int row, int column) {
    return values[row * columns + column];
  }

  /** How many elements a lane holds. */
  int perLane() {
    return values.length / 32;
  }

  /** As lanes hold it: register by register, of each 32 lanes. */
  byte[] registers(Place place) {
    byte[] bytes = new byte[values.length * type.bits / 8];
    for (int lane = 0; lane < 32; lane++) {
      for (int i = 0; i < perLane(); i++) {
        put(bytes, registerBit(lane, i), type.encode(values[place.of(lane, i)]));
      }
    }
    return bytes;
  }

  /** The opposite of {@link #registers}: the bits of each element. */
  long[] bitsOf(byte[] registers, Place place) {
    long[] bits = new long[values.length];
    for (int lane = 0; lane < 32; lane++) {
      for (int i = 0; i < perLane(); i++) {
        bits[place.of(lane, i)] = get(registers, registerBit(lane, i));
      }
    }
    return bits;
  }

  private int registerBit(int lane, int i) {
    int width = Math.max(32, type.bits);
    return (i / type.packed() * 32 + lane) * width + i % type.packed() * type.bits;
  }

  /** In memory, by rows or by columns, each padded to some elements. */
  byte[] memory(boolean byRows, int pitch) {
    byte[] bytes = new byte[(byRows ? rows : columns) * pitch * type.bits / 8];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        put(bytes, memoryBit(row, column, byRows, pitch), type.encode(at(row, column)));
      }
    }
    return bytes;
  }

  /** The bits of each element in memory. */
  long[] bitsIn(byte[] memory, boolean byRows, int pitch) {
    long[] bits = new long[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        bits[row * columns + column] = get(memory, memoryBit(row, column, byRows, pitch));
      }
    }
    return bits;
  }

  private int memoryBit(int row, int column, boolean byRows, int pitch) {
    return (byRows ? row * pitch + column : column * pitch + row) * type.bits;
  }

  /** The bits that each element should have. */
  long[] bits() {
    long[] bits = new long[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = type.encode(values[i]);
    }
    return bits;
  }

  private void put(byte[] bytes, int bit, long value) {
    if (type.bits < 8) {
      bytes[bit / 8] |= (byte) (value << bit % 8);
      return;
    }
    for (int i = 0; i < type.bits / 8; i++) {
      bytes[bit / 8 + i] = (byte) (value >> 8 * i);
    }
  }

  private long get(byte[] bytes, int bit) {
    if (type.bits < 8) {
      return bytes[bit / 8] >> bit % 8 & (1 << type.bits) - 1;
    }
    long value = 0;
    for (int i = 0; i < type.bits / 8; i++) {
      value |= (bytes[bit / 8 + i] & 0xFFL) << 8 * i;
    }
    return value;
  }

  /** How single bits are multiplied. */
  enum Product {
    TIMES,
    XOR,
    AND
  }

  /** A B + C by a plain loop; sums of s32 wrap or saturate. */
  static MatrixData multiply(
      MatrixData a,
      MatrixData b,
      MatrixData c,
      MatrixElement type,
      Product product,
      boolean saturate) {
    MatrixData d = new MatrixData(type, c.rows, c.columns);
    for (int row = 0; row < c.rows; row++) {
      for (int column = 0; column < c.columns; column++) {
        long sum = c.at(row, column);
        for (int k = 0; k < a.columns; k++) {
          long x = a.at(row, k);
          long y = b.at(k, column);
          sum += product == Product.TIMES ? x * y : product == Product.XOR ? x ^ y : x & y;
        }
        if (type == MatrixElement.S32) {
          sum =
              saturate ? Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, sum)) : (int) sum;
        }
        d.values[row * c.columns + column] = sum;
      }
    }
    return d;
  }
}
