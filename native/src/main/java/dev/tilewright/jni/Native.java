package dev.tilewright.jni;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Const;
import org.bytedeco.javacpp.annotation.CriticalRegion;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * The binding of {@code tilewright.h}: pure, single-threaded functions over raw addresses.
 * Internal; the public API is in {@code dev.tilewright}.
 */
@Platform(
    value = "linux-x86_64",
    include = "tilewright.h",
    link = "tilewright_kernels",
    compiler = "cpp17")
@NoException
public final class Native {
  static {
    Loader.load();
  }

  private Native() {}

  /**
   * Highest vector level that the processor runs: 0 plain x86-64, 1 AVX2 with FMA and F16C, 2
   * AVX-512 F, DQ, BW, VL.
   */
  public static native int tw_cpu_level();

  /** A hash of the sources, the compiler and its options. */
  public static native long tw_build();

  /**
   * Uninitialised native memory on a boundary of {@code alignment} bytes, or 0 when there is none.
   */
  public static native long tw_alloc(long bytes, long alignment);

  /** Frees what {@link #tw_alloc} returned. */
  public static native void tw_free(long address);

  /** Copies {@code count} elements of {@code source}, from index {@code from} on, to memory. */
  @CriticalRegion
  public static native void tw_write(long address, @Const float[] source, long from, long count);

  @CriticalRegion
  public static native void tw_write(long address, @Const short[] source, long from, long count);

  @CriticalRegion
  public static native void tw_write(long address, @Const double[] source, long from, long count);

  /** Copies {@code count} elements from memory into {@code target}, from index {@code from} on. */
  @CriticalRegion
  public static native void tw_read(long address, float[] target, long from, long count);

  @CriticalRegion
  public static native void tw_read(long address, short[] target, long from, long count);

  @CriticalRegion
  public static native void tw_read(long address, double[] target, long from, long count);

  /** Sets {@code count} elements of 2, 4 or 8 bytes to the low bits of {@code bits}. */
  public static native void tw_fill(long address, long count, int elementBytes, long bits);

  /** Copies bytes between two places that do not overlap. */
  public static native void tw_copy(long from, long to, long bytes);

  /**
   * 0 when the dynamic linker finds the library, else the length of its message, which goes into
   * {@code message}.
   */
  public static native int tw_dlopen_error(String name, byte[] message, int capacity);

  /**
   * The CUDA version that the installed driver supports, as 1000 * major + 10 * minor, or -1
   * without a driver.
   */
  public static native int tw_cuda_driver_version();

  /** Bytes of scratch of one thread for the short conv1d with {@code kernel} taps. */
  public static native long tw_conv1d_scratch_bytes(int level, int kernel);

  /** See {@code tilewright.h}: y of a range of channels and positions of one batch entry. */
  public static native void tw_conv1d_forward(
      int level,
      int layout,
      int dtype,
      long channels,
      long length,
      int kernel,
      int pad,
      long x,
      long w,
      long bias,
      long y,
      long b,
      long c0,
      long c1,
      long t0,
      long t1,
      long scratch);

  /** See {@code tilewright.h}: dx, and sums for dw and dbias, of the same kind of range. */
  public static native void tw_conv1d_backward(
      int level,
      int layout,
      int dtype,
      long channels,
      long length,
      int kernel,
      int pad,
      long x,
      long w,
      long dy,
      long dx,
      long sums,
      long b,
      long c0,
      long c1,
      long t0,
      long t1,
      long scratch);

  /** See {@code tilewright.h}: dw and dbias from the sums of all parts. */
  public static native void tw_conv1d_sum(
      int layout,
      long channels,
      int kernel,
      long parts,
      long sums,
      long dw,
      long dbias,
      long c0,
      long c1);

  /** See {@code tilewright.h}: one causal step. */
  public static native void tw_conv1d_step(
      int level,
      int dtype,
      long batch,
      long channels,
      int kernel,
      int position,
      long x,
      long w,
      long bias,
      long y,
      long history,
      long c0,
      long c1,
      long scratch);

  /** See {@code tilewright.h}: bytes of a table of twiddles, -1 when the radices do not fit. */
  public static native long tw_fft_table_bytes(int level, long n, long radices);

  /** See {@code tilewright.h}: fills a table of twiddles. */
  public static native void tw_fft_table_init(
      int level, long n, long radices, double turns, long table);

  /** See {@code tilewright.h}: bytes of a plan. */
  public static native long tw_fftconv_plan_bytes();

  /** See {@code tilewright.h}: fills a plan. */
  public static native void tw_fftconv_plan_init(
      long plan, long table, long length, long filterLength, int mode, int dtype, long group);

  /**
   * See {@code tilewright.h}: bytes of one head's filter spectrum; of a plan of either kind, as in
   * the calls below.
   */
  public static native long tw_fftconv_spectrum_bytes(int level, long plan);

  /** See {@code tilewright.h}: bytes of one thread's scratch. */
  public static native long tw_fftconv_scratch_bytes(
      int level, long plan, @Cast("bool") boolean backward);

  /** See {@code tilewright.h}: the spectrum of one head's filter. */
  public static native void tw_fftconv_filter(
      int level, long plan, long k, long spectrum, long scratch);

  /** See {@code tilewright.h}: some batch rows of a head forward. */
  public static native void tw_fftconv_forward(
      int level,
      long plan,
      long batch,
      long channels,
      long u,
      long pregate,
      long postgate,
      long d,
      long k,
      long spectrum,
      long y,
      long h,
      long b0,
      long b1,
      long scratch);

  /** See {@code tilewright.h}: the gradients of a head. */
  public static native void tw_fftconv_backward(
      int level,
      long plan,
      long batch,
      long channels,
      long u,
      long pregate,
      long postgate,
      long d,
      long k,
      long spectrum,
      long dy,
      long du,
      long dk,
      long dd,
      long dpregate,
      long dpostgate,
      long h,
      long scratch);

  /** See {@code tilewright.h}: bytes of the plan of a frequency-sparse convolution. */
  public static native long tw_fftconv_sparse_plan_bytes(int level, long points, long split);

  /** See {@code tilewright.h}: fills such a plan. */
  public static native void tw_fftconv_sparse_plan_init(
      long plan, long length, long filterLength, int dtype, long points, long split, long kept);

  /** See {@code tilewright.h}: gives one residue of such a plan its table. */
  public static native void tw_fftconv_sparse_plan_child(
      long plan, long residue, long table, long kept);

  /** See {@code tilewright.h}: bytes of a stepper. */
  public static native long tw_fftconv_step_bytes();

  /** See {@code tilewright.h}: starts a stepper. */
  public static native void tw_fftconv_step_init(
      long stepper,
      long batch,
      long channels,
      long length,
      long filterLength,
      int dtype,
      long base);

  /** See {@code tilewright.h}: adds a scale. */
  public static native void tw_fftconv_step_scale(long stepper, long table);

  /** See {@code tilewright.h}: lays out the stepper's memory. */
  public static native void tw_fftconv_step_layout(int level, long stepper);

  /** See {@code tilewright.h}: bytes of what is made of the filter. */
  public static native long tw_fftconv_step_filter_bytes(long stepper);

  /** See {@code tilewright.h}: bytes of the state. */
  public static native long tw_fftconv_step_state_bytes(long stepper);

  /** See {@code tilewright.h}: bytes of one thread's scratch. */
  public static native long tw_fftconv_step_scratch_bytes(long stepper);

  /** See {@code tilewright.h}: gives the stepper its memory. */
  public static native void tw_fftconv_step_bind(long stepper, long filter, long state);

  /** See {@code tilewright.h}: starts a new sequence. */
  public static native void tw_fftconv_step_reset(long stepper);

  /** See {@code tilewright.h}: takes over one head's filter. */
  public static native void tw_fftconv_step_filter(
      int level, long stepper, long k, long filterLength, long h, long scratch);

  /** See {@code tilewright.h}: one token of some groups of rows. */
  public static native void tw_fftconv_step_token(
      int level,
      long stepper,
      long position,
      long u,
      long pregate,
      long postgate,
      long d,
      long y,
      long g0,
      long g1);

  /** See {@code tilewright.h}: what is due at the end of a block of tokens, for some rows. */
  public static native void tw_fftconv_step_block(
      int level, long stepper, long tokens, long i0, long i1, long scratch);
}
