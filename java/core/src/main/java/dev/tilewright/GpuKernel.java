package dev.tilewright;

import java.util.List;
import java.util.OptionalInt;

/** A kernel of a loaded module. Immutable. */
public interface GpuKernel {
  /**
   * A parameter's place in the block of arguments.
   *
   * @param name its name in the image
   * @param offset bytes from the block's begin
   * @param bytes its size; 8 for a pointer
   */
  record Parameter(String name, int offset, int bytes) {}

  /** Its name in the image. */
  String name();

  /** The module that it is of. */
  GpuModule module();

  /** The parameters in order. */
  List<Parameter> parameters();

  /** The size of the block of arguments in bytes. */
  int argumentBytes();

  /** The most threads that a block may have: the device's limit, or less where the kernel says. */
  int maxThreads();

  /** Bytes of shared memory that the kernel declares. */
  long sharedBytes();

  /** Registers of a thread; empty where no assembler has run. */
  OptionalInt registers();

  /**
   * How many blocks one multiprocessor holds.
   *
   * @param threads threads of a block
   * @param dynamicShared bytes of shared memory that the launch asks for
   * @throws InvalidSpecException when no block of this shape can be launched
   */
  Occupancy occupancy(int threads, long dynamicShared);
}
