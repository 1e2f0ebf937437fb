package dev.tilewright.op;

import dev.tilewright.GpuKernel;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuStream;
import java.nio.ByteBuffer;

/** The outer passes of a long transform, {@code fftconv_long.cuh}, and what lies between them. */
final class GpuFftOuter {
  private static final int COLUMNS = 64;
  private static final int THREADS = 128;
  private static final int PITCH = 144;

  private final GpuFftKernels kernels;
  private final FftConv.Spec spec;
  private final GpuFftShape shape;
  private final GpuKernel split;
  private final GpuKernel join;
  private final GpuLaunch launch;
  private final int planeBytes;
  private final long tables;
  private final long waves;
  private long moreWaves; // for the gradients of the output; 0 until they are needed
  private final ByteBuffer block = GpuFftKernels.arguments(80);

  GpuFftOuter(GpuFftKernels kernels, FftConv.Spec spec, GpuFftShape shape) {
    this.kernels = kernels;
    this.spec = spec;
    this.shape = shape;
    String dtype = spec.dtype().label();
    int tiles = (shape.outer() + 15) / 16;
    split = kernels.kernel("fftconv_long_" + dtype, "fftconv_split_" + dtype + "_t" + tiles);
    join = kernels.kernel("fftconv_long_" + dtype, "fftconv_join_" + dtype + "_t" + tiles);
    tables =
        kernels.upload(GpuFftTables.ofOuter(spec.dtype(), shape.outer()), "fftconv outer matrix");
    waves = kernels.allocate(waveBytes(), "fftconv waves");
    long blocks = spec.batch() * spec.channels() * (shape.points() / COLUMNS);
    launch = GpuLaunch.of((int) blocks, THREADS);
    planeBytes = 16 * tiles * PITCH * shape.sampleParts();
  }

  private long waveBytes() {
    return 2L * shape.bytes() * spec.batch() * spec.channels() * shape.outer() * shape.points();
  }

  /** Where the waves of the inputs lie. */
  long waves() {
    return waves;
  }

  /** The first pass, of inputs or of gradients; the address of the waves that it makes. */
  long split(GpuStream stream, long u, long pregate, boolean gradients) {
    if (gradients && moreWaves == 0) {
      moreWaves = kernels.allocate(waveBytes(), "fftconv waves");
    }
    long target = gradients ? moreWaves : waves;
    put(u, pregate, 0, 0, target, 0);
    stream.launch(split, launch.withShared(planeBytes), block);
    return target;
  }

  /** The last pass: {@code y = postgate * the real part + d * u}. */
  void join(GpuStream stream, long u, long postgate, long d, long y) {
    put(u, 0, postgate, d, waves, y);
    stream.launch(join, launch.withShared(2 * planeBytes), block);
  }

  /** The struct LongProblem. */
  private void put(long u, long pregate, long postgate, long d, long target, long y) {
    block.clear();
    block
        .putLong(u)
        .putLong(pregate)
        .putLong(postgate)
        .putLong(d)
        .putLong(tables)
        .putLong(target)
        .putLong(y)
        .putLong(spec.channels())
        .putLong(spec.length())
        .putInt(shape.outer())
        .putInt(shape.points())
        .flip();
  }
}
