package dev.tilewright.op;

import dev.tilewright.GpuKernel;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuStream;
import java.nio.ByteBuffer;

/**
 * The launches that convolve rows of one block, {@code fftconv_fwd.cuh}, and sum the gradient of
 * their spectrum, {@code fftconv_dk.cuh}: whole rows of samples, or the complex rows in the middle
 * of a long transform.
 */
final class GpuFftRows {
  private final GpuFftKernels kernels;
  private final FftConv.Spec spec;
  private final GpuFftShape shape;
  private final GpuKernel convolve;
  private final GpuLaunch launch;
  private final long tables;
  private final long channels;
  private final long length;
  private final ByteBuffer problem = GpuFftKernels.arguments(96);

  private final ByteBuffer gradientBlock = GpuFftKernels.arguments(120);
  private GpuKernel gradient; // with what it needs from the first backward pass on
  private long partials;
  private long aside;

  GpuFftRows(GpuFftKernels kernels, FftConv.Spec spec, GpuFftShape shape) {
    this.kernels = kernels;
    this.spec = spec;
    this.shape = shape;
    boolean isLong = shape.outer() > 1;
    channels = spec.channels() * shape.outer();
    length = isLong ? shape.points() : spec.length();
    String image = "fftconv_fwd_" + spec.dtype().label();
    convolve = kernels.kernel(image, image + shape.kernelSuffix());
    double shift = isLong ? 0 : GpuFftTables.SHIFT;
    tables =
        kernels.upload(
            GpuFftTables.ofRows(spec.dtype(), shape.rowPlanes(), shift), "fftconv tables");
    launch =
        GpuLaunch.of((int) (channels * shape.parts()), shape.threads())
            .withShared(shape.sharedBytes(spec.pregate() || spec.postgate()));
  }

  GpuLaunch launch() {
    return launch;
  }

  /**
   * {@code y = postgate * (k conv (u * pregate)) + d * u}.
   *
   * @param correlate with the conjugate spectrum, as gradients need it
   * @param pregate 0 for none, as the other gate and d
   */
  void convolve(
      GpuStream stream,
      long spectrum,
      boolean correlate,
      long u,
      long pregate,
      long postgate,
      long d,
      long y) {
    problem.clear();
    put(problem, u, pregate, postgate, d, spectrum, y);
    problem.putInt(correlate ? 1 : 0).putInt(0).flip();
    stream.launch(convolve, launch, problem);
  }

  /** The struct Problem but for its last member. */
  private void put(
      ByteBuffer block, long u, long pregate, long postgate, long d, long spectrum, long y) {
    block
        .putLong(u)
        .putLong(pregate)
        .putLong(postgate)
        .putLong(d)
        .putLong(spectrum)
        .putLong(tables)
        .putLong(y)
        .putLong(spec.batch())
        .putLong(channels)
        .putLong(length)
        .putLong(shape.rowsPerBlock());
  }

  /** How many partial sums {@link #gradient} makes of each spectrum. */
  int partialCount() {
    return (int) (shape.parts() * shape.passRows());
  }

  /** The partial sums over the batch of conj(U) G; the address where they will be. */
  long gradient(GpuStream stream, long u, long pregate, long dy, long postgate) {
    if (gradient == null) {
      String image = "fftconv_dk_" + spec.dtype().label();
      partials =
          kernels.allocate(
              shape.spectrumBytes(spec.channels()) * partialCount(), "fftconv partial gradients");
      // A spectrum of the rows of a pass, where registers do not hold it.
      aside =
          shape.keepsSpectra()
              ? 0
              : kernels.allocate(
                  channels * shape.planes() * GpuFftTables.POINTS * 8 * shape.parts(),
                  "fftconv spectra");
      gradient = kernels.kernel(image, image + shape.gradientSuffix());
    }
    gradientBlock.clear();
    put(gradientBlock, u, pregate, postgate, 0, 0, 0);
    gradientBlock.putInt(0).putInt(0).putLong(dy).putLong(partials).putLong(aside).flip();
    stream.launch(gradient, launch.withShared(shape.gradientSharedBytes()), gradientBlock);
    return partials;
  }
}
