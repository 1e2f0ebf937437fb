package dev.tilewright.op;

import dev.tilewright.schedule.Tile;

/**
 * How a convolution is laid on a GPU: the transform of its rows, the blocks, their shared memory.
 * The numbers are those of {@code fftconv_fwd.cuh}.
 *
 * @param outer of a long transform, the points of its outer passes; 1 where a block holds a row
 * @param points of a block's transform: a power of two from 256 to 32768
 * @param rowsPerBlock rows of a channel that a block convolves, one pass after the other
 * @param parts blocks of a channel
 * @param pipelined whether a block has three passes under way, in buffers of their own
 */
record GpuFftShape(int outer, int points, long rowsPerBlock, long parts, boolean pipelined) {
  /** Bytes from plane to plane in shared memory. */
  private static final int PITCH = 528;

  /** The shape of a tile, legal for the spec. */
  static GpuFftShape of(FftConv.Spec spec, Tile tile) {
    int outer = tile.getInt("outer");
    int points = tile.getInt("points");
    boolean pipelined = tile.get("pipelined") == 1;
    long rows = tile.get("passes") * new GpuFftShape(outer, points, 1, 1, pipelined).passRows();
    return new GpuFftShape(outer, points, rows, (spec.batch() + rows - 1) / rows, pipelined);
  }

  /** Planes of 256 points of a row. */
  int rowPlanes() {
    return points / GpuFftTables.POINTS;
  }

  /** Planes of a pass. */
  int planes() {
    return Math.max(8, rowPlanes());
  }

  /** Rows of a pass. */
  int passRows() {
    return planes() / rowPlanes();
  }

  /** The end of the name of the convolution's kernel. */
  String kernelSuffix() {
    return gradientSuffix() + (pipelined ? "_pipelined" : "");
  }

  /** The end of the name of the kernel of the spectrum's gradient. */
  String gradientSuffix() {
    return "_n" + points + (outer > 1 ? "_complex" : "");
  }

  /** Threads of a block. */
  int threads() {
    return 32 * Math.min(16, planes());
  }

  /** Dynamic shared memory of the convolution. */
  int sharedBytes(boolean gated) {
    return PITCH * planes() * (pipelined ? gated ? 10 : 8 : 2);
  }

  /** Dynamic shared memory of the spectrum's gradient. */
  int gradientSharedBytes() {
    return PITCH * planes() * 2;
  }

  /** Bytes of the spectra of so many channels. */
  long spectrumBytes(long channels) {
    return channels * outer * points * 2 * Float.BYTES;
  }
}
