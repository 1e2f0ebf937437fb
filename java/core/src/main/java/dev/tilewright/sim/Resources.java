package dev.tilewright.sim;

import dev.tilewright.GpuSpec;
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
    long threads = (long) block[0] * block[1] * block[2];
    if (threads < 1 || threads > chip.maxThreadsPerBlock() || block[2] > MOST_BLOCK_Z) {
      return Optional.of(
          "a block of "
              + threads
              + " threads; "
              + chip.name()
              + " allows 1 to "
              + chip.maxThreadsPerBlock());
    }
    long blocks = (long) grid[0] * grid[1] * grid[2];
    if (blocks < 1 || grid[1] > MOST_YZ || grid[2] > MOST_YZ) {
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
    long shared = kernel.sharedBytes();
    if (launch.sharedBytes() > 0) {
      shared = kernel.dynamicSharedOffset() + launch.sharedBytes();
    }
    if (shared > chip.sharedPerBlockOptin()) {
      return Optional.of(
          "a block needs "
              + shared
              + " bytes of shared memory; "
              + chip.name()
              + " gives "
              + chip.sharedPerBlockOptin());
    }
    long together = chip.sms() * blocksPerSm(chip, threads, shared);
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

  private static long blocksPerSm(GpuSpec chip, long threads, long shared) {
    long warps = (threads + GpuSpec.WARP - 1) / GpuSpec.WARP;
    long byWarps = chip.maxWarpsPerSm() / warps;
    long each = shared + chip.sharedReservedPerBlock();
    long byShared = each == 0 ? byWarps : chip.sharedPerSm() / each;
    return Math.min(chip.maxBlocksPerSm(), Math.min(byWarps, byShared));
  }
}
