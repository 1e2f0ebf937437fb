package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.GpuSpec;
import dev.tilewright.UnsupportedDeviceException;

/**
 * How a convolution is laid on a GPU: the transform of its rows, the blocks, their shared memory.
 * The numbers are those of {@code fftconv_fwd.cuh}.
 *
 * @param points of a transform: a power of two from 256 to 32768
 * @param rowsPerBlock rows of a channel that a block convolves, one pass after the other
 * @param parts blocks of a channel
 * @param pipelined whether a block has three passes under way, in buffers of their own
 */
record GpuFftShape(int points, long rowsPerBlock, long parts, boolean pipelined) {
  /** Bytes from plane to plane in shared memory. */
  private static final int PITCH = 528;

  private static final int LONGEST = 32768;
  private static final int LONGEST_PIPELINED = 8192;

  /**
   * The shape for a spec on a chip.
   *
   * @throws UnsupportedDeviceException when the kernels that there are do not reach so far
   */
  static GpuFftShape of(FftConv.Spec spec, GpuSpec chip) {
    if (spec.dtype() == DType.F32 || spec.sparse() != null || spec.length() > LONGEST) {
      String what =
          spec.sparse() != null
              ? "frequency-sparse convolutions"
              : spec.dtype() == DType.F32 ? "f32" : "rows of more than " + LONGEST + " samples";
      throw new UnsupportedDeviceException(
          "fftconv on " + chip.name() + " does not compute " + what + " yet; use cpu");
    }
    int points = Math.max(256, Integer.highestOneBit((int) Math.max(1, spec.length() * 2 - 1)));
    boolean gated = spec.pregate() || spec.postgate();
    boolean pipelined =
        points <= LONGEST_PIPELINED
            && new GpuFftShape(points, 1, 1, true).sharedBytes(gated) <= chip.sharedPerBlockOptin();
    GpuFftShape whole = new GpuFftShape(points, spec.batch(), 1, pipelined);
    long passes = (spec.batch() + whole.passRows() - 1) / whole.passRows();
    // Two blocks for each multiprocessor, if the batch has them: fewer leave some idle.
    long wanted = (2L * chip.sms() + spec.channels() - 1) / spec.channels();
    long passesPerBlock = (passes + wanted - 1) / wanted;
    long rows = passesPerBlock * whole.passRows();
    GpuFftShape shape = new GpuFftShape(points, rows, (spec.batch() + rows - 1) / rows, pipelined);
    if (shape.sharedBytes(gated) > chip.sharedPerBlockOptin()) {
      throw new UnsupportedDeviceException(
          "fftconv of "
              + spec.length()
              + " samples needs "
              + shape.sharedBytes(gated)
              + " bytes of shared memory a block; "
              + chip.name()
              + " has "
              + chip.sharedPerBlockOptin());
    }
    if (spec.channels() * Math.max(shape.parts, shape.rowPlanes()) > Integer.MAX_VALUE) {
      throw new UnsupportedDeviceException("fftconv on a GPU of more than 2^31 - 1 blocks");
    }
    return shape;
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

  /** The end of the kernel's name. */
  String kernelSuffix() {
    return "_n" + points + (pipelined ? "_pipelined" : "");
  }

  /** Threads of a block. */
  int threads() {
    return 32 * Math.min(16, planes());
  }

  /** Dynamic shared memory of the convolution. */
  int sharedBytes(boolean gated) {
    return PITCH * planes() * (pipelined ? gated ? 10 : 8 : 2);
  }

  /** Dynamic shared memory of the filter's gradient. */
  int gradientSharedBytes() {
    return PITCH * planes() * 2;
  }

  /** Bytes of the spectra of so many channels. */
  long spectrumBytes(long channels) {
    return channels * points * 2 * Float.BYTES;
  }
}
