package dev.tilewright.sim;

import dev.tilewright.ptx.StateSpace;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The asynchronous copies that a warp's lanes have under way (ISA section 9.7.9.25.3), in groups.
 * What a copy writes counts as not yet there until the lane waits for it.
 */
final class AsyncCopies {
  /** Copies that one instruction started, of each lane one. */
  static final class Batch {
    final MemoryOp op;
    final int bytes;
    int mask;
    long number;
    final int[] group = new int[Warp.SIZE];
    final int[] to = new int[Warp.SIZE];
    final Segment[] from = new Segment[Warp.SIZE];
    final int[] fromAt = new int[Warp.SIZE];
    final int[] count = new int[Warp.SIZE];

    Batch(MemoryOp op, int bytes) {
      this.op = op;
      this.bytes = bytes;
    }
  }

  private final List<Batch> batches = new ArrayList<>();
  private long started;

  /** Of each lane, how many groups it closed. */
  private final int[] committed = new int[Warp.SIZE];

  void start(Warp w, Batch batch) {
    for (int m = batch.mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      batch.group[lane] = committed[lane];
      if (w.block.grid.copiesLandAtOnce()) {
        copy(w, batch, lane);
      }
      w.block.shared.setPending(batch.to[lane], batch.bytes, true);
      w.foundSpace = StateSpace.SHARED; // It may write from now on, until it is waited for.
      batch.op.noteAccess(w, lane, w.block.shared, batch.to[lane], batch.bytes, true, false);
    }
    batch.number = started++;
    batches.add(batch);
  }

  /** How many instructions started copies so far. */
  long started() {
    return started;
  }

  /** Whether a lane has copies that did not land. */
  boolean areUnderWay(int lane) {
    return batches.stream().anyMatch(b -> (b.mask >> lane & 1) != 0);
  }

  /** Lets the copies of a lane land that it started before. */
  void landBefore(Warp w, int lane, long number) {
    Iterator<Batch> each = batches.iterator();
    while (each.hasNext()) {
      Batch batch = each.next();
      if (batch.number < number && (batch.mask >> lane & 1) != 0) {
        finish(w, batch, lane);
        batch.mask &= ~(1 << lane);
        if (batch.mask == 0) {
          each.remove();
        }
      }
    }
  }

  void commit(int mask) {
    for (int m = mask; m != 0; m &= m - 1) {
      committed[Integer.numberOfTrailingZeros(m)]++;
    }
  }

  /** Waits until at most so many of the latest groups are under way. */
  void waitGroups(Warp w, int mask, int pending) {
    land(w, mask, pending);
  }

  void waitAll(Warp w, int mask) {
    land(w, mask, -1);
  }

  private void land(Warp w, int mask, int pending) {
    Iterator<Batch> each = batches.iterator();
    while (each.hasNext()) {
      Batch batch = each.next();
      for (int m = batch.mask & mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        if (batch.group[lane] < committed[lane] - pending) {
          finish(w, batch, lane);
          batch.mask &= ~(1 << lane);
        }
      }
      if (batch.mask == 0) {
        each.remove();
      }
    }
  }

  private void finish(Warp w, Batch batch, int lane) {
    if (w.block.grid.copiesLandAtOnce()) {
      w.block.shared.setPending(batch.to[lane], batch.bytes, false);
    } else {
      copy(w, batch, lane);
    }
    w.foundSpace = StateSpace.SHARED;
    batch.op.noteAccess(w, lane, w.block.shared, batch.to[lane], batch.bytes, true, false);
  }

  private static void copy(Warp w, Batch batch, int lane) {
    Segment shared = w.block.shared;
    int to = batch.to[lane];
    int count = batch.count[lane];
    if (count == batch.bytes) {
      shared.copyWords(to, batch.from[lane], batch.fromAt[lane], count);
      return;
    }
    for (int i = 0; i < batch.bytes; i++) {
      boolean filled = i >= count; // The rest of a short copy is zero.
      shared.data[to + i] = filled ? 0 : batch.from[lane].data[batch.fromAt[lane] + i];
      shared.state[to + i] =
          filled ? Segment.WRITTEN : batch.from[lane].state[batch.fromAt[lane] + i];
    }
  }

  /** The block ends: reports copies that nobody waited for. */
  void atExit(Warp w) {
    for (Batch batch : batches) {
      for (int m = batch.mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        if (batch.count[lane] > 0) {
          String text = "the block ends while the copy is under way: nobody waited for it";
          w.block.checker.report(
              FindingKind.ASYNC_UNWAITED, w, batch.op, lane, batch.to[lane], text);
          break;
        }
      }
    }
    batches.clear();
  }
}
