package dev.tilewright.sim;

import dev.tilewright.GpuSpec;
import dev.tilewright.Occupancy;
import dev.tilewright.ptx.PtxKernel;
import java.util.List;
import java.util.Optional;

/** Whether a launch fits the chip and what the kernel declares. */
final class Resources {
  private static final int MOST_YZ = 65535;
  private static final int MOST_BLOCK_Z = 64;

  private Resources() {}

  /** What does not fit, in words. */
  static Optional<String> fault(GpuSpec chip, PtxKernel kernel, Launch launch) {
    int[] block = launch.blockExtent();
    int[] grid = launch.gridExtent();
    int limit = chip.maxThreadsPerBlock();
    boolean extents = block[0] <= limit && block[1] <= limit && block[2] <= MOST_BLOCK_Z;
    long threads = extents ? (long) block[0] * block[1] * block[2] : Long.MAX_VALUE;
    if (threads < 1 || threads > limit) {
      return Optional.of(
          "a block of "
              + block[0]
              + " x "
              + block[1]
              + " x "
              + block[2]
              + " threads; "
              + chip.name()
              + " allows 1 to "
              + limit
              + ", and "
              + MOST_BLOCK_Z
              + " in z");
    }
    boolean fits = grid[1] <= MOST_YZ && grid[2] <= MOST_YZ;
    long blocks = fits ? (long) grid[0] * grid[1] * grid[2] : -1;
    if (blocks < 1) {
      return Optional.of("a grid of " + grid[0] + " x " + grid[1] + " x " + grid[2] + " blocks");
    }
    List<Integer> most = kernel.limits().maxntid();
    long allowed = most.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    if (!most.isEmpty() && threads > allowed) {
      return Optional.of(
          "a block of " + threads + " threads; the kernel was compiled for at most " + allowed);
    }
    List<Integer> required = kernel.limits().reqntid();
    for (int k = 0; k < 3 && !required.isEmpty(); k++) {
      int wanted = k < required.size() ? required.get(k) : 1;
      if (block[k] != wanted) {
        return Optional.of("the kernel was compiled for blocks of exactly " + required);
      }
    }
    List<Integer> cluster = kernel.limits().reqnctapercluster();
    if (cluster.stream().anyMatch(n -> n > 1)) {
      return Optional.of("a cluster of " + cluster + " blocks; the simulator runs single ones");
    }
    if (kernel.sharedBytes() > GpuSpec.SHARED_PER_BLOCK) {
      return Optional.of(
          "the kernel declares "
              + kernel.sharedBytes()
              + " bytes of static shared memory; "
              + GpuSpec.SHARED_PER_BLOCK
              + " are allowed, the rest must be dynamic");
    }
    long dynamic = dynamicBytes(kernel, launch.sharedBytes());
    if (kernel.sharedBytes() + dynamic > chip.sharedPerBlockOptin()) {
      return Optional.of(
          "a block needs "
              + (kernel.sharedBytes() + dynamic)
              + " bytes of shared memory; "
              + chip.name()
              + " gives "
              + chip.sharedPerBlockOptin());
    }
    // The registers are the assembler's to choose: what a kernel needs of them is not known here.
    long together =
        (long) chip.sms()
            * Occupancy.of(chip, (int) threads, 0, kernel.sharedBytes(), dynamic).blocksPerSm();
    if (launch.cooperative() && blocks > together) {
      return Optional.of(
          "a cooperative grid of "
              + blocks
              + " blocks; "
              + chip.name()
              + " holds "
              + together
              + " at once");
    }
    return Optional.empty();
  }

  /** The dynamic shared memory with the room before it that its alignment takes. */
  static long dynamicBytes(PtxKernel kernel, long asked) {
    return asked == 0 ? 0 : kernel.dynamicSharedOffset() - kernel.sharedBytes() + asked;
  }
}
