package dev.tilewright.op;

import dev.tilewright.CpuSpec;
import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.GpuDevice;
import dev.tilewright.GpuSpec;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.MachineSpec;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.schedule.Kernel;
import dev.tilewright.schedule.Scheduler;
import dev.tilewright.schedule.Tile;

/**
 * Long depthwise convolution by FFT, a plan for one {@link Spec} on one {@link Device}.
 *
 * <p>{@code y = postgate * (k conv (u * pregate)) + D * u}, with u, y and the gates of shape [B, H,
 * L] in the spec's dtype, the filter k of shape [H, Lk] in f32 and D of shape [H] in f32. Which of
 * the gates and D take part is said by the spec. Arithmetic is f32 on the CPU; a GPU's tensor cores
 * sum in f32 what they multiply in the spec's dtype, f32 as two parts of bf16 (some 7e-6 off).
 *
 * <p>Any B, H, L and Lk from 1 on. The CPU cuts a row into up to 32 blocks of a power of two of
 * points, so that a length is rounded up by a few percent at most, never to the next power of two;
 * {@link #describe()} says to what.
 *
 * <p>A plan, with its steppers, is used by one thread at a time. Running it allocates nothing but
 * for scratch that the first backward pass and the first {@link #setFilter} need. Results have the
 * same bits for every number of threads.
 *
 * <p>A NaN or infinity in u spreads as the transforms spread it. Every output that by definition
 * has a part in the sample becomes NaN or infinite, a tap of zero or not; so may those that lie
 * less than two blocks ({@link #describe()} says of how many points) before or behind them, but in
 * mode causal none of an earlier block. In mode circular that is the whole row. One in dy reaches
 * du the other way round. A gradient of k or D that sums over such a row may become NaN as a whole;
 * those of the gates are hit where y or du is, and where the sample itself stands. Other rows (b,
 * h) keep their bits; only a frequency-sparse convolution, which transforms rows 0 and 1, 2 and 3
 * ... of a head together, loses both rows of such a pair whole. Nothing stays in the plan, nor in a
 * stepper that is reset.
 *
 * <p>Source: Fu et al., "FlashFFTConv: Efficient Convolutions for Long Sequences with Tensor
 * Cores", arXiv 2311.05908; see seeds/fftconv.md.
 */
public interface FftConv extends AutoCloseable {

  /** What the convolution does at the ends of the sequence. */
  enum Mode {
    /** y[t] = sum over s &lt;= t of k[t-s] u[s]. Taps beyond L - 1 have no effect. */
    CAUSAL,
    /** y[t] = sum over s of k[(t-s) mod L] u[s]; a filter longer than L is folded modulo L. */
    CIRCULAR,
    /**
     * k in FFT order: lags 0 .. ceil(Lk/2)-1, then -floor(Lk/2) .. -1; the input is zero outside
     * [0, L). Lk = 2L reaches every pair of positions.
     */
    BIDIRECTIONAL
  }

  /**
   * One problem: shapes, dtype and options. Immutable; a {@code with} method returns a copy.
   *
   * @param batch B, rows that share a filter
   * @param channels H, filters
   * @param length L, samples of a row
   * @param filterLength Lk, taps of a filter
   * @param mode what happens at the ends of the sequence
   * @param dtype storage of u, y and the gates: F32, F16 or BF16
   * @param pregate whether u is multiplied by a gate first
   * @param postgate whether the result is multiplied by a gate
   * @param skip whether D * u is added
   * @param sparse frequencies to keep, or null for all
   */
  record Spec(
      long batch,
      long channels,
      long length,
      long filterLength,
      Mode mode,
      DType dtype,
      boolean pregate,
      boolean postgate,
      boolean skip,
      SparsePattern sparse) {

    private static final long MAX_ELEMENTS = 1L << 60;

    /** Longest filter. */
    public static final long MAX_FILTER = 1L << 32;

    /** Longest sequence. */
    public static final long MAX_LENGTH = 1L << 30;

    /**
     * Checks the sizes.
     *
     * @throws InvalidSpecException when a size is below 1 or too large, a choice is null, the dtype
     *     is f64, or a sparse pattern's transform is shorter than the sequence or the filter
     */
    public Spec {
      inRange("batch", batch, MAX_ELEMENTS);
      inRange("channels", channels, MAX_ELEMENTS);
      inRange("length", length, MAX_LENGTH);
      inRange("filterLength", filterLength, MAX_FILTER);
      if (mode == null) {
        throw new InvalidSpecException("mode", null, "CAUSAL, CIRCULAR or BIDIRECTIONAL");
      }
      if (dtype == null || dtype == DType.F64) {
        throw new InvalidSpecException("dtype", dtype, "F32, F16 or BF16");
      }
      if (batch > MAX_ELEMENTS / channels || batch * channels > MAX_ELEMENTS / length) {
        throw new InvalidSpecException(
            "batch",
            batch + " x " + channels + " channels x " + length,
            "at most 2^60 elements together");
      }
      if (channels > MAX_ELEMENTS / filterLength) {
        throw new InvalidSpecException(
            "channels", channels + " x " + filterLength + " taps", "at most 2^60 taps together");
      }
      if (sparse != null) {
        sparse.check(length, filterLength, mode);
      }
    }

    /** A causal f32 convolution with a filter as long as the sequence, no gates, no skip term. */
    public static Spec of(long batch, long channels, long length) {
      return new Spec(
          batch, channels, length, length, Mode.CAUSAL, DType.F32, false, false, false, null);
    }

    /** The same with a filter of so many taps. */
    public Spec withFilterLength(long taps) {
      return new Spec(batch, channels, length, taps, mode, dtype, pregate, postgate, skip, sparse);
    }

    /** The same in another mode. */
    public Spec withMode(Mode mode) {
      return new Spec(
          batch, channels, length, filterLength, mode, dtype, pregate, postgate, skip, sparse);
    }

    /** The same with u, y and the gates stored as {@code dtype}. */
    public Spec withDtype(DType dtype) {
      return new Spec(
          batch, channels, length, filterLength, mode, dtype, pregate, postgate, skip, sparse);
    }

    /** The same with or without a gate before the convolution. */
    public Spec withPregate(boolean pregate) {
      return new Spec(
          batch, channels, length, filterLength, mode, dtype, pregate, postgate, skip, sparse);
    }

    /** The same with or without a gate after the convolution. */
    public Spec withPostgate(boolean postgate) {
      return new Spec(
          batch, channels, length, filterLength, mode, dtype, pregate, postgate, skip, sparse);
    }

    /** The same with or without the term D * u. */
    public Spec withSkip(boolean skip) {
      return new Spec(
          batch, channels, length, filterLength, mode, dtype, pregate, postgate, skip, sparse);
    }

    /**
     * The same keeping only the pattern's frequencies, in mode CAUSAL; null: all of them. See
     * {@link SparsePattern} for what is computed.
     */
    public Spec withSparse(SparsePattern sparse) {
      return new Spec(
          batch, channels, length, filterLength, mode, dtype, pregate, postgate, skip, sparse);
    }

    private static void inRange(String argument, long value, long most) {
      if (value < 1 || value > most) {
        throw new InvalidSpecException(argument, value, "1 to " + most);
      }
    }
  }

  /**
   * The tensors of one call. A mutable holder that a caller fills once and reuses, so that a call
   * allocates nothing; what the spec does not name must stay null, and a pass leaves alone what
   * belongs to the other. Setters return this; null clears. Outputs must not overlap inputs, but
   * for those of a step, nor each other.
   */
  final class Args {
    private Tensor u;
    private Tensor k;
    private Tensor pregate;
    private Tensor postgate;
    private Tensor d;
    private Tensor y;
    private Tensor dy;
    private Tensor du;
    private Tensor dk;
    private Tensor dd;
    private Tensor dpregate;
    private Tensor dpostgate;

    /** Input [B, H, L]; [B, H] for a step. */
    public Args u(Tensor u) {
      this.u = u;
      return this;
    }

    /** Filter [H, Lk], f32, for this call alone; null: the one of {@link #setFilter}. */
    public Args k(Tensor k) {
      this.k = k;
      return this;
    }

    /** Gate before the convolution, shaped as u. */
    public Args pregate(Tensor pregate) {
      this.pregate = pregate;
      return this;
    }

    /** Gate after the convolution, shaped as u. */
    public Args postgate(Tensor postgate) {
      this.postgate = postgate;
      return this;
    }

    /** Weight [H] of the skip term, f32. */
    public Args d(Tensor d) {
      this.d = d;
      return this;
    }

    /** Output, shaped as u. */
    public Args y(Tensor y) {
      this.y = y;
      return this;
    }

    /** Gradient of y, shaped as y. */
    public Args dy(Tensor dy) {
      this.dy = dy;
      return this;
    }

    /** Wanted gradient of u. */
    public Args du(Tensor du) {
      this.du = du;
      return this;
    }

    /** Wanted gradient of k [H, Lk], f32: the sum over the batch. */
    public Args dk(Tensor dk) {
      this.dk = dk;
      return this;
    }

    /** Wanted gradient of d [H], f32. */
    public Args dd(Tensor dd) {
      this.dd = dd;
      return this;
    }

    /** Wanted gradient of the pregate. */
    public Args dpregate(Tensor dpregate) {
      this.dpregate = dpregate;
      return this;
    }

    /** Wanted gradient of the postgate. */
    public Args dpostgate(Tensor dpostgate) {
      this.dpostgate = dpostgate;
      return this;
    }

    public Tensor u() {
      return u;
    }

    public Tensor k() {
      return k;
    }

    public Tensor pregate() {
      return pregate;
    }

    public Tensor postgate() {
      return postgate;
    }

    public Tensor d() {
      return d;
    }

    public Tensor y() {
      return y;
    }

    public Tensor dy() {
      return dy;
    }

    public Tensor du() {
      return du;
    }

    public Tensor dk() {
      return dk;
    }

    public Tensor dd() {
      return dd;
    }

    public Tensor dpregate() {
      return dpregate;
    }

    public Tensor dpostgate() {
      return dpostgate;
    }
  }

  /**
   * Makes a plan.
   *
   * @throws InvalidSpecException when an argument is null or the device is closed
   * @throws UnsupportedDeviceException when the device has no implementation
   */
  static FftConv plan(Device device, Spec spec) {
    if (spec == null) {
      throw new InvalidSpecException("spec", null, "an FftConv.Spec");
    }
    if (device == null) {
      throw new InvalidSpecException("device", null, "an open device");
    }
    if (device instanceof CpuDevice cpu) {
      return spec.sparse() == null ? new CpuFftConv(cpu, spec) : new CpuSparseFftConv(cpu, spec);
    }
    if (device instanceof GpuDevice gpu) {
      return new GpuFftConv(gpu, spec);
    }
    throw NoKernel.of("fftconv", device);
  }

  /**
   * Makes a plan with a tile of the caller's choice, as a tuner does; {@link #plan(Device, Spec)}
   * takes the scheduler's.
   *
   * @param tile parameters of {@link #kernel}
   * @throws InvalidSpecException when an argument is null, the device is closed, the spec is sparse
   *     or the tile is not legal for this spec on this device
   * @throws UnsupportedDeviceException when the device has no implementation
   */
  static FftConv plan(Device device, Spec spec, Tile tile) {
    Kernel<Spec> kernel = kernel(device);
    if (spec == null || tile == null) {
      throw new InvalidSpecException(spec == null ? "spec" : "tile", null, "not null");
    }
    if (!Scheduler.shared().isLegal(kernel, spec, device.spec(), tile)) {
      throw new InvalidSpecException(
          "tile", tile, "a tile that " + kernel.space().rules().source() + " allows for this spec");
    }
    return device instanceof GpuDevice gpu
        ? new GpuFftConv(gpu, spec, tile)
        : new CpuFftConv((CpuDevice) device, spec, CpuFftKernel.tile(tile));
  }

  /**
   * The kernel that plans on a device run, for the scheduler and for tuners: its tile space and its
   * time model.
   *
   * @throws UnsupportedDeviceException when the device has no implementation
   */
  static Kernel<Spec> kernel(Device device) {
    if (device == null) {
      throw new InvalidSpecException("device", null, "an open device");
    }
    if (device instanceof CpuDevice) {
      return CpuFftKernel.INSTANCE;
    }
    if (device instanceof GpuDevice) {
      return GpuFftKernel.INSTANCE;
    }
    throw NoKernel.of("fftconv", device);
  }

  /**
   * The kernel for such a machine, which need not be here.
   *
   * @throws UnsupportedDeviceException when there is none
   */
  static Kernel<Spec> kernel(MachineSpec machine) {
    if (machine instanceof CpuSpec) {
      return CpuFftKernel.INSTANCE;
    }
    if (machine instanceof GpuSpec) {
      return GpuFftKernel.INSTANCE;
    }
    throw new UnsupportedDeviceException(
        "fftconv has no tile space for " + (machine == null ? null : machine.name()) + "; use cpu");
  }

  /** What this plan computes. */
  Spec spec();

  /** Where it computes. */
  Device device();

  /**
   * Transforms the filter k [H, Lk] f32 once; later calls whose Args name no k use it. Changing k's
   * memory afterwards has no effect.
   *
   * @throws InvalidSpecException as {@link #forward}
   */
  void setFilter(Stream stream, Tensor k);

  /**
   * Computes y. With {@code args.k} the filter is transformed in this call, else the filter of
   * {@link #setFilter} is used.
   *
   * @throws InvalidSpecException when a tensor is missing, surplus, closed, on another device, or
   *     of another shape or type than the spec says
   */
  void forward(Stream stream, Args args);

  /**
   * Computes the gradients that args names (du, dk, dd, dpregate, dpostgate; at least one) from dy
   * and the inputs. Nothing but the inputs and the filter's spectrum is kept from the forward pass:
   * the rest is computed again. The same bits on every run, whichever gradients are asked for.
   *
   * @throws InvalidSpecException as {@link #forward}
   */
  void backward(Stream stream, Args args);

  /**
   * An exact decoder of this convolution, one position at a time, with the filter of {@link
   * #setFilter}: O(L log^2 L) for a whole sequence. It starts at position 0 with an empty history.
   * Close it before its plan.
   *
   * @throws InvalidSpecException unless the mode is causal and no frequencies are dropped, or when
   *     no filter was set
   * @throws UnsupportedDeviceException on a GPU
   */
  Stepper stepper();

  /** Bytes of native memory that this plan holds: tables, every thread's scratch, the spectrum. */
  long workspaceBytes();

  /** One line that says how the plan computes, for logs and the command line. */
  String describe();

  /** Frees the plan's memory; closing again does nothing. */
  @Override
  void close();

  /** State of one decoding, see {@link FftConv#stepper()}. */
  interface Stepper extends AutoCloseable {
    /**
     * Takes u_t and gates [B, H] and writes y_t [B, H], in the spec's dtype.
     *
     * @throws InvalidSpecException as {@link FftConv#forward}, or beyond position L - 1
     */
    void step(Stream stream, Args args);

    /** Position of the next step, from 0. */
    long position();

    /** Bytes of native memory that this stepper holds, beside its plan's; 0 once closed. */
    long workspaceBytes();

    /** Back to position 0 with an empty history. */
    void reset();

    /** Frees the history; closing again does nothing. */
    @Override
    void close();
  }
}
