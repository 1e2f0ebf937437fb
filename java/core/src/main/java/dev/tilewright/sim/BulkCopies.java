package dev.tilewright.sim;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The bulk copies that a warp's lanes have under way in bulk groups (ISA section 9.7.9.25.4): they
 * land when they are waited for, at the latest when the block ends.
 */
final class BulkCopies {
  private record Copy(int lane, int group, Runnable landing) {}

  private final List<Copy> copies = new ArrayList<>();

  /** Of each lane, how many groups it closed. */
  private final int[] committed = new int[Warp.SIZE];

  void start(Warp w, int lane, Runnable landing) {
    if (w.block.grid.copiesLandAtOnce()) {
      landing.run();
    } else {
      copies.add(new Copy(lane, committed[lane], landing));
    }
  }

  void commit(int mask) {
    for (int m = mask; m != 0; m &= m - 1) {
      committed[Integer.numberOfTrailingZeros(m)]++;
    }
  }

  /** Waits until at most so many of the latest groups are under way. */
  void waitGroups(int mask, int pending) {
    Iterator<Copy> each = copies.iterator();
    while (each.hasNext()) {
      Copy copy = each.next();
      boolean waits = (mask >> copy.lane & 1) != 0;
      if (waits && copy.group < committed[copy.lane] - pending) {
        copy.landing.run();
        each.remove();
      }
    }
  }

  void atExit() {
    copies.forEach(c -> c.landing.run());
    copies.clear();
  }
}
