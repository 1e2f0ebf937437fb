package dev.tilewright.op;

import dev.tilewright.NativeMemory;
import dev.tilewright.jni.Native;
import java.util.ArrayList;
import java.util.List;

/**
 * The native blocks that one plan or stepper owns, freed together: by its close, or by its
 * constructor when that cannot go on. Not synchronised.
 */
final class PlanMemory implements AutoCloseable {
  private final List<NativeMemory> blocks = new ArrayList<>(4);

  /** An uninitialised block. */
  NativeMemory allocate(long bytes, String what) {
    NativeMemory block = NativeMemory.allocate(bytes, what);
    blocks.add(block);
    return block;
  }

  /** A block of zeros. */
  NativeMemory zeroed(long bytes, String what) {
    NativeMemory block = allocate(bytes, what);
    Native.tw_fill(block.address(), bytes / Float.BYTES, Float.BYTES, 0);
    return block;
  }

  /** A block of zeros in place of {@code old}, which stays when there is no memory for the new. */
  NativeMemory replace(NativeMemory old, long bytes, String what) {
    NativeMemory block = zeroed(bytes, what);
    blocks.remove(old);
    old.close();
    return block;
  }

  /** Bytes of all blocks; 0 once they are freed. */
  long bytes() {
    long bytes = 0;
    for (NativeMemory block : blocks) {
      bytes += block.bytes();
    }
    return bytes;
  }

  /** Frees all blocks. */
  @Override
  public void close() {
    blocks.forEach(NativeMemory::close);
    blocks.clear();
  }
}
