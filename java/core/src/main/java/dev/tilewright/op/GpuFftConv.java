package dev.tilewright.op;

import dev.tilewright.GpuDevice;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuStream;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.schedule.Scheduler;
import dev.tilewright.schedule.Tile;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * The GPU's FFT convolution: {@code cuda/fftconv}. Rows of up to 32768 points take one launch,
 * longer ones three. A gradient of u or of a gate is the same convolution with other arrays and,
 * where it correlates, the conjugate spectrum.
 */
final class GpuFftConv implements FftConv {
  private final GpuDevice device;
  private final Spec spec;
  final GpuFftShape shape;
  private final GpuFftKernels kernels;
  private final FftConvCall call;
  private GpuFftFilter filter;
  private GpuFftRows rows;
  private GpuFftOuter outer; // null where a block holds a row
  private final ByteBuffer skip = GpuFftKernels.arguments(48);
  private long spectrum; // of the filter that was set, or 0
  private long callSpectrum; // of filters given in calls, or 0
  private boolean filterSet;
  private boolean closed;

  /** A plan with the scheduler's tile. */
  GpuFftConv(GpuDevice device, Spec spec) {
    this(device, spec, tile(device, spec));
  }

  private static Tile tile(GpuDevice device, Spec spec) {
    if (spec.sparse() != null) {
      throw new UnsupportedDeviceException(
          "fftconv on " + device.name() + " computes all frequencies, no sparse pattern; use cpu");
    }
    return Scheduler.shared().schedule(GpuFftKernel.INSTANCE, spec, device.spec()).tile();
  }

  /**
   * @param tile legal for the spec
   */
  GpuFftConv(GpuDevice device, Spec spec, Tile tile) {
    this.device = device;
    this.spec = spec;
    shape = GpuFftShape.of(spec, tile);
    call = new FftConvCall(device, spec);
    kernels = new GpuFftKernels(device);
    try {
      filter = new GpuFftFilter(kernels, spec, shape);
      rows = new GpuFftRows(kernels, spec, shape);
      outer = shape.outer() > 1 ? new GpuFftOuter(kernels, spec, shape) : null;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
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
      spectrum = kernels.allocate(shape.spectrumBytes(spec.channels()), "fftconv spectrum");
    }
    filter.transform((GpuStream) stream, taps, spectrum);
    filterSet = true;
    Reference.reachabilityFence(k);
  }

  /** The spectrum for the call in progress. */
  private long spectrumOf(GpuStream stream) {
    if (call.k == 0) {
      return spectrum;
    }
    if (callSpectrum == 0) {
      callSpectrum = kernels.allocate(shape.spectrumBytes(spec.channels()), "fftconv spectrum");
    }
    filter.transform(stream, call.k, callSpectrum);
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
    if (outer == null) {
      rows.convolve(stream, spectra, correlate, u, pregate, postgate, d, y);
      return;
    }
    long waves = outer.split(stream, u, pregate, false);
    rows.convolve(stream, spectra, correlate, waves, 0, 0, 0, waves);
    outer.join(stream, u, postgate, d, y);
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
    if (c.dk != 0) {
      long partials;
      if (outer == null) {
        partials = rows.gradient(on, c.u, c.pregate, c.dy, c.postgate);
      } else {
        long waves = outer.split(on, c.u, c.pregate, false);
        long gradients = outer.split(on, c.dy, c.postgate, true);
        partials = rows.gradient(on, waves, 0, gradients, 0);
      }
      filter.back(on, c.dk, partials, rows.partialCount());
    }
    if (c.dd != 0) {
      skip.clear();
      skip.putLong(c.u).putLong(c.dy).putLong(c.dd);
      skip.putLong(spec.batch()).putLong(spec.channels()).putLong(spec.length()).flip();
      String name = "fftconv_dd_" + spec.dtype().label();
      GpuLaunch launch = GpuLaunch.of((int) spec.channels(), 256);
      on.launch(kernels.kernel("fftconv_dd", name), launch, skip);
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
    return kernels.bytes();
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
        + (outer == null ? "" : shape.outer() + " x ")
        + shape.points()
        + " points on tensor cores, "
        + rows.launch().gridX()
        + " blocks of "
        + shape.threads()
        + " threads, "
        + shape.rowsPerBlock()
        + " rows each, "
        + rows.launch().sharedBytes()
        + " bytes of shared memory"
        + (shape.pipelined() ? ", pipelined" : "");
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      kernels.close();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new InvalidSpecException("plan", "a closed plan", "an open plan");
    }
  }
}
