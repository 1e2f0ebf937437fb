package dev.tilewright;

import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * Device memory with an element type and a shape: contiguous, last dimension fastest. It owns its
 * memory or wraps a foreign address. Sizes are 64-bit: up to 2^62 elements, as far as their bytes
 * fit in a {@code long}.
 *
 * <p>Not synchronised: one thread at a time writes. A tensor that owns its memory is closed by its
 * user; closing twice is harmless, use after close throws {@link InvalidSpecException}, and a
 * forgotten one is reported (see {@link NativeMemory}). It must stay reachable while native code
 * uses its {@link #address()}.
 */
public final class Tensor implements AutoCloseable {
  private static final int MAX_RANK = 8;
  private static final long MAX_ELEMENTS = 1L << 62;

  private final Device device;
  private final DType dtype;
  private final long[] shape;
  private final long elements;
  private final long address;
  private final Runnable release; // null when foreign
  private volatile boolean closed;

  private Tensor(
      Device device, DType dtype, long[] shape, long elements, Runnable release, long address) {
    this.device = device;
    this.dtype = dtype;
    this.shape = shape;
    this.elements = elements;
    this.release = release;
    this.address = address;
  }

  /**
   * A tensor with memory of its own, uninitialised: of the GPU when the device is one, else of the
   * host. For implementations of {@link Device}; users call {@link Device#empty}.
   *
   * @throws InvalidSpecException when a dimension is below 1 or the size overflows
   * @throws OutOfDeviceMemoryException when there is not that much memory
   */
  public static Tensor allocate(Device device, DType dtype, long... shape) {
    long[] own = copy(shape);
    long elements = elements(dtype, own);
    long bytes = elements * dtype.bytes();
    Label label = new Label(dtype, own);
    if (device instanceof GpuDevice gpu) {
      GpuMemory memory = GpuMemory.allocate(gpu, bytes, label);
      return new Tensor(device, dtype, own, elements, memory::close, memory.address);
    }
    NativeMemory memory = NativeMemory.allocate(bytes, label);
    return new Tensor(device, dtype, own, elements, memory::close, memory.address());
  }

  /**
   * A tensor over foreign memory that stays the caller's. For implementations of {@link Device};
   * users call {@link Device#wrap}.
   *
   * @throws InvalidSpecException when the address is not above 0 or not a multiple of the element
   *     size, a dimension is below 1, or the size or the end overflows
   */
  public static Tensor foreign(Device device, long address, DType dtype, long... shape) {
    long[] own = copy(shape);
    long elements = elements(dtype, own);
    if (address <= 0 || address % dtype.bytes() != 0) {
      throw new InvalidSpecException(
          "address",
          "0x" + Long.toHexString(address),
          "a multiple of "
              + dtype.bytes()
              + " bytes for "
              + dtype.label()
              + ", from "
              + dtype.bytes()
              + " to 2^63 - 1");
    }
    if (address > Long.MAX_VALUE - elements * dtype.bytes()) {
      throw new InvalidSpecException(
          "shape",
          Arrays.toString(own) + " at 0x" + Long.toHexString(address),
          "an end below 2^63");
    }
    return new Tensor(device, dtype, own, elements, null, address);
  }

  private static long[] copy(long[] shape) {
    if (shape == null) {
      throw new InvalidSpecException("shape", null, "1 to " + MAX_RANK + " dimensions");
    }
    return shape.clone();
  }

  /** Counts elements, and refuses what 64 bits cannot address. */
  private static long elements(DType dtype, long[] shape) {
    if (dtype == null) {
      throw new InvalidSpecException("dtype", null, "f32, f16, bf16 or f64");
    }
    if (shape.length < 1 || shape.length > MAX_RANK) {
      throw new InvalidSpecException(
          "shape", Arrays.toString(shape), "1 to " + MAX_RANK + " dimensions");
    }
    long elements = 1;
    for (long dim : shape) {
      if (dim < 1) {
        throw new InvalidSpecException(
            "shape", Arrays.toString(shape), "every dimension at least 1");
      }
      if (Math.multiplyHigh(elements, dim) != 0
          || elements * dim < 0
          || elements * dim > MAX_ELEMENTS) {
        throw new InvalidSpecException("shape", Arrays.toString(shape), "at most 2^62 elements");
      }
      elements *= dim;
    }
    if (elements > Long.MAX_VALUE / dtype.bytes()) {
      throw new InvalidSpecException(
          "shape", Arrays.toString(shape) + " of " + dtype.label(), "less than 2^63 bytes");
    }
    return elements;
  }

  /** The device whose memory this is. */
  public Device device() {
    return device;
  }

  /** Element type. */
  public DType dtype() {
    return dtype;
  }

  /** The dimensions; the array is a copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** Number of dimensions, at least 1. */
  public int rank() {
    return shape.length;
  }

  /**
   * Size of dimension {@code i}, counted from 0.
   *
   * @throws InvalidSpecException when there is no such dimension
   */
  public long dim(int i) {
    if (i < 0 || i >= shape.length) {
      throw new InvalidSpecException("dim", i, "0 to " + (shape.length - 1) + " of " + this);
    }
    return shape[i];
  }

  /** Number of elements, at least 1. */
  public long elements() {
    return elements;
  }

  /** Size in bytes. */
  public long bytes() {
    return elements * dtype.bytes();
  }

  /**
   * Address of element 0 in the device's memory. Read it anew for each use: it is good until the
   * tensor is closed.
   *
   * @throws InvalidSpecException after close
   */
  public long address() {
    if (closed) {
      throw new InvalidSpecException("tensor", this + " is closed", "an open tensor");
    }
    return address;
  }

  /** Whether closing this tensor frees memory. */
  public boolean isOwner() {
    return release != null;
  }

  /** Whether the tensor was closed. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Fills the tensor from {@code values}, rounded to the element type.
   *
   * @throws InvalidSpecException unless there are as many values as elements
   */
  public void copyFrom(float[] values) {
    requireLength(values);
    copyFrom(0, values, 0, values.length);
  }

  /**
   * Sets {@code count} elements, counted in memory order from {@code first}, from {@code values}:
   * how to fill a tensor that is longer than an array can be.
   *
   * @throws InvalidSpecException when the range leaves the tensor or the array
   */
  public void copyFrom(long first, float[] values, int from, int count) {
    requireRange(first, values, from, count);
    long at = address() + first * dtype.bytes();
    if (device instanceof GpuDevice gpu) {
      GpuMemory.write(gpu, dtype, at, values, from, count);
    } else {
      HostMemory.write(dtype, at, values, from, count);
    }
    Reference.reachabilityFence(this);
  }

  /**
   * The elements in memory order, widened or (f64) rounded to f32.
   *
   * @throws InvalidSpecException when there are more than an array can hold
   */
  public float[] toFloats() {
    address();
    if (elements > Integer.MAX_VALUE - 8) {
      throw new InvalidSpecException(
          "tensor", elements + " elements", "at most 2^31 - 9; copyTo reads a longer one in parts");
    }
    float[] values = new float[(int) elements];
    copyTo(0, values, 0, values.length);
    return values;
  }

  /**
   * Copies all elements into {@code values}, widened or (f64) rounded to f32.
   *
   * @throws InvalidSpecException unless the array has as many places as there are elements
   */
  public void copyTo(float[] values) {
    requireLength(values);
    copyTo(0, values, 0, values.length);
  }

  /**
   * Copies {@code count} elements, counted in memory order from {@code first}, into {@code values}
   * from {@code from} on.
   *
   * @throws InvalidSpecException when the range leaves the tensor or the array
   */
  public void copyTo(long first, float[] values, int from, int count) {
    requireRange(first, values, from, count);
    long at = address() + first * dtype.bytes();
    if (device instanceof GpuDevice gpu) {
      GpuMemory.read(gpu, dtype, at, values, from, count);
    } else {
      HostMemory.read(dtype, at, values, from, count);
    }
    Reference.reachabilityFence(this);
  }

  /** Sets every element to {@code value}, rounded to the element type. */
  public void fill(float value) {
    if (device instanceof GpuDevice gpu) {
      GpuMemory.fill(gpu, dtype, address(), elements, value);
    } else {
      HostMemory.fill(dtype, address(), elements, value);
    }
    Reference.reachabilityFence(this);
  }

  /** Frees the memory if it is this tensor's own. Closing again does nothing. */
  @Override
  public void close() {
    closed = true;
    if (release != null) {
      release.run();
    }
  }

  /** Type and shape, such as {@code f32[2, 64, 1024]}. */
  @Override
  public String toString() {
    return dtype.label() + Arrays.toString(shape);
  }

  /** Names a tensor in leak reports without reaching it. */
  private record Label(DType dtype, long[] shape) {
    @Override
    public String toString() {
      return "tensor " + dtype.label() + Arrays.toString(shape);
    }
  }

  private void requireLength(float[] values) {
    if (values == null || values.length != elements) {
      throw new InvalidSpecException(
          "values",
          values == null ? null : "length " + values.length,
          "length " + elements + " to match " + this);
    }
  }

  private void requireRange(long first, float[] values, int from, int count) {
    if (values == null) {
      throw new InvalidSpecException("values", null, "an array");
    }
    if (count < 0 || first < 0 || first > elements - count) {
      throw new InvalidSpecException(
          "first", first + " with count " + count, "a range inside the " + elements + " elements");
    }
    if (from < 0 || from > values.length - count) {
      throw new InvalidSpecException(
          "from", from + " with count " + count, "a range inside the array of " + values.length);
    }
  }
}
