package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import java.util.Arrays;

/**
 * A factor of a matrix product, taken out of its fragment: lines (rows of A, columns of B) of
 * values, and small codes of their exponents: 0 for zero, else the exponent less the largest one,
 * plus {@link #TOP}. A sum of two codes above {@link #TOP} is one of two values that are not zero,
 * and fits seven bits. A warp keeps some of them: products that follow one another share factors.
 */
final class Unpacked {
  static final int TOP = 63;

  /** The least code of what is not zero: a sum of two is less than any that overflows a byte. */
  private static final int LEAST = 24;

  private static final int BIAS = 127;
  private static final long ALL_BYTES = 0x01010101_01010101L;

  int lines;
  int length;
  float[] singles = {};
  double[] values = {};

  /** By line and place: the code in each byte. */
  long[] codes = {};

  /** By eight lines and place: the codes of the lines, the first lowest. */
  long[] columnCodes = {};

  /** The largest exponent, or one that none exceeds. */
  int largest;

  /** The exponent field of the format's subnormals, as single precision has it. */
  private int leastField;

  private boolean regular;

  /** What was taken last: from these places, these words, and how far the codes are made. */
  private int[] takenPlaces;

  private DataType takenType;
  private int[] taken = {};
  private boolean coded;

  /** Whether the fragment is the one taken last. */
  private boolean isTaken(int[][] lanes, DataType type, int[] places) {
    if (takenPlaces != places || takenType != type) {
      return false;
    }
    for (int r = 0; r < lanes.length; r++) {
      int at = r * Warp.SIZE;
      if (!Arrays.equals(lanes[r], 0, Warp.SIZE, taken, at, at + Warp.SIZE)) {
        return false;
      }
    }
    return true;
  }

  private void note(int[][] lanes, DataType type, int[] places) {
    takenPlaces = places;
    takenType = type;
    coded = false;
    if (taken.length < lanes.length * Warp.SIZE) {
      taken = new int[lanes.length * Warp.SIZE];
    }
    for (int r = 0; r < lanes.length; r++) {
      System.arraycopy(lanes[r], 0, taken, r * Warp.SIZE, Warp.SIZE);
    }
  }

  /** Whether all is finite and the codes tell all exponents. */
  boolean isRegular() {
    return regular;
  }

  /**
   * Takes a fragment.
   *
   * @param places by register, element and lane: line * length + place
   */
  void take(
      int[][] lanes, DataType type, Fragment fragment, int[] places, int newLines, int newLength) {
    if (isTaken(lanes, type, places)) {
      return;
    }
    note(lanes, type, places);
    lines = newLines;
    length = newLength;
    int count = lines * length;
    if (singles.length < count) {
      singles = new float[count];
      values = new double[count];
      codes = new long[count];
      columnCodes = new long[count];
    }
    regular = unpack(lanes, type, fragment.packed, places, singles);
    for (int i = 0; i < count; i++) {
      values[i] = singles[i];
    }
    leastField = Math.max(1, SmallFloat.of(type).leastExponent() + BIAS);
    if (type == DataType.BF16 || type == DataType.TF32) {
      int most = 0;
      int least = 255;
      for (int i = 0; i < count; i++) {
        int bits = Float.floatToRawIntBits(singles[i]) & 0x7FFFFFFF;
        int field = Math.max(bits >>> 23, 1);
        most = Math.max(most, field);
        least = bits == 0 ? least : Math.min(least, field);
      }
      regular &= most < 255 && (most - least <= TOP - LEAST || least == 255);
      largest = most - BIAS;
    } else {
      largest = type == DataType.E4M3 ? 8 : 15;
    }
  }

  /**
   * Puts values at places given by register, element and lane.
   *
   * @return whether all are finite; of f32, true
   */
  static boolean unpack(int[][] lanes, DataType type, int packed, int[] places, float[] to) {
    int special = 0;
    for (int r = 0; r < lanes.length; r++) {
      int at = r * packed * Warp.SIZE;
      if (type == DataType.F16) {
        special |= unpackHalves(lanes[r], places, at, to);
      } else if (type == DataType.F32) {
        unpackSingles(lanes[r], places, at, to);
      } else {
        special |= unpack(lanes[r], SmallFloat.of(type), packed, places, at, to) ? 0 : 0x8000;
      }
    }
    if ((special & 0x8000) == 0) {
      return true;
    }
    for (int r = 0; r < lanes.length; r++) {
      unpack(lanes[r], SmallFloat.of(type), packed, places, r * packed * Warp.SIZE, to);
    }
    return false;
  }

  /** By a product that puts the exponent right; bit 15 of the result: some are not finite. */
  private static int unpackHalves(int[] lanes, int[] places, int at, float[] to) {
    int special = 0;
    for (int lane = 0; lane < Warp.SIZE; lane++) {
      int low = lanes[lane];
      int high = low >>> 16;
      special |= (low & 0x7C00) + 0x0400 | (high & 0x7C00) + 0x0400;
      to[places[at + lane]] = half(low);
      to[places[at + Warp.SIZE + lane]] = half(high);
    }
    return special;
  }

  private static float half(int bits) {
    return Float.intBitsToFloat((bits & 0x8000) << 16 | (bits & 0x7FFF) << 13) * 0x1p112f;
  }

  private static void unpackSingles(int[] lanes, int[] places, int at, float[] to) {
    for (int lane = 0; lane < Warp.SIZE; lane++) {
      to[places[at + lane]] = Float.intBitsToFloat(lanes[lane]);
    }
  }

  /** Whether all values are finite. */
  private static boolean unpack(
      int[] lanes, SmallFloat format, int packed, int[] places, int at, float[] to) {
    int width = 32 / packed;
    float zero = 0;
    for (int e = 0; e < packed; e++) {
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        float x = format.decode(lanes[lane] >>> e * width);
        to[places[at + e * Warp.SIZE + lane]] = x;
        zero += x * 0; // NaN once x is not finite.
      }
    }
    return zero == 0;
  }

  private int code(int at) {
    int bits = Float.floatToRawIntBits(singles[at]) & 0x7FFFFFFF;
    return bits == 0 ? 0 : Math.max(bits >>> 23, leastField) - BIAS - largest + TOP;
  }

  /** Makes the codes of rows. */
  void codeRows() {
    if (coded) {
      return;
    }
    coded = true;
    for (int i = 0; i < lines * length; i++) {
      codes[i] = code(i) * ALL_BYTES;
    }
  }

  /** Makes the codes of columns, eight of them together. */
  void codeColumns() {
    if (coded) {
      return;
    }
    coded = true;
    Arrays.fill(columnCodes, 0, lines * length / 8, 0);
    for (int line = 0; line < lines; line++) {
      int to = line / 8 * length;
      for (int i = 0; i < length; i++) {
        columnCodes[to + i] |= (long) code(line * length + i) << line % 8 * 8;
      }
    }
  }
}
