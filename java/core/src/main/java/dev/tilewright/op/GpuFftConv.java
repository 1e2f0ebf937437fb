package dev.tilewright.op;

import dev.tilewright.GpuDevice;
import dev.tilewright.GpuKernel;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuModule;
import dev.tilewright.GpuStream;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.kernel.ShippedImages;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The GPU's FFT convolution, one launch a pass: {@code cuda/fftconv}. A gradient of u or of a gate
 * is the same kernel with other arrays and, where it correlates, the conjugate spectrum.
 */
final class GpuFftConv implements FftConv {
  private final GpuDevice device;
  private final Spec spec;
  private final GpuFftShape shape;
  private final GpuMemories memory;
  private final List<GpuModule> modules = new ArrayList<>();
  private final FftConvCall call;
  private final GpuKernel forward;
  private final GpuLaunch forwardLaunch;
  private final GpuKernel filter;
  private final GpuLaunch filterLaunch;
  private final long tables;
  private final ByteBuffer problem = block(96);
  private final ByteBuffer filterBlock = block(80);
  private GpuFftGradients gradients; // from the first backward pass on
  private long spectrum; // of the filter that was set, or 0
  private long callSpectrum; // of filters given in calls, or 0
  private boolean filterSet;
  private boolean closed;

  GpuFftConv(GpuDevice device, Spec spec) {
    this.device = device;
    this.spec = spec;
    shape = GpuFftShape.of(spec, device.spec());
    memory = new GpuMemories(device);
    call = new FftConvCall(device, spec);
    try {
      forward = kernel("fftconv_fwd_" + spec.dtype().label(), shape.kernelSuffix());
      filter = kernel("fftconv_filter", "");
      byte[] matrices = GpuFftTables.of(spec.dtype(), shape.rowPlanes());
      tables = memory.allocate(matrices.length, "fftconv tables");
      device.copyToDevice(tables, ByteBuffer.wrap(matrices));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    forwardLaunch =
        GpuLaunch.of((int) (spec.channels() * shape.parts()), shape.threads())
            .withShared(shape.sharedBytes(spec.pregate() || spec.postgate()));
    filterLaunch = GpuLaunch.of((int) (spec.channels() * shape.rowPlanes()), 256);
  }

  private static ByteBuffer block(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A kernel of an image of this folder, by the end of its name. */
  GpuKernel kernel(String image, String suffix) {
    GpuModule module = ShippedImages.load(device, "fftconv/" + image);
    modules.add(module);
    return module.kernel(image + suffix);
  }

  @Override
  public Spec spec() {
    return spec;
  }

  @Override
  public GpuDevice device() {
    return device;
  }

  @Override
  public void setFilter(Stream stream, Tensor k) {
    requireOpen();
    TensorCheck.stream(device, stream);
    long taps = call.filter("k", k);
    if (spectrum == 0) {
      spectrum = memory.allocate(shape.spectrumBytes(spec.channels()), "fftconv spectrum");
    }
    transform((GpuStream) stream, taps, spectrum);
    filterSet = true;
    Reference.reachabilityFence(k);
  }

  private void transform(GpuStream stream, long taps, long target) {
    filterBlock.clear();
    filterBlock.putLong(taps).putLong(target);
    putLags(filterBlock);
    filterBlock.putInt(1).putLong(0).putLong(spec.channels()).flip();
    stream.launch(filter, filterLaunch, filterBlock);
  }

  /** Which taps are which lags: the middle of the struct Filter. */
  void putLags(ByteBuffer block) {
    boolean circular = spec.mode() == Mode.CIRCULAR;
    block
        .putLong(spec.filterLength())
        .putLong(circular ? spec.length() : Long.MAX_VALUE / 2) // taps so far apart are added up
        .putLong(CpuFftKernel.ahead(spec))
        .putLong(CpuFftKernel.behind(spec))
        .putLong(circular ? spec.length() : spec.filterLength()) // lag -a is tap mirror - a
        .putInt(shape.rowPlanes());
  }

  /** The spectrum for the call in progress. */
  private long spectrumOf(GpuStream stream) {
    if (call.k == 0) {
      return spectrum;
    }
    if (callSpectrum == 0) {
      callSpectrum = memory.allocate(shape.spectrumBytes(spec.channels()), "fftconv spectrum");
    }
    transform(stream, call.k, callSpectrum);
    return callSpectrum;
  }

  @Override
  public void forward(Stream stream, Args args) {
    requireOpen();
    call.forward(stream, args, filterSet);
    GpuStream on = (GpuStream) stream;
    convolve(on, spectrumOf(on), false, call.u, call.pregate, call.postgate, call.d, call.y);
    Reference.reachabilityFence(args);
  }

  private void convolve(
      GpuStream stream,
      long spectra,
      boolean correlate,
      long u,
      long pregate,
      long postgate,
      long d,
      long y) {
    problem.clear();
    putProblem(problem, u, pregate, postgate, d, spectra, y);
    problem.putInt(correlate ? 1 : 0).putInt(0).flip();
    stream.launch(forward, forwardLaunch, problem);
  }

  void putProblem(
      ByteBuffer block, long u, long pregate, long postgate, long d, long spectra, long y) {
    block
        .putLong(u)
        .putLong(pregate)
        .putLong(postgate)
        .putLong(d)
        .putLong(spectra)
        .putLong(tables)
        .putLong(y)
        .putLong(spec.batch())
        .putLong(spec.channels())
        .putLong(spec.length())
        .putLong(shape.rowsPerBlock());
  }

  @Override
  public void backward(Stream stream, Args args) {
    requireOpen();
    call.backward(stream, args, filterSet);
    GpuStream on = (GpuStream) stream;
    FftConvCall c = call;
    if (c.du != 0 || c.dpregate != 0 || c.dpostgate != 0) {
      long spectra = spectrumOf(on);
      if (c.du != 0) {
        convolve(on, spectra, true, c.dy, c.postgate, c.pregate, c.d, c.du);
      }
      if (c.dpregate != 0) {
        convolve(on, spectra, true, c.dy, c.postgate, c.u, 0, c.dpregate);
      }
      if (c.dpostgate != 0) {
        convolve(on, spectra, false, c.u, c.pregate, c.dy, 0, c.dpostgate);
      }
    }
    if (c.dk != 0 || c.dd != 0) {
      if (gradients == null) {
        gradients = new GpuFftGradients(this, shape, memory);
      }
      gradients.run(on, c);
    }
    Reference.reachabilityFence(args);
  }

  @Override
  public Stepper stepper() {
    throw new UnsupportedDeviceException(
        "fftconv decodes step by step on cpu only, not on " + device.name());
  }

  @Override
  public long workspaceBytes() {
    return memory.bytes();
  }

  @Override
  public String describe() {
    return "fftconv "
        + spec.mode()
        + " L="
        + spec.length()
        + " Lk="
        + spec.filterLength()
        + " "
        + spec.dtype().label()
        + " on "
        + device.name()
        + ": "
        + shape.points()
        + " points on tensor cores, "
        + forwardLaunch.gridX()
        + " blocks of "
        + shape.threads()
        + " threads, "
        + shape.rowsPerBlock()
        + " rows each, "
        + forwardLaunch.sharedBytes()
        + " bytes of shared memory"
        + (shape.pipelined() ? ", pipelined" : "");
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      memory.close();
      modules.forEach(GpuModule::close);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new InvalidSpecException("plan", "a closed plan", "an open plan");
    }
  }
}
