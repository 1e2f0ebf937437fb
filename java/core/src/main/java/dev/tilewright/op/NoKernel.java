package dev.tilewright.op;

import dev.tilewright.Device;
import dev.tilewright.GpuDevice;
import dev.tilewright.UnsupportedDeviceException;

/** Why an op cannot be planned on a device. */
final class NoKernel {
  private NoKernel() {}

  static UnsupportedDeviceException of(String op, Device device) {
    String why = device instanceof GpuDevice ? ": its kernels for GPUs are still to come" : "";
    return new UnsupportedDeviceException(
        op + " has no implementation for " + device.name() + why + "; use cpu");
  }
}
