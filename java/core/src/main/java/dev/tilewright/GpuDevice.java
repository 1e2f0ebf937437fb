package dev.tilewright;

import java.nio.ByteBuffer;

/**
 * A GPU, real or simulated: memory with addresses, modules of compiled kernels, streams and events.
 * Host code written against it runs on each. Safe to share between threads.
 *
 * <p>Calls on the device itself are synchronous: they wait for all its streams first. Calls on a
 * {@link GpuStream} return at once.
 *
 * <p>Its tensors are memory of the device; {@link Tensor#copyFrom} and {@link Tensor#toFloats} copy
 * synchronously. They cannot be used once the device is closed.
 */
public interface GpuDevice extends Device {
  /** The numbers of the GPU. */
  @Override
  GpuSpec spec();

  @Override
  GpuStream stream();

  @Override
  GpuStream newStream();

  /** A new event, closed by its user. */
  GpuEvent newEvent();

  /**
   * Allocates uninitialised memory.
   *
   * @param bytes at least 1
   * @return its address, a multiple of 256
   * @throws OutOfDeviceMemoryException when there is not that much
   */
  long allocate(long bytes);

  /**
   * The same, with what the memory is for: its text stands in reports of a device that makes them.
   */
  default long allocate(long bytes, Object owner) {
    return allocate(bytes);
  }

  /**
   * Waits for all streams and frees memory.
   *
   * @param address what {@link #allocate} returned; 0 does nothing
   * @throws InvalidSpecException when nothing is allocated there, or it was freed before
   */
  void free(long address);

  /**
   * Copies all that remains of a buffer to device memory. The buffer's position stays.
   *
   * @throws InvalidSpecException when the bytes do not lie in one allocation
   */
  void copyToDevice(long to, ByteBuffer from);

  /**
   * Copies from device memory into all that remains of a buffer. The buffer's position stays.
   *
   * @throws InvalidSpecException as {@link #copyToDevice}
   */
  void copyToHost(ByteBuffer to, long from);

  /**
   * Sets every byte of a range.
   *
   * @param value its lowest byte counts
   * @throws InvalidSpecException as {@link #copyToDevice}
   */
  void fill(long address, int value, long bytes);

  /**
   * Loads a compiled image.
   *
   * @param name what messages call it, such as the file's name
   * @param image PTX text; a cubin where the device takes one
   * @throws KernelLoadException when it cannot be loaded, saying where the fault is
   */
  GpuModule load(String name, byte[] image);

  /** Waits for all streams. */
  void synchronize();
}
