package dev.tilewright;

import java.nio.ByteBuffer;

/**
 * A stream of a GPU. What is put on it runs in that order, some time between the call and the next
 * {@link #synchronize}; streams are not ordered among each other but by events.
 *
 * <p>Calls check their arguments at once; what goes wrong on the device is thrown by the next call
 * that synchronises.
 */
public interface GpuStream extends Stream {
  @Override
  GpuDevice device();

  /**
   * Launches a kernel.
   *
   * @param arguments the block of arguments, laid out by {@link GpuKernel#parameters}: all that
   *     remains of the buffer, copied before the call returns; {@link GpuArguments} makes one
   * @throws InvalidSpecException when the block has the wrong size
   * @throws GpuLaunchException when the launch asks for more than the device or the kernel allows
   */
  void launch(GpuKernel kernel, GpuLaunch launch, ByteBuffer arguments);

  /** Launches a kernel with arguments by name or place. */
  default void launch(GpuKernel kernel, GpuLaunch launch, GpuArguments arguments) {
    launch(kernel, launch, arguments.block());
  }

  /**
   * Copies all that remains of a buffer to device memory; the buffer may be changed after the call.
   *
   * @throws InvalidSpecException when the bytes do not lie in one allocation
   */
  void copyToDevice(long to, ByteBuffer from);

  /**
   * Copies from device memory into all that remains of a buffer, which must be left alone until the
   * stream is synchronised.
   *
   * @throws InvalidSpecException as {@link #copyToDevice}
   */
  void copyToHost(ByteBuffer to, long from);

  /**
   * Copies between places of device memory that do not overlap.
   *
   * @throws InvalidSpecException as {@link #copyToDevice}
   */
  void copy(long to, long from, long bytes);

  /**
   * Sets every byte of a range.
   *
   * @param value its lowest byte counts
   * @throws InvalidSpecException as {@link #copyToDevice}
   */
  void fill(long address, int value, long bytes);

  /**
   * Frees memory once the work before this call has run.
   *
   * @throws InvalidSpecException as {@link GpuDevice#free}
   */
  void free(long address);

  /**
   * Lets what follows on this stream wait for the last record of an event; an event that was never
   * recorded is not waited for.
   *
   * @throws InvalidSpecException when the event is closed or of another device
   */
  void await(GpuEvent event);
}
