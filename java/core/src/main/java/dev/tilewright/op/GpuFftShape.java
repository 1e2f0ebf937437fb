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
 * @param bytes of a sample: 2, or 4 for f32, which tensor cores take as two parts
 */
record GpuFftShape(
    int outer, int points, long rowsPerBlock, long parts, boolean pipelined, int bytes) {
  /** Bytes from plane to plane in shared memory. */
  private static final int PITCH = 528;

  /** The shape of a tile, legal for the spec. */
  static GpuFftShape of(FftConv.Spec spec, Tile tile) {
    int outer = tile.getInt("outer");
    int points = tile.getInt("points");
    boolean pipelined = tile.get("pipelined") == 1;
    int bytes = spec.dtype().bytes();
    long rows =
        tile.get("passes") * new GpuFftShape(outer, points, 1, 1, pipelined, bytes).passRows();
    long parts = (spec.batch() + rows - 1) / rows;
    return new GpuFftShape(outer, points, rows, parts, pipelined, bytes);
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

  /** Threads of a block: f32 needs more registers for each. */
  int threads() {
    return 32 * Math.min(bytes == 4 ? 8 : 16, planes());
  }

  /** Numbers of 16 bits that make up a sample for the tensor cores. */
  int sampleParts() {
    return bytes / 2;
  }

  /** Whether a thread keeps the spectra of its planes in registers while a gradient is summed. */
  boolean keepsSpectra() {
    return bytes == 2 && planes() * 32 / threads() <= 2;
  }

  /** Dynamic shared memory of the convolution. */
  int sharedBytes(boolean gated) {
    return PITCH * planes() * (pipelined ? gated ? 10 : 8 : 2 * sampleParts());
  }

  /** Dynamic shared memory of the spectrum's gradient. */
  int gradientSharedBytes() {
    return PITCH * planes() * 2 * sampleParts();
  }

  /** Bytes of the spectra of so many channels. */
  long spectrumBytes(long channels) {
    return channels * outer * points * 2 * Float.BYTES;
  }
}
