package dev.tilewright.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * An instruction that lanes run together which a mask names: shfl.sync, vote.sync, match.sync,
 * redux.sync, elect.sync, bar.warp.sync. Each lane waits until all named lanes that have not left
 * are at such an instruction with the same mask; they need not be at the same place in the code.
 */
abstract class CollectiveOp extends SyncOp {
  /** What the lanes bring, and what they get. */
  static final class Exchange {
    final long[] values = new long[Warp.SIZE];
    int lanes;
    int truths;
    int defined = -1;
  }

  /** Where the mask of lanes is read from. */
  int maskSlot;

  /** Instructions with the same key run together. */
  String key;

  /** Adds what the lanes bring. */
  abstract void gather(Warp w, int lanes, Exchange x);

  /** Gives the lanes their results. */
  abstract void scatter(Warp w, int lanes, Exchange x, int named);

  private int named(Path path) {
    return path.frame.ints[maskSlot][Integer.numberOfTrailingZeros(path.mask)];
  }

  /** Runs it for a whole warp at once; false when it must be done by gathering. */
  boolean together(Warp w) {
    return false;
  }

  private boolean allNamed(Warp w) {
    int all = -1;
    for (int named : w.ints[maskSlot]) {
      all &= named;
    }
    return all == -1;
  }

  @Override
  boolean arrive(Warp w, Path path) {
    int named = named(path);
    if (named == -1 && path.mask == -1 && allNamed(w) && together(w)) {
      path.pc++;
      w.met(-1);
      return true;
    }
    int same = 0;
    for (int m = path.mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      same |= w.ints[maskSlot][lane] == named ? 1 << lane : 0;
    }
    if (same != path.mask) {
      w.split(path, same, pc, pc, pc + 1);
      return true;
    }
    if ((path.mask & ~named) != 0) {
      absent(w, path.mask & ~named, "the mask " + Integer.toHexString(named) + " leaves it out");
    }
    if ((named & w.live & ~path.mask) != 0) {
      return false;
    }
    perform(w, List.of(path), named);
    return true;
  }

  @Override
  boolean retry(Warp w, Path path) {
    int named = named(path);
    List<Path> together = new ArrayList<>();
    int lanes = 0;
    for (Path each : w.paths) {
      if (each.waiting instanceof CollectiveOp op
          && op.key.equals(key)
          && op.named(each) == named) {
        together.add(each);
        lanes |= each.mask;
      }
    }
    if ((named & w.live & ~lanes) != 0) {
      return false;
    }
    perform(w, together, named);
    return true;
  }

  @Override
  boolean giveUp(Warp w, Path path) {
    int named = named(path);
    absent(
        w,
        path.mask,
        String.format("lanes %08x are named and do not come", named & w.live & ~path.mask));
    perform(w, List.of(path), named);
    return true;
  }

  void absent(Warp w, int lanes, String message) {
    w.block.checker.report(
        FindingKind.SHFL_ABSENT_LANE, w, this, Integer.numberOfTrailingZeros(lanes), 0, message);
  }

  private void perform(Warp w, List<Path> together, int named) {
    Exchange x = new Exchange();
    for (Path path : together) {
      CollectiveOp op = path.waiting == null ? this : (CollectiveOp) path.waiting;
      w.as(path);
      op.gather(w, path.mask, x);
      x.lanes |= path.mask;
    }
    for (Path path : together) {
      CollectiveOp op = path.waiting == null ? this : (CollectiveOp) path.waiting;
      w.as(path);
      op.scatter(w, path.mask, x, named);
      path.waiting = null;
      path.pc++;
    }
    w.met(x.lanes);
  }
}
