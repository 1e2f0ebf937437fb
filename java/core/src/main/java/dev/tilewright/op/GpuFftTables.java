package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Half;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The matrices of the fused GPU convolution, as the lanes of a warp hold them: {@code
 * fftconv_fwd.cuh} says which. All are symmetric and unitary: S[i,j] = R^(-1/2) e^(-2πi
 * (i+s)(j+s)/R).
 *
 * <p>First the outer matrix of the planes, by tiles of 16 × 16, its real part and its imaginary
 * part, each 4 registers a lane. Rows of fewer than 8 planes share 8 in one block-diagonal matrix,
 * whose form forward is [Re; Im], 16 × 8, and back [Re | Im], 8 × 16. Then for each plane its two
 * inner matrices.
 */
final class GpuFftTables {
  /** Points of a plane, and the lanes of a warp. */
  static final int POINTS = 256;

  /** Frequencies are k - 1/4: what wraps around a row comes back times i. */
  static final double SHIFT = -0.25;

  private static final int LANES = 32;

  private final DType dtype;
  private final int rowPlanes;
  private final int planes;
  private final ByteBuffer out;

  private GpuFftTables(DType dtype, int rowPlanes) {
    this.dtype = dtype;
    this.rowPlanes = rowPlanes;
    planes = Math.max(8, rowPlanes);
    out = ByteBuffer.allocate(bytes(rowPlanes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes of the tables of a row of so many planes. */
  static int bytes(int rowPlanes) {
    int planes = Math.max(8, rowPlanes);
    int tiles = planes / 16;
    int outer = tiles == 0 ? 2 : 2 * tiles * tiles;
    return 16 * LANES * (outer + 4 * planes);
  }

  /**
   * The tables.
   *
   * @param dtype F16 or BF16
   * @param rowPlanes points of a row / 256, a power of two
   */
  static byte[] of(DType dtype, int rowPlanes) {
    GpuFftTables tables = new GpuFftTables(dtype, rowPlanes);
    tables.write();
    return tables.out.array();
  }

  /** An element of a matrix by row and column. */
  private interface Matrix {
    double at(int row, int column);
  }

  private void write() {
    if (planes == 8) {
      Matrix forward = (i, j) -> outer(i % 8, j, i >= 8);
      Matrix back = (i, j) -> i < 8 ? outer(i, j % 8, j >= 8) : 0;
      for (int lane = 0; lane < LANES; lane++) {
        pair(forward, lane / 4, 2 * (lane % 4));
        pair(forward, lane / 4 + 8, 2 * (lane % 4));
        out.putLong(0);
      }
      fragment(back, 0, 0);
    } else {
      for (int m = 0; m < planes; m += 16) {
        for (int k = 0; k < planes; k += 16) {
          fragment((i, j) -> outer(i, j, false), m, k);
          fragment((i, j) -> outer(i, j, true), m, k);
        }
      }
    }
    for (int plane = 0; plane < planes; plane++) {
      double shift = (plane % rowPlanes + SHIFT) / rowPlanes;
      for (double s : new double[] {shift, shift / 16}) {
        fragment((i, j) -> element(16, s, i, j, false), 0, 0);
        fragment((i, j) -> element(16, s, i, j, true), 0, 0);
      }
    }
  }

  private double outer(int i, int j, boolean imaginary) {
    return i / rowPlanes == j / rowPlanes
        ? element(rowPlanes, SHIFT, i % rowPlanes, j % rowPlanes, imaginary)
        : 0;
  }

  private static double element(int size, double shift, int i, int j, boolean imaginary) {
    double turns = (i + shift) * (j + shift) / size;
    double angle = -2 * Math.PI * (turns - Math.rint(turns));
    return (imaginary ? Math.sin(angle) : Math.cos(angle)) / Math.sqrt(size);
  }

  /** A tile of 16 × 16 as the A operand of m16n8k16. */
  private void fragment(Matrix matrix, int row, int column) {
    for (int lane = 0; lane < LANES; lane++) {
      for (int register = 0; register < 4; register++) {
        pair(
            matrix,
            row + lane / 4 + 8 * (register & 1),
            column + 2 * (lane % 4) + 8 * (register >> 1));
      }
    }
  }

  private void pair(Matrix matrix, int row, int column) {
    for (int e = 0; e < 2; e++) {
      float value = (float) matrix.at(row, column + e);
      out.putShort(dtype == DType.F16 ? Half.f32ToF16(value) : Half.f32ToBf16(value));
    }
  }
}
