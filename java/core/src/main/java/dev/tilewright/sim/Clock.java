package dev.tilewright.sim;

/** A vector clock of a warp: how much of every warp of its block has happened before it. */
final class Clock {
  private final int self;
  private final int[] times;

  Clock(int self, int warps) {
    this.self = self;
    this.times = new int[warps];
    this.times[self] = 1;
  }

  int now() {
    return times[self];
  }

  /** Whether what another warp did at a time of its own lies before now. */
  boolean covers(int warp, int time) {
    return times[warp] >= time;
  }

  int[] copy() {
    return times.clone();
  }

  void tick() {
    times[self]++;
  }

  void join(int[] other) {
    for (int i = 0; i < times.length; i++) {
      times[i] = Math.max(times[i], other[i]);
    }
  }

  void addTo(int[] other) {
    for (int i = 0; i < times.length; i++) {
      other[i] = Math.max(times[i], other[i]);
    }
  }
}
