package dev.tilewright.sim;

import dev.tilewright.GpuSpec;
import dev.tilewright.ptx.PtxModule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Runs one kernel of a PTX text on buffers that are its parameters, one pointer each. */
final class PtxRun {
  private final GpuSpec chip;
  private Launch.Options options = Launch.Options.DEFAULT;
  private int threads = Warp.SIZE;
  private int blocks = 1;
  private int shared;

  private PtxRun(GpuSpec chip) {
    this.chip = chip;
  }

  static PtxRun on(String chip) {
    return new PtxRun(GpuSpec.of(chip));
  }

  PtxRun options(Launch.Options other) {
    options = other;
    return this;
  }

  PtxRun threads(int other) {
    threads = other;
    return this;
  }

  PtxRun blocks(int other) {
    blocks = other;
    return this;
  }

  PtxRun shared(int bytes) {
    shared = bytes;
    return this;
  }

  /** Runs the first kernel; what it leaves in the buffers is written back to them. */
  Report run(String ptx, byte[]... buffers) {
    SimMachine machine = new SimMachine(chip);
    PtxModule module = PtxModule.parse("test", ptx);
    SimModule loaded = machine.load(module);
    ByteBuffer params = ByteBuffer.allocate(8 * buffers.length).order(ByteOrder.LITTLE_ENDIAN);
    List<Long> places = new ArrayList<>();
    for (byte[] buffer : buffers) {
      long at = machine.allocate("buffer " + places.size(), buffer.length);
      machine.write(at, buffer);
      places.add(at);
      params.putLong(at);
    }
    Launch launch =
        new Launch(
            module.kernels().get(0).name(),
            new int[] {blocks, 1, 1},
            new int[] {threads, 1, 1},
            shared,
            false,
            params.array());
    Report report = machine.launch(loaded, launch, options);
    for (int i = 0; i < buffers.length; i++) {
      byte[] after = machine.read(places.get(i), buffers[i].length);
      System.arraycopy(after, 0, buffers[i], 0, after.length);
    }
    return report;
  }

  /** As {@link #run}, where a finding is an error. */
  void runClean(String ptx, byte[]... buffers) {
    List<Finding> findings = run(ptx, buffers).findings();
    if (!findings.isEmpty()) {
      throw new AssertionError(findings.get(0) + "\n" + ptx);
    }
  }
}
