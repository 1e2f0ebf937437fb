package dev.tilewright.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs the blocks of a launch on several threads, each block to its end. That is for kernels
 * without means to pass values from block to block: no atomic or other strong access to global
 * memory, no fence beyond the block. Where blocks then do not touch what others write, the order in
 * which they run cannot be seen, and the result is that of any schedule.
 *
 * <p>When they do, when the threads of a block may race in global memory, or anything else is
 * found, what was stored is taken back and {@link Grid#run} begins anew, in its fixed order:
 * findings and results depend on the seed alone. Without checks nobody looks what blocks touch, and
 * kernels with races between blocks may give other results in another run.
 *
 * <p>The system property {@code tilewright.sim.workers} limits the threads.
 */
final class IndependentBlocks {
  private static final int IDLE_ROUNDS = 64;

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "tilewright-sim");
            thread.setDaemon(true);
            return thread;
          });

  private final Grid grid;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong steps = new AtomicLong();
  private final Footprint all;
  private final SortedMap<Long, String> printed = new TreeMap<>();
  private volatile boolean failed;

  IndependentBlocks(Grid grid) {
    this.grid = grid;
    this.all = grid.checks ? new Footprint(grid.kernel.globalGranule()) : null;
  }

  /** Runs; false when nothing has changed and the blocks must run together. */
  boolean run() {
    Undo undo = new Undo(grid.memory.live());
    boolean held = false;
    try {
      runAll();
      held = !failed && !grid.kernel.communicates();
    } finally {
      undo.close(!held);
    }
    if (held) {
      printed.values().forEach(grid::print);
    }
    return held;
  }

  private void runAll() {
    int processors = Runtime.getRuntime().availableProcessors();
    long workers = Math.min(grid.total(), Integer.getInteger("tilewright.sim.workers", processors));
    List<Future<?>> others = new ArrayList<>();
    for (int i = 1; i < workers; i++) {
      others.add(THREADS.submit(this::work));
    }
    work();
    for (Future<?> other : others) {
      try {
        other.get();
      } catch (ExecutionException e) {
        failed = true; // It comes again where the blocks run together.
      } catch (InterruptedException e) {
        failed = true;
        Thread.currentThread().interrupt();
      }
    }
  }

  private void work() {
    Footprint footprint = all == null ? null : new Footprint(grid.kernel.globalGranule());
    try {
      for (long number = next.getAndIncrement();
          number < grid.total() && !failed;
          number = next.getAndIncrement()) {
        Block block = new Block(grid, number, footprint);
        finish(block);
        synchronized (this) {
          grid.retire(block);
          failed |= !grid.findings.list().isEmpty() || all != null && !all.add(footprint);
          if (block.printed() != null) {
            printed.put(number, block.printed());
          }
        }
      }
    } catch (RuntimeException | Error e) {
      failed = true;
      throw e;
    }
  }

  private void finish(Block block) {
    int idle = 0;
    long before = 0;
    while (!block.done() && !failed) {
      idle = grid.share(block) ? 0 : idle + 1;
      long now = block.steps();
      boolean over = steps.addAndGet(now - before) > grid.options.maxSteps() || grid.isLate();
      before = now;
      failed |= over || idle > IDLE_ROUNDS || grid.stopped();
    }
  }
}
