package dev.tilewright;

import java.util.List;

/** A loaded image: its kernels and its variables in device memory. */
public interface GpuModule extends AutoCloseable {
  /**
   * A variable.
   *
   * @param name its name in the image
   * @param address where it lies
   * @param bytes its size
   */
  record Variable(String name, long address, long bytes) {}

  /** What it was called when it was loaded. */
  String name();

  /** The names of its kernels. */
  List<String> kernels();

  /**
   * A kernel.
   *
   * @throws KernelLoadException when the image has none of this name, saying which there are, or
   *     the device cannot run it, saying which instruction
   */
  GpuKernel kernel(String name);

  /**
   * A {@code __device__} or {@code __constant__} variable.
   *
   * @throws InvalidSpecException when the image has none of this name, saying which there are
   */
  Variable variable(String name);

  /** Waits for all streams and unloads; closing again does nothing. */
  @Override
  void close();
}
