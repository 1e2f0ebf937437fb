package dev.tilewright.sim;

import java.util.HashMap;
import java.util.Map;

/** How much of every block has happened before now: a vector clock with few entries. */
final class BlockClock {
  private final long self;
  private int time = 1;
  private final Map<Long, Integer> others = new HashMap<>();

  BlockClock(long self) {
    this.self = self;
  }

  int now() {
    return time;
  }

  void tick() {
    time++;
  }

  boolean covers(long block, int at) {
    return block == self ? at <= time : others.getOrDefault(block, 0) >= at;
  }

  BlockClock copy() {
    BlockClock copy = new BlockClock(self);
    copy.time = time;
    copy.others.putAll(others);
    return copy;
  }

  void join(BlockClock other) {
    add(other.self, other.time);
    other.others.forEach(this::add);
  }

  private void add(long block, int at) {
    if (block == self) {
      time = Math.max(time, at);
    } else {
      others.merge(block, at, Math::max);
    }
  }
}
