package dev.tilewright.op;

import dev.tilewright.InvalidSpecException;
import dev.tilewright.NativeMemory;
import dev.tilewright.Tensor;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.jni.Native;
import dev.tilewright.schedule.Schedule;
import dev.tilewright.schedule.Scheduler;

/** The CPU's FFT convolution: rows in blocks, computed by the native kernels. */
final class CpuFftConv extends CpuFftPlan {
  private final CpuFftTile tile;
  private final NativeMemory table;
  private NativeMemory taps; // of the filter that was set, for steppers; causal plans only

  /** A plan with the scheduler's tile. */
  CpuFftConv(CpuDevice device, Spec spec) {
    this(device, spec, Scheduler.shared().schedule(CpuFftKernel.INSTANCE, spec, device.spec()));
  }

  private CpuFftConv(CpuDevice device, Spec spec, Schedule schedule) {
    this(device, spec, CpuFftKernel.tile(schedule.tile()));
  }

  /**
   * @param tile legal for the spec
   */
  CpuFftConv(CpuDevice device, Spec spec, CpuFftTile tile) {
    super(device, spec);
    this.tile = tile;
    table = CpuFftTables.get(device.level(), tile.points(), tile.radices(device.level()), 0.25);
    try {
      NativeMemory plan = memory.allocate(Native.tw_fftconv_plan_bytes(), "fftconv plan");
      Native.tw_fftconv_plan_init(
          plan.address(),
          table.address(),
          spec.length(),
          spec.filterLength(),
          spec.mode().ordinal(),
          spec.dtype().ordinal(),
          tile.group());
      start(plan, tile.rows(), CpuFftKernel.inline(spec, device.threads()));
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  @Override
  long tableBytes() {
    return table.bytes();
  }

  @Override
  void keepFilter(Tensor filter) {
    if (spec.mode() == Mode.CAUSAL) {
      if (taps == null) {
        taps = memory.allocate(filter.bytes(), "fftconv filter");
      }
      Native.tw_copy(filter.address(), taps.address(), taps.bytes());
    }
  }

  @Override
  public Stepper stepper() {
    requireOpen();
    if (spec.mode() != Mode.CAUSAL) {
      throw new InvalidSpecException("mode", spec.mode(), "CAUSAL for a stepper");
    }
    requireFilter();
    return new CpuFftConvStepper(device, spec, taps.address());
  }

  @Override
  public String describe() {
    long blocks = (spec.length() + tile.points() - 1) / tile.points();
    return "fftconv "
        + spec.mode()
        + " L="
        + spec.length()
        + " Lk="
        + spec.filterLength()
        + " "
        + spec.dtype().label()
        + " on cpu: "
        + device.level().label()
        + ", "
        + device.threads()
        + " threads, "
        + blocks
        + " blocks of "
        + tile.points()
        + " points"
        + (tile.group() < blocks ? ", " + tile.group() + " in flight" : "")
        + ", radix "
        + (1 << tile.radix())
        + ", "
        + taskLabel();
  }
}
