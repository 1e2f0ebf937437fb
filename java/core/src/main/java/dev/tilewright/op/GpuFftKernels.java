package dev.tilewright.op;

import dev.tilewright.GpuDevice;
import dev.tilewright.GpuKernel;
import dev.tilewright.GpuModule;
import dev.tilewright.kernel.ShippedImages;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The device memory and the kernels of one plan, freed together. Not synchronised. */
final class GpuFftKernels implements AutoCloseable {
  final GpuDevice device;
  private final Map<String, GpuModule> modules = new HashMap<>();
  private final List<Long> blocks = new ArrayList<>();
  private long bytes;

  GpuFftKernels(GpuDevice device) {
    this.device = device;
  }

  /** A kernel of an image of the folder {@code fftconv}. */
  GpuKernel kernel(String image, String name) {
    return modules
        .computeIfAbsent(image, i -> ShippedImages.load(device, "fftconv/" + i))
        .kernel(name);
  }

  /** The address of an uninitialised block. */
  long allocate(long size, String what) {
    long address = device.allocate(size, what);
    blocks.add(address);
    bytes += size;
    return address;
  }

  /** The address of a block that holds these bytes. */
  long upload(byte[] data, String what) {
    long address = allocate(data.length, what);
    device.copyToDevice(address, ByteBuffer.wrap(data));
    return address;
  }

  /** A block of arguments. */
  static ByteBuffer arguments(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes of all blocks; 0 once they are freed. */
  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    blocks.forEach(device::free);
    blocks.clear();
    bytes = 0;
    modules.values().forEach(GpuModule::close);
    modules.clear();
  }
}
