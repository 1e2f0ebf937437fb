package dev.tilewright;

/**
 * The shape of a launch. Immutable.
 *
 * @param gridX blocks in x
 * @param gridY blocks in y
 * @param gridZ blocks in z
 * @param blockX threads of a block in x
 * @param blockY threads of a block in y
 * @param blockZ threads of a block in z
 * @param sharedBytes dynamic shared memory of a block; beyond 48 KiB the device opts in by itself
 * @param cooperative whether all blocks must be resident, so that they can wait for each other
 */
public record GpuLaunch(
    int gridX,
    int gridY,
    int gridZ,
    int blockX,
    int blockY,
    int blockZ,
    int sharedBytes,
    boolean cooperative) {

  /**
   * Checks the numbers.
   *
   * @throws InvalidSpecException when an extent is below 1 or the shared memory below 0
   */
  public GpuLaunch {
    positive("gridX", gridX);
    positive("gridY", gridY);
    positive("gridZ", gridZ);
    positive("blockX", blockX);
    positive("blockY", blockY);
    positive("blockZ", blockZ);
    if (sharedBytes < 0) {
      throw new InvalidSpecException("sharedBytes", sharedBytes, "at least 0");
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new InvalidSpecException(name, value, "at least 1");
    }
  }

  /** A row of blocks, each a row of threads. */
  public static GpuLaunch of(int blocks, int threads) {
    return new GpuLaunch(blocks, 1, 1, threads, 1, 1, 0, false);
  }

  /** The same with another grid. */
  public GpuLaunch withGrid(int x, int y, int z) {
    return new GpuLaunch(x, y, z, blockX, blockY, blockZ, sharedBytes, cooperative);
  }

  /** The same with other blocks. */
  public GpuLaunch withBlock(int x, int y, int z) {
    return new GpuLaunch(gridX, gridY, gridZ, x, y, z, sharedBytes, cooperative);
  }

  /** The same with so much dynamic shared memory. */
  public GpuLaunch withShared(int bytes) {
    return new GpuLaunch(gridX, gridY, gridZ, blockX, blockY, blockZ, bytes, cooperative);
  }

  /** The same as a cooperative launch, or not. */
  public GpuLaunch withCooperative(boolean all) {
    return new GpuLaunch(gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, all);
  }
}
