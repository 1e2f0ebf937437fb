package dev.tilewright.sim;

import dev.tilewright.GpuEvent;
import dev.tilewright.GpuKernel;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuStream;
import dev.tilewright.InvalidSpecException;
import java.nio.ByteBuffer;

/** A stream of a simulated GPU. */
final class SimStream implements GpuStream {
  private final SimDevice device;
  private final boolean isDefault;
  final SimQueue.Line line = new SimQueue.Line();
  private volatile boolean closed;

  SimStream(SimDevice device, boolean isDefault) {
    this.device = device;
    this.isDefault = isDefault;
  }

  private SimQueue queue() {
    device.requireOpen();
    if (closed) {
      throw new InvalidSpecException("stream", "a closed stream", "an open one");
    }
    return device.queue;
  }

  /** Puts work on it that keeps no memory. */
  SimQueue.Mark put(Runnable run) {
    return queue().put(line, 0, run);
  }

  @Override
  public SimDevice device() {
    return device;
  }

  @Override
  public void launch(GpuKernel kernel, GpuLaunch launch, ByteBuffer arguments) {
    SimQueue queue = queue();
    if (!(kernel instanceof SimKernel own) || own.module().device() != device) {
      throw new InvalidSpecException("kernel", kernel, "a kernel of " + device.name());
    }
    byte[] packed = new byte[arguments.remaining()];
    arguments.duplicate().get(packed);
    Launch checked = own.check(launch, packed);
    queue.put(line, packed.length, () -> device.run(own, checked));
  }

  @Override
  public void copyToDevice(long to, ByteBuffer from) {
    SimQueue queue = queue();
    byte[] bytes = new byte[from.remaining()];
    from.duplicate().get(bytes);
    device.memory.check(to, bytes.length);
    queue.put(line, bytes.length, () -> device.memory.write(to, bytes));
  }

  @Override
  public void copyToHost(ByteBuffer to, long from) {
    SimQueue queue = queue();
    if (to.isReadOnly()) {
      throw new InvalidSpecException("buffer", "a read-only one", "one that can be written");
    }
    ByteBuffer into = to.duplicate();
    device.memory.check(from, into.remaining());
    queue.put(line, 0, () -> device.memory.read(from, into));
  }

  @Override
  public void copy(long to, long from, long bytes) {
    SimQueue queue = queue();
    device.memory.check(to, bytes);
    device.memory.check(from, bytes);
    if (bytes > 0 && to < from + bytes && from < to + bytes) {
      throw new InvalidSpecException(
          "address",
          String.format("0x%x and 0x%x with %d bytes", to, from, bytes),
          "places that do not overlap");
    }
    queue.put(line, 0, () -> device.memory.copy(to, from, bytes));
  }

  @Override
  public void fill(long address, int value, long bytes) {
    SimQueue queue = queue();
    device.memory.check(address, bytes);
    queue.put(line, 0, () -> device.memory.fill(address, (byte) value, bytes));
  }

  @Override
  public void free(long address) {
    if (address == 0 || device.isClosed()) {
      return;
    }
    SimQueue queue = queue();
    device.memory.retire(address);
    queue.put(line, 0, () -> device.memory.free(address));
  }

  @Override
  public void await(GpuEvent event) {
    SimQueue queue = queue();
    SimQueue.Mark mark = device.own(event).mark();
    if (mark != null) {
      queue.await(line, mark);
    }
  }

  @Override
  public void synchronize() {
    SimQueue queue = queue();
    queue.run(queue.end(line));
    device.throwFailures();
  }

  /** Runs what is on it; faults are told by the next call that synchronises. */
  @Override
  public void close() {
    if (!isDefault && !closed && !device.isClosed()) {
      device.queue.run(device.queue.end(line));
      device.forget(this);
      closed = true;
    }
  }
}
