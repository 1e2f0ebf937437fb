package dev.tilewright.sim;

import dev.tilewright.GpuKernel;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuLaunchException;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Occupancy;
import dev.tilewright.ptx.PtxKernel;
import java.util.List;
import java.util.OptionalInt;

/** A kernel of a simulated GPU. */
final class SimKernel implements GpuKernel {
  private final SimImage image;
  private final PtxKernel kernel;
  private final List<Parameter> parameters;

  SimKernel(SimImage image, PtxKernel kernel) {
    this.image = image;
    this.kernel = kernel;
    this.parameters =
        kernel.params().stream()
            .map(p -> new Parameter(p.name(), (int) p.offset(), (int) p.bytes()))
            .toList();
  }

  @Override
  public String name() {
    return kernel.name();
  }

  @Override
  public SimImage module() {
    return image;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public int argumentBytes() {
    return (int) kernel.paramBytes();
  }

  @Override
  public int maxThreads() {
    List<Integer> extents =
        kernel.limits().reqntid().isEmpty() ? kernel.limits().maxntid() : kernel.limits().reqntid();
    int chip = image.device().spec().maxThreadsPerBlock();
    long most = extents.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    return extents.isEmpty() ? chip : (int) Math.min(chip, most);
  }

  @Override
  public long sharedBytes() {
    return kernel.sharedBytes();
  }

  /** Empty: registers are given out by the assembler, which PTX has not passed. */
  @Override
  public OptionalInt registers() {
    return OptionalInt.empty();
  }

  @Override
  public Occupancy occupancy(int threads, long dynamicShared) {
    if (threads > maxThreads()) {
      throw new InvalidSpecException("threads", threads, "1 to " + maxThreads() + " of " + name());
    }
    return Occupancy.of(
        image.device().spec(),
        threads,
        0,
        sharedBytes(),
        Resources.dynamicBytes(kernel, dynamicShared));
  }

  /** The launch as the machine takes it, when it may be made. */
  Launch check(GpuLaunch l, byte[] arguments) {
    image.requireOpen();
    if (arguments.length != argumentBytes()) {
      throw new InvalidSpecException(
          "arguments of " + name(),
          arguments.length + " bytes",
          argumentBytes() + " bytes: " + parameters);
    }
    Launch launch =
        new Launch(
            name(),
            new int[] {l.gridX(), l.gridY(), l.gridZ()},
            new int[] {l.blockX(), l.blockY(), l.blockZ()},
            l.sharedBytes(),
            l.cooperative(),
            arguments);
    SimDevice device = image.device();
    device
        .machine
        .tooMuch(kernel, launch)
        .ifPresent(
            reason -> {
              throw new GpuLaunchException(name(), device.name(), reason);
            });
    return launch;
  }

  @Override
  public String toString() {
    return name();
  }
}
