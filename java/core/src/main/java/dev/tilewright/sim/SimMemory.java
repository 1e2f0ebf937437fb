package dev.tilewright.sim;

import dev.tilewright.InvalidSpecException;
import dev.tilewright.OutOfDeviceMemoryException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** What the host does with the memory of a simulated GPU. */
final class SimMemory {
  private static final int MOST_BYTES = Integer.MAX_VALUE - 16;

  private final GlobalMemory memory;
  private final String device;
  private final Set<Long> live = new HashSet<>();
  private long count;

  SimMemory(GlobalMemory memory, String device) {
    this.memory = memory;
    this.device = device;
  }

  /**
   * Allocates.
   *
   * @param owner what it is for, or null
   */
  synchronized long allocate(long bytes, Object owner) {
    if (bytes < 1) {
      throw new InvalidSpecException("bytes", bytes, "at least 1");
    }
    String name = owner == null ? "allocation " + count : owner.toString();
    count++;
    if (bytes > MOST_BYTES) {
      throw new OutOfDeviceMemoryException(device, bytes, MOST_BYTES);
    }
    try {
      long address = memory.allocate(name, bytes).base;
      live.add(address);
      return address;
    } catch (OutOfMemoryError e) {
      Runtime heap = Runtime.getRuntime();
      throw new OutOfDeviceMemoryException(
          device, bytes, (heap.maxMemory() - heap.totalMemory() + heap.freeMemory()) / 2);
    }
  }

  /** Notes that an allocation will be freed: nobody may free it again. */
  synchronized void retire(long address) {
    if (!live.remove(address)) {
      throw new InvalidSpecException(
          "address",
          String.format("0x%x, %s", address, memory.describe(address)),
          "what allocate returned and nobody freed");
    }
  }

  void free(long address) {
    memory.free(memory.find(address));
  }

  /** Whether a range lies in one allocation. */
  void check(long address, long bytes) {
    find(address, bytes);
  }

  private Segment find(long address, long bytes) {
    if (bytes < 0) {
      throw new InvalidSpecException("bytes", bytes, "at least 0");
    }
    Segment segment = memory.find(address);
    if (bytes > 0 && (segment == null || address - segment.base + bytes > segment.bytes())) {
      long at = segment == null ? address : address + bytes - 1;
      throw new InvalidSpecException(
          "address",
          String.format("0x%x with %d bytes, %s", address, bytes, memory.describe(at)),
          "a range inside one allocation");
    }
    return segment;
  }

  void write(long address, byte[] bytes) {
    if (bytes.length > 0) {
      Segment segment = find(address, bytes.length);
      segment.write((int) (address - segment.base), bytes);
    }
  }

  void read(long address, ByteBuffer into) {
    if (into.hasRemaining()) {
      Segment segment = find(address, into.remaining());
      into.put(segment.data, (int) (address - segment.base), into.remaining());
    }
  }

  /** Copies; what was never written stays so in the copy. */
  void copy(long to, long from, long bytes) {
    if (bytes > 0) {
      Segment source = find(from, bytes);
      Segment target = find(to, bytes);
      int at = (int) (from - source.base);
      int into = (int) (to - target.base);
      System.arraycopy(source.data, at, target.data, into, (int) bytes);
      System.arraycopy(source.state, at, target.state, into, (int) bytes);
    }
  }

  void fill(long address, byte value, long bytes) {
    if (bytes > 0) {
      byte[] data = new byte[(int) bytes];
      Arrays.fill(data, value);
      write(address, data);
    }
  }
}
