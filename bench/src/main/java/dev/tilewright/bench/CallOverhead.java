package dev.tilewright.bench;

import dev.tilewright.CpuSpec;
import dev.tilewright.Device;
import dev.tilewright.bench.FftConvCase.Pass;
import dev.tilewright.cpu.CpuDevice;

/**
 * What a call of one row costs beside its arithmetic. The arithmetic of a row is the slope of the
 * time over the number of rows, on one thread; what a call of one row takes beyond it is overhead.
 */
final class CallOverhead {
  private static final int ROWS = 65;

  private CallOverhead() {}

  /** Microseconds, for a case of one row with a cached filter; NaN for any other. */
  static double micros(Device device, FftConvCase c, double medianMs) {
    boolean asked = c.batch() == 1 && c.channels() == 1 && c.cached() && c.pass() == Pass.FORWARD;
    if (!asked || !(device.spec() instanceof CpuSpec spec)) {
      return Double.NaN;
    }
    try (Device single = new CpuDevice(spec, 1)) {
      double one = millis(single, c);
      double many = millis(single, c.withShape(1, ROWS, c.length(), c.taps()));
      double row = (many - one) / (ROWS - 1);
      return 1e3 * (medianMs - row);
    }
  }

  private static double millis(Device device, FftConvCase c) {
    Samples samples = new Samples();
    try (Inputs inputs = new Inputs(device, c);
        Ours ours = new Ours(device, c, inputs)) {
      for (int round = 0; round < 5; round++) {
        samples.add(ours.time(100));
      }
    }
    return samples.median();
  }
}
