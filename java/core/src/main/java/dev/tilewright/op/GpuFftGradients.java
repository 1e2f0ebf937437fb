package dev.tilewright.op;

import dev.tilewright.GpuKernel;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The sums over the batch of a backward pass: the gradients of the filter and of the skip term.
 * Each partial sum has one writer, so the bits are the same in every run.
 */
final class GpuFftGradients {
  private final GpuFftConv plan;
  private final FftConv.Spec spec;
  private final GpuFftShape shape;
  private final GpuKernel spectra;
  private final GpuKernel waves;
  private final GpuKernel taps;
  private final GpuKernel skip;
  private final long partials;
  private final long aside;
  private final long waveMemory;
  private final ByteBuffer block = ByteBuffer.allocateDirect(120).order(ByteOrder.LITTLE_ENDIAN);

  GpuFftGradients(GpuFftConv plan, GpuFftShape shape, GpuMemories memory) {
    this.plan = plan;
    this.shape = shape;
    spec = plan.spec();
    String dtype = spec.dtype().label();
    spectra = plan.kernel("fftconv_dk_" + dtype, "_n" + shape.points());
    waves = plan.kernel("fftconv_filter", "_waves");
    taps = waves.module().kernel("fftconv_filter_taps");
    skip = plan.kernel("fftconv_dd", "_" + dtype);
    long channels = spec.channels();
    partials =
        memory.allocate(
            shape.spectrumBytes(channels) * shape.parts() * shape.passRows(), "fftconv partials");
    // A spectrum in pairs of 16 bits, where registers cannot hold it.
    aside =
        shape.planes() < 64
            ? 0
            : memory.allocate(4 * channels * shape.points() * shape.parts(), "fftconv spectra");
    waveMemory = memory.allocate(shape.spectrumBytes(channels), "fftconv waves");
  }

  void run(GpuStream stream, FftConvCall call) {
    if (call.dk != 0) {
      filter(stream, call);
    }
    if (call.dd != 0) {
      block.clear();
      block.putLong(call.u).putLong(call.dy).putLong(call.dd);
      block.putLong(spec.batch()).putLong(spec.channels()).putLong(spec.length()).flip();
      stream.launch(skip, GpuLaunch.of((int) spec.channels(), 256), block);
    }
  }

  private void filter(GpuStream stream, FftConvCall call) {
    int channels = (int) spec.channels();
    block.clear();
    plan.putProblem(block, call.u, call.pregate, call.postgate, 0, 0, 0);
    block.putInt(0).putInt(0).putLong(call.dy).putLong(partials).putLong(aside).flip();
    GpuLaunch launch =
        GpuLaunch.of((int) (channels * shape.parts()), shape.threads())
            .withShared(shape.gradientSharedBytes());
    stream.launch(spectra, launch, block);
    block.clear();
    block.putLong(call.dk).putLong(partials);
    plan.putLags(block);
    block.putInt((int) (shape.parts() * shape.passRows()));
    block.putLong(waveMemory).putLong(spec.channels()).flip();
    stream.launch(waves, GpuLaunch.of(channels * shape.rowPlanes(), 256), block);
    long tiles = (spec.filterLength() + 255) / 256;
    stream.launch(taps, GpuLaunch.of((int) (channels * tiles), 256), block);
  }
}
