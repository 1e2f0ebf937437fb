package dev.tilewright.sim;

import dev.tilewright.GpuSpec;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.PtxException;
import dev.tilewright.ptx.PtxKernel;
import dev.tilewright.ptx.PtxModule;
import dev.tilewright.ptx.Target;
import java.util.List;
import java.util.Optional;

/** A simulated GPU: its memory, and launches that run to their end before they return. */
public final class SimMachine {
  private final GpuSpec chip;
  private final GlobalMemory memory = new GlobalMemory();

  /** A machine with the limits of a chip. */
  public SimMachine(GpuSpec chip) {
    this.chip = chip;
  }

  /** Loads a module: its variables get memory and their initial values. */
  public SimModule load(PtxModule module) {
    return new SimModule(module, memory);
  }

  /**
   * Allocates device memory whose bytes count as never written.
   *
   * @param name what it is called in findings
   * @return its address
   */
  public long allocate(String name, long bytes) {
    return memory.allocate(name, bytes).base;
  }

  /** Frees memory; later accesses are findings. */
  public void free(long address) {
    at(address).freed = true;
  }

  /** Copies bytes to device memory; they count as written. */
  public void write(long address, byte[] bytes) {
    if (bytes.length > 0) {
      Segment segment = at(address);
      segment.write((int) (address - segment.base), bytes);
    }
  }

  /** Copies bytes from device memory. */
  public byte[] read(long address, int bytes) {
    byte[] copy = new byte[bytes];
    if (bytes > 0) {
      Segment segment = at(address);
      System.arraycopy(segment.data, (int) (address - segment.base), copy, 0, bytes);
    }
    return copy;
  }

  private Segment at(long address) {
    Segment segment = memory.find(address);
    if (segment == null) {
      throw new IllegalArgumentException(
          String.format("no memory at 0x%x: %s", address, memory.describe(address)));
    }
    return segment;
  }

  /**
   * Runs a kernel to its end.
   *
   * @throws IllegalArgumentException when the module has no such kernel, or the parameters do not
   *     fit it
   */
  public Report launch(SimModule module, Launch launch, Launch.Options options) {
    PtxKernel kernel =
        module
            .module()
            .kernel(launch.kernel())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the module has no kernel "
                            + launch.kernel()
                            + "; it has "
                            + module.module().kernels()));
    if (launch.params().length != kernel.paramBytes()) {
      throw new IllegalArgumentException(
          kernel
              + " takes "
              + kernel.paramBytes()
              + " bytes of parameters, not "
              + launch.params().length);
    }
    long begin = System.nanoTime();
    Optional<Finding> refused = refuse(module, kernel, launch);
    if (refused.isPresent()) {
      return new Report(List.of(refused.get()), "", 0, 0, System.nanoTime() - begin);
    }
    if (isIndependent(module.code(kernel), launch)) {
      Grid alone = new Grid(chip, memory, module, launch, options, true, begin);
      if (new IndependentBlocks(alone).run()) {
        return report(alone, begin);
      }
    }
    Grid grid = new Grid(chip, memory, module, launch, options, false, begin);
    grid.run();
    return report(grid, begin);
  }

  private static boolean isIndependent(KernelCode code, Launch launch) {
    int[] extent = launch.gridExtent();
    boolean several = (long) extent[0] * extent[1] * extent[2] > 1;
    return several && !launch.cooperative() && !code.communicates();
  }

  private static Report report(Grid grid, long begin) {
    return new Report(
        grid.findings.list(),
        grid.stdout(),
        grid.warpSteps(),
        grid.laneSteps(),
        System.nanoTime() - begin);
  }

  private Optional<Finding> refuse(SimModule module, PtxKernel kernel, Launch launch) {
    Optional<PtxException> unsupported = kernel.unsupported();
    if (unsupported.isPresent()) {
      PtxException e = unsupported.get();
      return Optional.of(
          finding(
              FindingKind.UNSUPPORTED, kernel, e.getMessage(), e.text(), e.line(), near(kernel)));
    }
    Target target = module.module().architecture();
    if (!target.runsOn(chip.computeCapability())) {
      String text =
          "the module is for "
              + target
              + ", and "
              + chip.name()
              + " is sm_"
              + chip.computeCapability();
      return Optional.of(finding(FindingKind.UNSUPPORTED, kernel, text, "", 0, ""));
    }
    try {
      module.code(kernel);
    } catch (Unsupported e) {
      Instruction i = e.instruction;
      return Optional.of(
          finding(
              FindingKind.UNSUPPORTED,
              kernel,
              e.getMessage() + ": " + i.text(),
              i.text(),
              i.line(),
              Checker.source(i)));
    }
    return Resources.fault(chip, kernel, launch)
        .map(m -> finding(FindingKind.RESOURCES, kernel, m, "", 0, ""));
  }

  /** The source line of what stands before an instruction that could not be read. */
  private static String near(PtxKernel kernel) {
    List<Instruction> body = kernel.body();
    return body.isEmpty() ? "" : Checker.source(body.get(body.size() - 1));
  }

  private static Finding finding(
      FindingKind kind, PtxKernel kernel, String message, String text, int line, String source) {
    List<Integer> zero = List.of(0, 0, 0);
    return new Finding(kind, message, kernel.name(), text, line, source, zero, zero, 0);
  }
}
