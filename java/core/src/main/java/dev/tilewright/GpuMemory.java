package dev.tilewright;

import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory of a GPU that a tensor owns, and copies between such memory and arrays, with conversion.
 * What becomes unreachable without having been closed is freed and logged, as {@link NativeMemory}.
 */
final class GpuMemory {
  private static final Cleaner CLEANER = Cleaner.create();

  /** Elements that are converted and copied at a time. */
  private static final int CHUNK = 1 << 18;

  final long address;
  private final Block block;
  private final Cleaner.Cleanable cleanable;

  private GpuMemory(Block block) {
    this.address = block.address;
    this.block = block;
    this.cleanable = CLEANER.register(this, block);
  }

  static GpuMemory allocate(GpuDevice device, long bytes, Object owner) {
    return new GpuMemory(new Block(device, device.allocate(bytes, owner), bytes, owner));
  }

  void close() {
    block.closed = true;
    cleanable.clean();
  }

  private static final class Block implements Runnable {
    final GpuDevice device;
    final long address;
    final long bytes;
    final Object owner;
    volatile boolean closed;

    Block(GpuDevice device, long address, long bytes, Object owner) {
      this.device = device;
      this.address = address;
      this.bytes = bytes;
      this.owner = owner;
    }

    @Override
    public void run() {
      if (!closed) {
        System.getLogger("dev.tilewright")
            .log(Level.WARNING, owner + " was never closed: freed " + bytes + " bytes");
      }
      device.stream().free(address);
    }
  }

  static void write(
      GpuDevice device, DType dtype, long address, float[] values, int from, int count) {
    ByteBuffer bytes = buffer(dtype, count);
    for (int done = 0; done < count; ) {
      int n = Math.min(CHUNK, count - done);
      bytes.clear();
      for (int i = from + done; i < from + done + n; i++) {
        put(bytes, dtype, values[i]);
      }
      device.copyToDevice(address + (long) done * dtype.bytes(), bytes.flip());
      done += n;
    }
  }

  static void read(
      GpuDevice device, DType dtype, long address, float[] values, int from, int count) {
    ByteBuffer bytes = buffer(dtype, count);
    for (int done = 0; done < count; ) {
      int n = Math.min(CHUNK, count - done);
      bytes.clear().limit(n * dtype.bytes());
      device.copyToHost(bytes, address + (long) done * dtype.bytes());
      for (int i = from + done; i < from + done + n; i++) {
        values[i] = get(bytes, dtype);
      }
      done += n;
    }
  }

  static void fill(GpuDevice device, DType dtype, long address, long count, float value) {
    ByteBuffer bytes = buffer(dtype, count);
    while (bytes.hasRemaining()) {
      put(bytes, dtype, value);
    }
    for (long done = 0; done < count; ) {
      int n = (int) Math.min(CHUNK, count - done);
      bytes.clear().limit(n * dtype.bytes());
      device.copyToDevice(address + done * dtype.bytes(), bytes);
      done += n;
    }
  }

  private static ByteBuffer buffer(DType dtype, long count) {
    return ByteBuffer.allocate((int) Math.min(CHUNK, count) * dtype.bytes())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void put(ByteBuffer bytes, DType dtype, float value) {
    switch (dtype) {
      case F32 -> bytes.putFloat(value);
      case F16 -> bytes.putShort(Half.f32ToF16(value));
      case BF16 -> bytes.putShort(Half.f32ToBf16(value));
      case F64 -> bytes.putDouble(value);
    }
  }

  private static float get(ByteBuffer bytes, DType dtype) {
    return switch (dtype) {
      case F32 -> bytes.getFloat();
      case F16 -> Half.f16ToF32(bytes.getShort());
      case BF16 -> Half.bf16ToF32(bytes.getShort());
      case F64 -> (float) bytes.getDouble();
    };
  }
}
