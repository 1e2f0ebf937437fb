package dev.tilewright.op;

import dev.tilewright.GpuDevice;
import java.util.ArrayList;
import java.util.List;

/** The device memory that one plan owns, freed together. Not synchronised. */
final class GpuMemories implements AutoCloseable {
  private final GpuDevice device;
  private final List<Long> blocks = new ArrayList<>();
  private long bytes;

  GpuMemories(GpuDevice device) {
    this.device = device;
  }

  /** The address of an uninitialised block. */
  long allocate(long size, String what) {
    long address = device.allocate(size, what);
    blocks.add(address);
    bytes += size;
    return address;
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
  }
}
