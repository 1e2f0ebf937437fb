package dev.tilewright;

/**
 * How many blocks of a kernel one multiprocessor (SM) of a GPU holds at once, by the rules of
 * {@code cuda_occupancy.h} of CUDA 13.0 with the largest setting of shared memory that helps.
 *
 * @param blocksPerSm resident blocks of one SM; 0 when a block does not fit
 * @param warpsPerSm resident warps of one SM
 * @param fraction {@code warpsPerSm} over the most that the SM can hold
 * @param limitedBy what allows no more blocks
 * @param sharedConfigBytes the smallest setting of the SM's shared memory that holds these blocks;
 *     the rest serves as first-level cache
 */
public record Occupancy(
    int blocksPerSm, int warpsPerSm, double fraction, Limit limitedBy, long sharedConfigBytes) {

  /** A resource of the SM. */
  public enum Limit {
    /** Threads that the SM holds, in warps of 32. */
    WARPS("warps"),
    /** Blocks that the SM holds. */
    BLOCKS("blocks"),
    /** The register file. */
    REGISTERS("registers"),
    /** Shared memory. */
    SHARED_MEMORY("shared memory");

    private final String words;

    Limit(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** Registers are given out to a warp in units of this many. */
  private static final int REGISTER_UNIT = 256;

  /** Warps are spread over this many sub-partitions, each with its share of the registers. */
  private static final int SUB_PARTITIONS = 4;

  /**
   * Occupancy of a kernel.
   *
   * @param gpu the machine
   * @param threads threads of a block
   * @param regsPerThread registers of a thread, as the assembler reports them; 0 counts as 1
   * @param staticShared bytes of shared memory that the kernel declares
   * @param dynamicShared bytes of shared memory that the launch asks for
   * @throws InvalidSpecException when no block of this shape can ever be launched: more threads,
   *     registers or shared memory than one block may have
   */
  public static Occupancy of(
      GpuSpec gpu, int threads, int regsPerThread, long staticShared, long dynamicShared) {
    require("threads", threads, threads >= 1, "1 to " + gpu.maxThreadsPerBlock());
    require(
        "threads",
        threads,
        threads <= gpu.maxThreadsPerBlock(),
        "1 to " + gpu.maxThreadsPerBlock() + " in a block");
    require(
        "registers per thread",
        regsPerThread,
        regsPerThread >= 0 && regsPerThread <= GpuSpec.MAX_REGS_PER_THREAD,
        "0 to " + GpuSpec.MAX_REGS_PER_THREAD);
    require("static shared memory", staticShared, staticShared >= 0, "at least 0 bytes");
    require(
        "static shared memory",
        staticShared,
        staticShared <= GpuSpec.SHARED_PER_BLOCK,
        "0 to " + GpuSpec.SHARED_PER_BLOCK + " bytes; ask for the rest as dynamic");
    require("dynamic shared memory", dynamicShared, dynamicShared >= 0, "at least 0 bytes");
    // The sum of two numbers that a caller may have computed wrongly must not wrap.
    require(
        "shared memory of a block",
        staticShared + "+" + dynamicShared,
        dynamicShared <= gpu.sharedPerBlockOptin() - staticShared,
        "0 to " + gpu.sharedPerBlockOptin() + " bytes");

    int warps = ceilDiv(threads, GpuSpec.WARP);
    int byWarps = gpu.maxWarpsPerSm() / warps;
    int byRegisters = blocksByRegisters(gpu, warps, Math.max(regsPerThread, 1));
    long perBlock =
        roundUp(
            staticShared + dynamicShared + gpu.sharedReservedPerBlock(), gpu.sharedGranularity());
    long byShared = perBlock == 0 ? Integer.MAX_VALUE : gpu.sharedPerSm() / perBlock;

    int blocks = byWarps;
    Limit limit = Limit.WARPS;
    if (gpu.maxBlocksPerSm() < blocks) {
      blocks = gpu.maxBlocksPerSm();
      limit = Limit.BLOCKS;
    }
    if (byRegisters < blocks) {
      blocks = byRegisters;
      limit = Limit.REGISTERS;
    }
    if (byShared < blocks) {
      blocks = (int) byShared;
      limit = Limit.SHARED_MEMORY;
    }
    return new Occupancy(
        blocks,
        blocks * warps,
        (double) (blocks * warps) / gpu.maxWarpsPerSm(),
        limit,
        config(gpu, blocks * perBlock));
  }

  private static int blocksByRegisters(GpuSpec gpu, int warps, int regsPerThread) {
    int perWarp = (int) roundUp((long) regsPerThread * GpuSpec.WARP, REGISTER_UNIT);
    int perPartition = gpu.regsPerSm() / SUB_PARTITIONS / perWarp;
    // A block whose own warps do not fit when spread evenly over the partitions does not launch.
    if ((long) perWarp * roundUp(warps, SUB_PARTITIONS) > gpu.regsPerSm()) {
      return 0;
    }
    return perPartition * SUB_PARTITIONS / warps;
  }

  private static long config(GpuSpec gpu, long bytes) {
    for (int kib : gpu.sharedConfigsKb()) {
      if (kib * 1024L >= bytes) {
        return kib * 1024L;
      }
    }
    return gpu.sharedPerSm();
  }

  private static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }

  private static long roundUp(long value, long unit) {
    return (value + unit - 1) / unit * unit;
  }

  private static void require(String name, Object got, boolean fine, String allowed) {
    if (!fine) {
      throw new InvalidSpecException(name, got, allowed);
    }
  }
}
