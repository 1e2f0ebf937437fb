package dev.tilewright.cpu;

import dev.tilewright.Device;
import dev.tilewright.DeviceProvider;

/** Opens the device {@code cpu}; made by the service loader. */
public final class CpuDeviceProvider implements DeviceProvider {
  /** Made by the service loader. */
  public CpuDeviceProvider() {}

  @Override
  public boolean handles(String name) {
    return name.equals("cpu");
  }

  @Override
  public Device open(String name) {
    return new CpuDevice();
  }
}
