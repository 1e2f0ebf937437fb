package dev.tilewright.sim;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Keeps what global memory held before a launch, of each segment from its first store on. */
final class Undo {
  private record Before(byte[] data, byte[] state) {}

  private final List<Segment> watched;
  private final Map<Segment, Before> saved = new IdentityHashMap<>();

  /** Watches the segments; nothing stores to them yet. */
  Undo(List<Segment> segments) {
    watched = segments;
    watched.forEach(s -> s.undo = this);
  }

  /** A thread is about to store. When it returns, the segment is saved. */
  synchronized void save(Segment segment) {
    if (segment.undo == this) {
      saved.put(segment, new Before(segment.data.clone(), segment.state.clone()));
      segment.undo = null;
    }
  }

  /** Ends; all threads that store have ended. */
  void close(boolean restores) {
    watched.forEach(s -> s.undo = null);
    if (restores) {
      saved.forEach(
          (s, before) -> {
            System.arraycopy(before.data, 0, s.data, 0, s.data.length);
            System.arraycopy(before.state, 0, s.state, 0, s.state.length);
          });
    }
  }
}
