package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.GpuSpec;
import dev.tilewright.UnsupportedDeviceException;

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

  private static final int LONGEST = 1 << 22;
  private static final int LONGEST_ROW = 32768;
  private static final int LONGEST_PIPELINED = 8192;
  private static final int LONGEST_OUTER = 256;

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
    boolean gated = spec.pregate() || spec.postgate();
    long most = chip.sharedPerBlockOptin();
    int whole = Math.max(256, Integer.highestOneBit((int) (2 * spec.length() - 1)));
    int points = Math.min(whole, LONGEST_ROW);
    while (points > 256 && new GpuFftShape(1, points, 1, 1, false).sharedBytes(false) > most) {
      points /= 2;
    }
    int outer = whole / points;
    if (outer > LONGEST_OUTER || outer > 1 && points < 16384) {
      throw new UnsupportedDeviceException(
          "fftconv of "
              + spec.length()
              + " samples needs more than the "
              + most
              + " bytes of shared memory that a block of "
              + chip.name()
              + " has");
    }
    boolean pipelined =
        outer == 1
            && points <= LONGEST_PIPELINED
            && new GpuFftShape(1, points, 1, 1, true).sharedBytes(gated) <= most;
    int passRows = new GpuFftShape(outer, points, 1, 1, pipelined).passRows();
    long passes = (spec.batch() + passRows - 1) / passRows;
    // Two blocks for each multiprocessor, if the batch has them: fewer leave some idle.
    long channels = spec.channels() * outer;
    long wanted = (2L * chip.sms() + channels - 1) / channels;
    long rows = (passes + wanted - 1) / wanted * passRows;
    long parts = (spec.batch() + rows - 1) / rows;
    GpuFftShape shape = new GpuFftShape(outer, points, rows, parts, pipelined);
    if (channels * Math.max(parts, shape.rowPlanes()) > Integer.MAX_VALUE
        || outer > 1 && spec.batch() * spec.channels() * (points / 64) > Integer.MAX_VALUE) {
      throw new UnsupportedDeviceException(
          "fftconv of " + spec.batch() + " x " + spec.channels() + " rows needs too many blocks");
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
