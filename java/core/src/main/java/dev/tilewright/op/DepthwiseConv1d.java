package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.cpu.CpuDevice;

/**
 * Short depthwise convolution with 1 to 256 taps, a plan for one {@link Spec} on one {@link
 * Device}.
 *
 * <p>{@code y[b,h,t] = bias[h] + sum over j < K of w[h,j] * x[b,h,t - pad + j]}, a
 * cross-correlation with x zero outside [0, L), so that y is as long as x. Causal padding has
 * {@code pad = K - 1}, same padding {@code pad = (K - 1) / 2} rounded down, for odd and even K. x
 * and y are stored as the spec's layout and dtype say; w [H, K], bias [H] and their gradients are
 * always f32, and so is the arithmetic.
 *
 * <p>A plan, with its steppers, is used by one thread at a time. Running it allocates nothing, but
 * for the sums of the first backward pass that asks for dw or dbias. Results have the same bits for
 * every number of threads. A NaN or infinity in x reaches the outputs whose window holds it, and
 * may reach every tap of its channel's dw.
 *
 * <p>Source: the short convolution of Fu et al., "FlashFFTConv", arXiv 2311.05908; see
 * seeds/fftconv.md.
 */
public interface DepthwiseConv1d extends AutoCloseable {

  /** Where the zeros go. */
  enum Padding {
    /** All on the left: y[t] sees x[t - K + 1] to x[t]. */
    CAUSAL,
    /** (K - 1) / 2 rounded down on the left, the rest on the right. */
    SAME
  }

  /** Order of the dimensions of x and y, last one fastest. */
  enum Layout {
    /** [B, H, L]: batch, channel, position. */
    BHL,
    /** [B, L, H]: batch, position, channel. */
    BLH
  }

  /** Largest number of taps. */
  int MAX_KERNEL = 256;

  /**
   * One problem. Immutable; every {@code with} method returns a changed copy.
   *
   * @param batch B
   * @param channels H
   * @param length L, positions
   * @param kernel K, taps: 1 to {@link #MAX_KERNEL}
   * @param padding where the zeros go
   * @param layout order of the dimensions of x and y
   * @param dtype storage of x and y: F32, F16 or BF16
   * @param bias whether a bias is added
   */
  record Spec(
      long batch,
      long channels,
      long length,
      int kernel,
      Padding padding,
      Layout layout,
      DType dtype,
      boolean bias) {

    private static final long MAX_ELEMENTS = 1L << 60;

    /**
     * Checks the sizes.
     *
     * @throws InvalidSpecException when a size is below 1, the kernel is over {@link #MAX_KERNEL},
     *     a choice is null, the dtype is f64, or B * H * L is over 2^60
     */
    public Spec {
      atLeastOne("batch", batch);
      atLeastOne("channels", channels);
      atLeastOne("length", length);
      if (kernel < 1 || kernel > MAX_KERNEL) {
        throw new InvalidSpecException("kernel", kernel, "1 to " + MAX_KERNEL);
      }
      if (padding == null) {
        throw new InvalidSpecException("padding", null, "CAUSAL or SAME");
      }
      if (layout == null) {
        throw new InvalidSpecException("layout", null, "BHL or BLH");
      }
      if (dtype == null || dtype == DType.F64) {
        throw new InvalidSpecException("dtype", dtype, "F32, F16 or BF16");
      }
      if (batch > MAX_ELEMENTS / channels || batch * channels > MAX_ELEMENTS / length) {
        throw new InvalidSpecException(
            "batch * channels * length",
            batch + " * " + channels + " * " + length,
            "at most 2^60 elements");
      }
    }

    /** A causal f32 convolution on [B, H, L] without bias. */
    public static Spec of(long batch, long channels, long length, int kernel) {
      return new Spec(
          batch, channels, length, kernel, Padding.CAUSAL, Layout.BHL, DType.F32, false);
    }

    /** The same with another padding. */
    public Spec withPadding(Padding padding) {
      return new Spec(batch, channels, length, kernel, padding, layout, dtype, bias);
    }

    /** The same with another layout. */
    public Spec withLayout(Layout layout) {
      return new Spec(batch, channels, length, kernel, padding, layout, dtype, bias);
    }

    /** The same with x and y stored as {@code dtype}. */
    public Spec withDtype(DType dtype) {
      return new Spec(batch, channels, length, kernel, padding, layout, dtype, bias);
    }

    /** The same with or without a bias. */
    public Spec withBias(boolean bias) {
      return new Spec(batch, channels, length, kernel, padding, layout, dtype, bias);
    }

    /** Zeros in front of the sequence. */
    public int pad() {
      return padding == Padding.CAUSAL ? kernel - 1 : (kernel - 1) / 2;
    }

    private static void atLeastOne(String argument, long value) {
      if (value < 1) {
        throw new InvalidSpecException(argument, value, "at least 1");
      }
    }
  }

  /**
   * The tensors of one call. A mutable holder that a caller fills once and reuses, so that a call
   * allocates nothing. Setters return this; null clears.
   */
  final class Args {
    private Tensor x;
    private Tensor w;
    private Tensor bias;
    private Tensor y;
    private Tensor dy;
    private Tensor dx;
    private Tensor dw;
    private Tensor dbias;

    /** Input, [B, H, L] or [B, L, H] as the spec's layout says; [B, H] for a step. */
    public Args x(Tensor x) {
      this.x = x;
      return this;
    }

    /** Taps [H, K], f32. */
    public Args w(Tensor w) {
      this.w = w;
      return this;
    }

    /** Bias [H], f32: given exactly when the spec has one. */
    public Args bias(Tensor bias) {
      this.bias = bias;
      return this;
    }

    /** Output, shaped as x; it must not overlap x, except in a step. */
    public Args y(Tensor y) {
      this.y = y;
      return this;
    }

    /** Gradient of y, shaped as y. */
    public Args dy(Tensor dy) {
      this.dy = dy;
      return this;
    }

    /** Wanted gradient of x, shaped as x; it must not overlap x or dy. */
    public Args dx(Tensor dx) {
      this.dx = dx;
      return this;
    }

    /** Wanted gradient of w [H, K], f32: the sum over batch and positions. */
    public Args dw(Tensor dw) {
      this.dw = dw;
      return this;
    }

    /** Wanted gradient of the bias [H], f32. */
    public Args dbias(Tensor dbias) {
      this.dbias = dbias;
      return this;
    }

    public Tensor x() {
      return x;
    }

    public Tensor w() {
      return w;
    }

    public Tensor bias() {
      return bias;
    }

    public Tensor y() {
      return y;
    }

    public Tensor dy() {
      return dy;
    }

    public Tensor dx() {
      return dx;
    }

    public Tensor dw() {
      return dw;
    }

    public Tensor dbias() {
      return dbias;
    }
  }

  /**
   * Makes a plan.
   *
   * @throws InvalidSpecException when an argument is null or the device is closed
   * @throws UnsupportedDeviceException when the device has no implementation
   */
  static DepthwiseConv1d plan(Device device, Spec spec) {
    if (spec == null) {
      throw new InvalidSpecException("spec", null, "a DepthwiseConv1d.Spec");
    }
    if (device == null) {
      throw new InvalidSpecException("device", null, "an open device");
    }
    if (device instanceof CpuDevice cpu) {
      return new CpuDepthwiseConv1d(cpu, spec);
    }
    throw NoKernel.of("depthwise conv1d", device);
  }

  /** What this plan computes. */
  Spec spec();

  /** Where it computes. */
  Device device();

  /**
   * Computes y from x, w and bias.
   *
   * @throws InvalidSpecException when a tensor is missing, surplus, closed, on another device, or
   *     of another shape or type than the spec says
   */
  void forward(Stream stream, Args args);

  /**
   * Computes the gradients that args names, at least one of dx, dw and dbias, from dy; dx needs w
   * and dw needs x. They overwrite what was there.
   *
   * @throws InvalidSpecException as {@link #forward}
   */
  void backward(Stream stream, Args args);

  /**
   * A decoder of this convolution, one position at a time, that starts with zeros before position
   * 0. Its outputs have the bits of {@link #forward}. It uses the plan's scratch: close it first.
   *
   * @throws InvalidSpecException unless the padding is causal
   */
  Stepper stepper();

  /** Bytes of native memory that this plan holds: scratch of every thread, sums once they exist. */
  long workspaceBytes();

  /** One line that says how the plan computes, for logs and the command line. */
  String describe();

  /** Frees the plan's memory; closing again does nothing. */
  @Override
  void close();

  /** State of one decoding, see {@link DepthwiseConv1d#stepper()}: the past K - 1 inputs. */
  interface Stepper extends AutoCloseable {
    /**
     * Takes x_t [B, H] and writes y_t [B, H] in the spec's dtype, with w and bias as in {@link
     * DepthwiseConv1d#forward}. There is no last position: a stream may be longer than the spec's
     * L.
     *
     * @throws InvalidSpecException as {@link DepthwiseConv1d#forward}
     */
    void step(Stream stream, Args args);

    /** Position of the next step, from 0. */
    long position();

    /** Bytes of native memory that this stepper holds, beside its plan's; 0 once closed. */
    long workspaceBytes();

    /** Back to position 0, with zeros before it. */
    void reset();

    /** Frees the history; closing again does nothing. */
    @Override
    void close();
  }
}
