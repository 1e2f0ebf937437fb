package dev.tilewright.cpu;

import dev.tilewright.CpuLevel;
import dev.tilewright.CpuSpec;
import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.NativeLibrary;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;

/** The CPU: host memory, and a pool of threads that runs the native kernels. */
public final class CpuDevice implements Device {
  private final CpuSpec spec;
  private final CpuPool pool;
  private final Stream stream = new CpuStream(this);

  /** The machine's CPU with {@link #defaultThreads} threads. */
  public CpuDevice() {
    this(CpuSpec.detect());
  }

  private CpuDevice(CpuSpec spec) {
    this(spec, defaultThreads(spec));
  }

  /**
   * A CPU as {@code spec} describes it.
   *
   * @param threads threads that compute, the caller included; 1 or more
   */
  public CpuDevice(CpuSpec spec, int threads) {
    NativeLibrary.require();
    if (spec == null) {
      throw new InvalidSpecException("spec", null, "a CpuSpec");
    }
    this.pool = new CpuPool(threads);
    this.spec = spec.withCores(threads);
  }

  /**
   * The number of threads when nobody says: {@code -Dtilewright.cpu.threads}, else one for each
   * core that the process may use.
   */
  public static int defaultThreads(CpuSpec spec) {
    String property = System.getProperty("tilewright.cpu.threads");
    if (property == null || property.isBlank()) {
      return spec.cores();
    }
    try {
      int threads = Integer.parseInt(property.strip());
      if (threads >= 1 && threads <= CpuPool.MAX_THREADS) {
        return threads;
      }
    } catch (NumberFormatException e) {
      // refused below, as a number out of range is
    }
    throw new InvalidSpecException(
        "tilewright.cpu.threads", property, "1 to " + CpuPool.MAX_THREADS);
  }

  /** Always {@code cpu}. */
  @Override
  public String name() {
    return "cpu";
  }

  /** The machine as this device uses it: with as many cores as it has threads. */
  @Override
  public CpuSpec spec() {
    return spec;
  }

  /** The threads that kernels are spread over. */
  public CpuPool pool() {
    return pool;
  }

  /** The vector level of the kernels to call. */
  public CpuLevel level() {
    return spec.level();
  }

  /** Threads that compute, the caller included. */
  public int threads() {
    return pool.threads();
  }

  @Override
  public Stream stream() {
    return stream;
  }

  @Override
  public Stream newStream() {
    requireOpen();
    return new CpuStream(this);
  }

  @Override
  public Tensor empty(DType dtype, long... shape) {
    requireOpen();
    return Tensor.allocate(this, dtype, shape);
  }

  @Override
  public Tensor wrap(long address, DType dtype, long... shape) {
    requireOpen();
    return Tensor.foreign(this, address, dtype, shape);
  }

  /** Whether the device was closed. */
  public boolean isClosed() {
    return pool.isClosed();
  }

  /** Stops the threads. */
  @Override
  public void close() {
    pool.close();
  }

  @Override
  public String toString() {
    return name();
  }

  /**
   * Checks that the device can still run something.
   *
   * @throws InvalidSpecException when the device was closed
   */
  public void requireOpen() {
    if (pool.isClosed()) {
      throw new InvalidSpecException("device", "cpu is closed", "an open device");
    }
  }
}
