package dev.tilewright.cpu;

import dev.tilewright.Device;
import dev.tilewright.Stream;

/**
 * A stream of the CPU. Work put on it has run before the call returns, so there is never anything
 * to wait for.
 */
final class CpuStream implements Stream {
  private final CpuDevice device;

  CpuStream(CpuDevice device) {
    this.device = device;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {}
}
