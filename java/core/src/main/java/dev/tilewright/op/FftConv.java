package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;

/**
 * Long depthwise convolution by FFT, a plan for one {@link Spec} on one {@link Device}.
 *
 * <p>{@code y = postgate * (k conv (u * pregate)) + D * u}, with u, y and the gates of shape [B, H,
 * L] in the spec's dtype, the filter k of shape [H, Lk] in f32 and D of shape [H] in f32. Which of
 * the gates and D take part is said by the spec. Arithmetic is f32.
 *
 * <p>A plan is used by one thread at a time. Running it allocates nothing.
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
   * One problem: shapes, dtype and options. Immutable; every {@code with} method returns a changed
   * copy.
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

    /**
     * A causal f32 convolution with a filter as long as the sequence, no gates and no skip term.
     */
    public static Spec of(long batch, long channels, long length) {
      return new Spec(
          batch, channels, length, length, Mode.CAUSAL, DType.F32, false, false, false, null);
    }
  }

  /**
   * The tensors of one call. A mutable holder that a caller fills once and reuses, so that a call
   * allocates nothing; what the spec does not name must stay null.
   */
  final class Args {
    // u, k (null: the filter of setFilter), pregate, postgate, d, y; and for backward: dy, du, dk,
    // dd, dpregate, dpostgate
  }

  /** Makes a plan. */
  static FftConv plan(Device device, Spec spec) {
    throw new UnsupportedOperationException("skeleton");
  }

  Spec spec();

  Device device();

  /** Transforms the filter k [H, Lk] f32 once; later calls whose Args name no k use it. */
  void setFilter(Stream stream, Tensor k);

  /**
   * Computes y. With {@code args.k} the filter is transformed in this call, else the filter of
   * {@link #setFilter} is used.
   */
  void forward(Stream stream, Args args);

  /**
   * Computes the gradients that args names (du, dk, dd, dpregate, dpostgate; each optional) from dy
   * and the inputs. Nothing but the inputs and the filter's spectrum is kept from the forward pass:
   * the rest is computed again. The same bits on every run.
   */
  void backward(Stream stream, Args args);

  /**
   * An exact step-by-step decoder of this (causal) convolution: O(L log^2 L) for a whole sequence.
   */
  Stepper stepper();

  /**
   * Bytes of native memory that this plan holds: tables, scratch of every thread, the cached
   * spectrum once it is set.
   */
  long workspaceBytes();

  /** One line that says how the plan computes: tile and cost, for logs and the command line. */
  String describe();

  @Override
  void close();

  /** State of one autoregressive decoding, see {@link #stepper()}. */
  interface Stepper extends AutoCloseable {
    /** Takes u_t and gates of shape [B, H] and writes y_t [B, H]; t counts up from 0 to L-1. */
    void step(Stream stream, Args args);

    /** Position of the next step. */
    long position();

    /** Back to t = 0 with an empty history. */
    void reset();

    @Override
    void close();
  }
}
