package dev.tilewright.sim;

import dev.tilewright.GpuSpec;
import dev.tilewright.ptx.PtxKernel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A launch that runs: it admits blocks, gives each its share, and sees when nothing moves. */
final class Grid {
  private static final int QUANTUM = 20_000;
  private static final int IDLE_ROUNDS = 64;
  private static final int RESERVED_GAP = 4096;
  private static final int RESERVED_BYTES = 1024;
  private static final int WORKSPACE_BYTES = 256;

  /** The default of cudaLimitMallocHeapSize. */
  private static final long HEAP_BYTES = 8L << 20;

  final Launch launch;
  final Launch.Options options;
  final boolean checks;
  final GpuSpec chip;
  final SimModule module;
  final KernelCode kernel;
  final Code code;
  final Segment params;
  final GlobalMemory memory;
  final Findings findings = new Findings();
  final int threads;

  /** The shared memory that the launch asks for. */
  final int userSharedBytes;

  /** Where the system's own shared memory lies, which no user's address reaches by a small step. */
  final int reservedAt;

  final int sharedBytes;

  /** The bytes that the race check tells apart in shared memory. */
  final int granule;

  /** The check of races in global memory, or null when there are no checks. */
  final GlobalShadow global;

  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final long total;
  private final long deadline;
  private Segment workspace;
  private long heap;
  private volatile boolean stopped;
  private long warpSteps;
  private long laneSteps;
  private long retiredSteps;

  /** Whether each block runs to its end with no other, see {@link IndependentBlocks}. */
  final boolean alone;

  Grid(
      GpuSpec chip,
      GlobalMemory memory,
      SimModule module,
      Launch launch,
      Launch.Options options,
      boolean alone,
      long begin) {
    this.alone = alone;
    this.chip = chip;
    this.memory = memory;
    this.module = module;
    this.launch = launch;
    this.options = options;
    this.checks = options.checks();
    PtxKernel entry = module.module().kernel(launch.kernel()).orElseThrow();
    this.kernel = module.code(entry);
    this.code = kernel.code(entry);
    int[] b = launch.blockExtent();
    int[] g = launch.gridExtent();
    threads = b[0] * b[1] * b[2];
    total = (long) g[0] * g[1] * g[2];
    userSharedBytes =
        (int)
            (launch.sharedBytes() > 0
                ? entry.dynamicSharedOffset() + launch.sharedBytes()
                : entry.sharedBytes());
    reservedAt = userSharedBytes + RESERVED_GAP + 15 & -16;
    sharedBytes = kernel.usesReserved() ? reservedAt + RESERVED_BYTES : userSharedBytes;
    granule = kernel.sharedGranule();
    global = checks && !alone ? new GlobalShadow(this, kernel.globalGranule()) : null;
    params = new Segment("the parameters", 0, launch.params().length);
    params.write(0, launch.params());
    deadline = begin + options.time().toNanos();
  }

  String kernelName() {
    return launch.kernel();
  }

  boolean stopped() {
    return stopped;
  }

  void stop() {
    stopped = true;
  }

  /** Whether asynchronous copies land when they start instead of when they are waited for. */
  boolean copiesLandAtOnce() {
    return options.seed() != 0 && (options.seed() & 1) == 0;
  }

  /** Takes bytes of the device's heap, or gives them back; false when there are not so many. */
  synchronized boolean takeHeap(long bytes) {
    if (heap + bytes > HEAP_BYTES) {
      return false;
    }
    heap += bytes;
    return true;
  }

  /** The address of the words that grid-wide barriers use. */
  synchronized long workspace() {
    if (!launch.cooperative()) {
      return 0;
    }
    if (workspace == null) {
      workspace = memory.allocate("the workspace of the grid's barrier", WORKSPACE_BYTES);
      workspace.fillWritten();
    }
    return workspace.base;
  }

  synchronized void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    stdout.write(bytes, 0, bytes.length);
  }

  String stdout() {
    return stdout.toString(StandardCharsets.UTF_8);
  }

  long warpSteps() {
    return warpSteps;
  }

  long laneSteps() {
    return laneSteps;
  }

  /** How many blocks there are. */
  long total() {
    return total;
  }

  /** Whether the time of the launch is over. */
  boolean isLate() {
    return System.nanoTime() > deadline;
  }

  void run() {
    List<Block> resident = new ArrayList<>();
    long next = 0;
    int most = launch.cooperative() ? Integer.MAX_VALUE : 4 * chip.sms();
    int idle = 0;
    boolean admit = true;
    while (!stopped && (next < total || !resident.isEmpty())) {
      while (next < total
          && resident.size() < most
          && (admit || resident.isEmpty() || launch.cooperative())) {
        resident.add(new Block(this, numberOf(next++), null));
        admit = false;
      }
      boolean moved = false;
      for (Block block : List.copyOf(resident)) {
        moved |= share(block);
        if (block.done()) {
          retire(block);
          resident.remove(block);
        }
        if (stopped) {
          break;
        }
      }
      admit = !resident.isEmpty();
      idle = moved ? 0 : idle + 1;
      boolean waitsForMore = next < total && resident.size() < most;
      if (idle > IDLE_ROUNDS && !waitsForMore) {
        new Deadlock(this, resident).report();
        stop();
      }
      if (!stopped && overLimit(resident)) {
        new Deadlock(this, resident).timeout();
        stop();
      }
    }
    resident.forEach(this::retire);
  }

  private long numberOf(long order) {
    return (options.seed() & 1) == 1 ? total - 1 - order : order;
  }

  private boolean overLimit(List<Block> resident) {
    long steps = retiredSteps;
    for (Block block : resident) {
      steps += block.steps();
    }
    return steps > options.maxSteps() || isLate();
  }

  /** Counts what a block did that ends. */
  void retire(Block block) {
    for (Warp warp : block.warps()) {
      warpSteps += warp.steps;
      laneSteps += warp.laneSteps;
      retiredSteps += warp.steps;
      if (!stopped) {
        warp.copies.atExit(warp);
      }
      warp.bulk.atExit();
    }
  }

  /** Runs a block's warps until it has to wait or used its share; whether something moved. */
  boolean share(Block block) {
    Warp[] warps = block.turns();
    boolean moved = false;
    for (int round = 0; round < 64 && !stopped; round++) {
      long changes = block.changes;
      boolean ran = false;
      boolean worked = false;
      for (Warp warp : warps) {
        if (!warp.done()) {
          long before = warp.steps;
          warp.run(QUANTUM);
          ran |= warp.steps != before;
          worked |= warp.steps != before && !warp.spun();
          if (warp.steps > options.maxSteps()) {
            return true; // The caller sees it.
          }
        }
      }
      boolean changed = block.changes != changes;
      moved |= worked || changed;
      if (block.done()) {
        return true;
      }
      if (!ran) {
        new Deadlock(this, List.of(block)).report();
        stop();
        return true;
      }
      if (!worked && !changed || isLate()) {
        return moved;
      }
    }
    return moved;
  }
}
