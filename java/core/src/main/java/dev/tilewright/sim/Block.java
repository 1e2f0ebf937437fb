package dev.tilewright.sim;

import dev.tilewright.ptx.SpecialRegister;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A block of threads: its warps, shared memory and barriers. */
final class Block {
  static final int BARRIERS = 16;

  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  final Grid grid;
  final long number;
  final int[] at = new int[3];
  final Segment shared;
  final SharedShadow shadow;
  final Checker checker;
  final BlockClock clock;
  final Mbarriers mbarriers = new Mbarriers();
  final Messages messages = new Messages();
  final ClusterBarrier cluster;
  private final Warp[] warps;
  private final BlockBarrier[] barriers = new BlockBarrier[BARRIERS];

  /** For how many threads the last phase of each barrier was, or null. */
  final String[] lastSizes = new String[BARRIERS];

  /** Stores and other acts that others can see. */
  long changes;

  /** What it accessed in global memory, or null where {@link GlobalShadow} knows or nobody asks. */
  final Footprint footprint;

  private final Random random;
  private StringBuilder text;

  Block(Grid grid, long number, Footprint footprint) {
    this.grid = grid;
    this.number = number;
    this.footprint = footprint;
    long seed = grid.options.seed();
    this.random = seed == 0 ? null : new Random(seed * SPREAD + number);
    int[] extent = grid.launch.gridExtent();
    at[0] = (int) (number % extent[0]);
    at[1] = (int) (number / extent[0] % extent[1]);
    at[2] = (int) (number / extent[0] / extent[1]);
    shared = new Segment("shared memory", 0, grid.sharedBytes);
    checker = new Checker(this);
    clock = new BlockClock(number);
    warps = new Warp[(threads() + Warp.SIZE - 1) / Warp.SIZE];
    cluster = new ClusterBarrier(this, warps.length);
    shadow = grid.checks ? new SharedShadow(this, grid.granule) : null;
    for (int i = 0; i < warps.length; i++) {
      warps[i] = new Warp(this, i);
      warps[i].begin(grid.code, grid.params);
    }
  }

  int threads() {
    return grid.threads;
  }

  int warpCount() {
    return (threads() + Warp.SIZE - 1) / Warp.SIZE;
  }

  Warp[] warps() {
    return warps;
  }

  /** The warps in the order of their next turn. */
  Warp[] turns() {
    Warp[] turns = warps.clone();
    if (random != null) {
      Collections.shuffle(Arrays.asList(turns), random);
    }
    return turns;
  }

  /** Whether of two ways of a branch the second runs first. */
  boolean secondFirst() {
    return random != null && random.nextBoolean();
  }

  /** Instructions run so far, each counted once for a warp. */
  long steps() {
    long steps = 0;
    for (Warp warp : warps) {
      steps += warp.steps;
    }
    return steps;
  }

  /** Prints at once, or at the end of the launch where blocks run alone. */
  void print(String more) {
    if (!grid.alone) {
      grid.print(more);
      return;
    }
    text = text == null ? new StringBuilder() : text;
    text.append(more);
  }

  /** What it printed and the grid has not yet, or null. */
  String printed() {
    return text == null ? null : text.toString();
  }

  boolean done() {
    for (Warp warp : warps) {
      if (!warp.done()) {
        return false;
      }
    }
    return true;
  }

  int liveThreads() {
    int count = 0;
    for (Warp warp : warps) {
      count += Integer.bitCount(warp.live);
    }
    return count;
  }

  BlockBarrier barrier(int id) {
    if (barriers[id] == null) {
      barriers[id] = new BlockBarrier(this, id);
    }
    return barriers[id];
  }

  void completed(int id, String size) {
    barriers[id] = null;
    lastSizes[id] = size;
    changes++;
  }

  /** Lanes left the kernel: barriers that wait for all need fewer. */
  void left(Warp warp, int lanes) {
    changes++;
    for (BlockBarrier barrier : barriers) {
      if (barrier != null) {
        barrier.completeIfAll();
      }
    }
    cluster.completeIfAll();
  }

  List<Integer> threadOf(Warp warp, int lane) {
    int linear = warp.index * Warp.SIZE + lane;
    int[] extent = grid.launch.blockExtent();
    return List.of(
        linear % extent[0], linear / extent[0] % extent[1], linear / extent[0] / extent[1]);
  }

  int special(SpecialRegister register, int index, int linear) {
    int[] extent = grid.launch.blockExtent();
    int lane = linear % Warp.SIZE;
    return switch (register) {
      case TID ->
          index == 0
              ? linear % extent[0]
              : index == 1 ? linear / extent[0] % extent[1] : linear / extent[0] / extent[1];
      case NTID -> extent[index];
      case CTAID, CLUSTERID -> at[index];
      case NCTAID, NCLUSTERID -> grid.launch.gridExtent()[index];
      case CLUSTER_CTAID, CLUSTER_CTARANK -> 0;
      case CLUSTER_NCTAID, CLUSTER_NCTARANK -> 1;
      case LANEID -> lane;
      case WARPID -> linear / Warp.SIZE;
      case NWARPID -> warpCount();
      case SMID -> (int) (number % grid.chip.sms());
      case NSMID -> grid.chip.sms();
      case LANEMASK_EQ -> 1 << lane;
      case LANEMASK_LE -> -1 >>> 31 - lane;
      case LANEMASK_LT -> (1 << lane) - 1;
      case LANEMASK_GE -> -1 << lane;
      case LANEMASK_GT -> lane == 31 ? 0 : -1 << lane + 1;
      case TOTAL_SMEM_SIZE, AGGR_SMEM_SIZE -> grid.userSharedBytes;
      case DYNAMIC_SMEM_SIZE -> grid.launch.sharedBytes();
      case ENVREG ->
          index == 1 ? (int) (grid.workspace() >>> 32) : index == 2 ? (int) grid.workspace() : 0;
      case RESERVED_SMEM_OFFSET_, RESERVED_SMEM_OFFSET_BEGIN -> grid.reservedAt;
      case RESERVED_SMEM_OFFSET_END, RESERVED_SMEM_OFFSET_CAP -> grid.sharedBytes;
      default -> 0;
    };
  }
}
