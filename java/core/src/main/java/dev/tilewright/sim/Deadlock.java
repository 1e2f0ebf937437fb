package dev.tilewright.sim;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Tells who waits for what when nothing moves any more, or the limit is reached. */
final class Deadlock {
  private final Grid grid;
  private final List<Block> blocks;

  Deadlock(Grid grid, List<Block> blocks) {
    this.grid = grid;
    this.blocks = List.copyOf(blocks);
  }

  void report() {
    Set<Op> seen = new LinkedHashSet<>();
    for (Block block : blocks) {
      for (Warp warp : block.warps()) {
        for (Path path : warp.paths) {
          if (path.waiting != null && seen.add(path.waiting)) {
            tell(block, warp, path.waiting, path.mask, waitsAt(block, path.waiting));
            compareSizes(block, warp, path);
          }
        }
        if (!warp.done() && warp.polling != null && seen.add(warp.polling)) {
          String text = "warp " + warp.index + " polls for a value that nobody stores";
          tell(block, warp, warp.polling, warp.pollingLanes, text);
        }
      }
    }
  }

  /** Lanes wait at a barrier that others took for another number of threads. */
  private static void compareSizes(Block block, Warp warp, Path path) {
    for (int id = 0; id < Block.BARRIERS; id++) {
      String last = block.lastSizes[id];
      BlockBarrier barrier = block.barrier(id);
      boolean waits = barrier.waiters().stream().anyMatch(w -> w.path() == path);
      if (waits && last != null && !last.equals(barrier.size())) {
        String text =
            "barrier "
                + id
                + " is for "
                + barrier.size()
                + " threads here, and was for "
                + last
                + " where others came";
        block.checker.misuse(warp, path.waiting, path.mask, text);
      }
    }
  }

  private static String waitsAt(Block block, SyncOp op) {
    if (op instanceof BarrierOp) {
      for (int id = 0; id < Block.BARRIERS; id++) {
        BlockBarrier barrier = block.barrier(id);
        if (barrier.waiters().stream().anyMatch(w -> w.op() == op)) {
          return String.format(
              "barrier %d waits for %d threads, and %d came",
              id, barrier.expected(), barrier.arrived());
        }
      }
    }
    return "lanes wait for others that do not come";
  }

  private static void tell(Block block, Warp warp, Op op, int lanes, String message) {
    int lane = Integer.numberOfTrailingZeros(lanes);
    block.checker.report(FindingKind.DEADLOCK, warp, op, lane & 31, 0, message);
  }

  void timeout() {
    for (Block block : blocks) {
      for (Warp warp : block.warps()) {
        for (Path path : warp.paths) {
          if (path.runnable()) {
            Op op = path.frame.code.ops[path.pc];
            int lane = Integer.numberOfTrailingZeros(path.mask);
            String text = "the kernel did not end within " + limit() + "; it runs here";
            block.checker.report(FindingKind.TIMEOUT, warp, op, lane, 0, text);
            return;
          }
        }
      }
    }
  }

  private String limit() {
    return grid.options.maxSteps() + " instructions or " + grid.options.time().toMillis() + " ms";
  }
}
