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
 *
 * <p>Tables of f32 come twice, see {@link #parts}.
 */
final class GpuFftTables {
  /** Points of a plane, and the lanes of a warp. */
  static final int POINTS = 256;

  /** Frequencies are k - 1/4: what wraps around a row comes back times i. */
  static final double SHIFT = -0.25;

  private static final int LANES = 32;

  private final DType dtype;
  private final int rowPlanes;
  private final double shift;

  /** Blocks of the outer matrix. */
  private final int blocks;

  /** Which part of each element is written: see {@link #parts}. */
  private int part;

  private final ByteBuffer out;

  private GpuFftTables(DType dtype, int rowPlanes, double shift, int blocks, int fragments) {
    this.dtype = dtype;
    this.rowPlanes = rowPlanes;
    this.shift = shift;
    this.blocks = blocks;
    out = ByteBuffer.allocate(parts(dtype) * 16 * LANES * fragments).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The tables of rows of one block.
   *
   * @param dtype F16, BF16 or F32
   * @param rowPlanes points of a row / 256, a power of two
   * @param shift of the frequencies: {@link #SHIFT}, or 0 in the middle of a long transform
   */
  static byte[] ofRows(DType dtype, int rowPlanes, double shift) {
    int planes = Math.max(8, rowPlanes);
    int tiles = planes / 16;
    int outer = tiles == 0 ? 2 : 2 * tiles * tiles;
    GpuFftTables tables =
        new GpuFftTables(dtype, rowPlanes, shift, planes / rowPlanes, outer + 4 * planes);
    for (tables.part = 0; tables.part < parts(dtype); tables.part++) {
      tables.rows(planes);
    }
    return tables.out.array();
  }

  /**
   * The matrix of the outer passes of a long transform, padded with zeros to whole tiles.
   *
   * @param size a power of two
   */
  static byte[] ofOuter(DType dtype, int size) {
    int tiles = (size + 15) / 16;
    GpuFftTables tables = new GpuFftTables(dtype, size, SHIFT, 1, 2 * tiles * tiles);
    for (tables.part = 0; tables.part < parts(dtype); tables.part++) {
      tables.outer(16 * tiles);
    }
    return tables.out.array();
  }

  /** Tables of f32 are two: of bf16, and of the bf16 of what the first leaves out. */
  private static int parts(DType dtype) {
    return dtype == DType.F32 ? 2 : 1;
  }

  /** An element of a matrix by row and column. */
  private interface Matrix {
    double at(int row, int column);
  }

  private void rows(int planes) {
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
      outer(planes);
    }
    for (int plane = 0; plane < planes; plane++) {
      double first = (plane % rowPlanes + shift) / rowPlanes;
      for (double s : new double[] {first, first / 16}) {
        fragment((i, j) -> element(16, s, i, j, false), 0, 0);
        fragment((i, j) -> element(16, s, i, j, true), 0, 0);
      }
    }
  }

  private void outer(int padded) {
    for (int m = 0; m < padded; m += 16) {
      for (int k = 0; k < padded; k += 16) {
        fragment((i, j) -> outer(i, j, false), m, k);
        fragment((i, j) -> outer(i, j, true), m, k);
      }
    }
  }

  /** An element of the outer matrix: a block for each row of a pass, one for a long transform. */
  private double outer(int i, int j, boolean imaginary) {
    return i / rowPlanes == j / rowPlanes && i / rowPlanes < blocks
        ? element(rowPlanes, shift, i % rowPlanes, j % rowPlanes, imaginary)
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
      double exact = matrix.at(row, column + e);
      float value = (float) exact;
      if (part == 1) {
        value = (float) (exact - Half.bf16ToF32(Half.f32ToBf16(value)));
      }
      out.putShort(dtype == DType.F16 ? Half.f32ToF16(value) : Half.f32ToBf16(value));
    }
  }
}
