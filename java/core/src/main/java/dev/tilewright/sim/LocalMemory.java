package dev.tilewright.sim;

import java.util.Arrays;

/** The local memory of a warp's lanes: each has its own, at the same addresses. */
final class LocalMemory {
  private final Segment[] lanes = new Segment[Warp.SIZE];
  private int limit;

  LocalMemory() {
    Arrays.setAll(lanes, i -> new Segment("local memory", 0, 0));
  }

  /** Makes at least so many bytes accessible. */
  void reach(int bytes) {
    if (bytes > lanes[0].bytes()) {
      int size = Math.max(bytes, 2 * lanes[0].bytes());
      for (int i = 0; i < lanes.length; i++) {
        Segment larger = new Segment("local memory", 0, size);
        System.arraycopy(lanes[i].data, 0, larger.data, 0, lanes[i].bytes());
        System.arraycopy(lanes[i].state, 0, larger.state, 0, lanes[i].bytes());
        lanes[i] = larger;
      }
    }
    limit = Math.max(limit, bytes);
  }

  /** A call's frame begins: its bytes were never written. */
  void enter(int begin, int end, int mask) {
    reach(end);
    for (int i = 0; i < lanes.length; i++) {
      if ((mask >> i & 1) != 0) {
        lanes[i].forget(begin, end);
      }
    }
  }

  Segment lane(int lane) {
    return lanes[lane];
  }

  /** How many bytes a thread may access. */
  int limit() {
    return limit;
  }
}
