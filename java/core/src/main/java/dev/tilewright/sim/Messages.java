package dev.tilewright.sim;

import java.util.HashMap;
import java.util.Map;

/**
 * The order that strong accesses give to the threads of a block (ISA section 8): what a thread did
 * before a release, or before a fence and a strong write, lies before what another does after an
 * acquire, or a strong read and a fence, that saw the value. A warp's lanes share a clock; a lane
 * that acquires lies behind all that its own warp did.
 */
final class Messages {
  /** Bytes that a strong access is made to. */
  record Place(Segment segment, int at) {}

  private final Map<Place, int[]> released = new HashMap<>();

  /** A strong write; of one that also reads, what was released before stays. */
  void publish(Warp w, MemoryOp op, Place place, boolean alsoReads) {
    int[] out = op.releases() ? w.clock.copy() : w.fencedClock;
    if (out == null) {
      if (!alsoReads) {
        released.remove(place);
      }
      return;
    }
    int[] there = released.get(place);
    if (there == null || !alsoReads) {
      released.put(place, out.clone());
    } else {
      for (int i = 0; i < there.length; i++) {
        there[i] = Math.max(there[i], out[i]);
      }
    }
    if (op.releases()) {
      w.clock.tick();
    }
  }

  /** A strong read by a lane: orders what comes after it, at once or at the next fence. */
  void observe(Warp w, MemoryOp op, int lane, Place place) {
    int[] there = released.get(place);
    if (there == null) {
      return;
    }
    if (op.acquires()) {
      w.clock.join(there);
      w.metAll(1 << lane);
      return;
    }
    if (w.observedClock == null) {
      w.observedClock = new int[there.length];
    }
    for (int i = 0; i < there.length; i++) {
      w.observedClock[i] = Math.max(w.observedClock[i], there[i]);
    }
    w.observedLanes |= 1 << lane;
  }

  /** A fence of any scope. */
  static void fence(Warp w, int lanes) {
    if (w.observedClock != null) {
      w.clock.join(w.observedClock);
      w.metAll(w.observedLanes & lanes);
      w.observedLanes &= ~lanes;
      if (w.observedLanes == 0) {
        w.observedClock = null;
      }
    }
    w.fencedClock = w.clock.copy();
    w.clock.tick();
  }
}
