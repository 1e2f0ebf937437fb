package dev.tilewright.op;

import dev.tilewright.GpuKernel;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuStream;
import java.nio.ByteBuffer;

/**
 * A filter's way to its spectrum, and its gradient's way back: {@code fftconv_filter.cu}. Of a long
 * transform each outer frequency is a channel of its own.
 */
final class GpuFftFilter {
  private static final int THREADS = 256;

  private final GpuFftKernels kernels;
  private final FftConv.Spec spec;
  private final GpuFftShape shape;
  private final GpuKernel forward;
  private final ByteBuffer block = GpuFftKernels.arguments(88);
  private final int rows; // channels, times the outer frequencies of a long transform
  private long waves; // complex f32 values, as many as a spectrum has; 0 until they are needed

  GpuFftFilter(GpuFftKernels kernels, FftConv.Spec spec, GpuFftShape shape) {
    this.kernels = kernels;
    this.spec = spec;
    this.shape = shape;
    rows = (int) spec.channels() * shape.outer();
    forward = kernel("");
  }

  private GpuKernel kernel(String suffix) {
    return kernels.kernel("fftconv_filter", "fftconv_filter" + suffix);
  }

  /** Transforms the taps [H, Lk]. */
  void transform(GpuStream stream, long taps, long spectrum) {
    GpuLaunch launch = GpuLaunch.of(rows * shape.rowPlanes(), THREADS);
    if (shape.outer() > 1) {
      needWaves();
      put(taps, spectrum, 1, rows);
      stream.launch(kernel("_split"), launch, block);
    }
    put(taps, spectrum, 1, rows);
    stream.launch(forward, launch, block);
  }

  /** Sums the partial gradients of the spectrum and makes the taps' gradient of them. */
  void back(GpuStream stream, long taps, long partials, int count) {
    needWaves();
    put(taps, partials, count, rows);
    GpuLaunch launch = GpuLaunch.of(rows * shape.rowPlanes(), THREADS);
    stream.launch(kernel("_waves"), launch, block);
    if (shape.outer() > 1) {
      stream.launch(kernel("_rows"), launch, block);
    }
    long tiles = (spec.filterLength() + THREADS - 1) / THREADS;
    stream.launch(kernel("_taps"), GpuLaunch.of((int) (spec.channels() * tiles), THREADS), block);
  }

  private void needWaves() {
    if (waves == 0) {
      waves = kernels.allocate(shape.spectrumBytes(spec.channels()), "fftconv filter");
    }
  }

  /** The struct Filter. */
  private void put(long taps, long spectrum, int partials, int channels) {
    boolean circular = spec.mode() == FftConv.Mode.CIRCULAR;
    block.clear();
    block
        .putLong(taps)
        .putLong(spectrum)
        .putLong(spec.filterLength())
        .putLong(circular ? spec.length() : Long.MAX_VALUE / 2) // taps so far apart are added up
        .putLong(CpuFftKernel.ahead(spec))
        .putLong(CpuFftKernel.behind(spec))
        .putLong(circular ? spec.length() : spec.filterLength()) // lag -a is tap mirror - a
        .putInt(shape.rowPlanes())
        .putInt(partials)
        .putLong(waves)
        .putLong(channels)
        .putInt(shape.outer())
        .putInt(shape.outer() > 1 ? 0 : 1)
        .flip();
  }
}
