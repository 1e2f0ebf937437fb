package dev.tilewright.sim;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The device's memory: allocations at made-up addresses, with room between them that belongs to
 * nobody, so that an access beside an allocation is noticed. Freed ones stay known for messages.
 */
final class GlobalMemory {
  private static final long FIRST = 0x7f00_0000_0000L;
  private static final int ALIGN = 512;
  private static final int RED_ZONE = 4096;

  private final TreeMap<Long, Segment> segments = new TreeMap<>();
  private long next = FIRST;

  synchronized Segment allocate(String name, long bytes) {
    if (bytes < 0 || bytes > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException("an allocation of " + bytes + " bytes is not supported");
    }
    Segment segment = new Segment(name, next, (int) bytes);
    segments.put(next, segment);
    next += (bytes + RED_ZONE + ALIGN - 1) / ALIGN * ALIGN;
    return segment;
  }

  /** The allocation that holds the address, or null. */
  synchronized Segment find(long address) {
    Map.Entry<Long, Segment> entry = segments.floorEntry(address);
    if (entry == null) {
      return null;
    }
    Segment segment = entry.getValue();
    return address - segment.base < segment.bytes() && !segment.freed ? segment : null;
  }

  /** The allocations that are not freed. */
  synchronized List<Segment> live() {
    return segments.values().stream().filter(s -> !s.freed).toList();
  }

  /** What lies at or near an address, in words. */
  synchronized String describe(long address) {
    Map.Entry<Long, Segment> below = segments.floorEntry(address);
    Map.Entry<Long, Segment> above = segments.higherEntry(address);
    long behind = below == null ? Long.MAX_VALUE : distanceBehind(below.getValue(), address);
    long before = above == null ? Long.MAX_VALUE : above.getKey() - address;
    if (behind == Long.MAX_VALUE && before == Long.MAX_VALUE) {
      return "no memory is allocated";
    }
    if (behind < 0) {
      Segment in = below.getValue();
      return (in.freed ? "in the freed " : "in ") + of(in) + " at byte " + (address - in.base);
    }
    if (behind <= before) {
      return behind + " bytes behind the end of " + of(below.getValue());
    }
    return before + " bytes before " + of(above.getValue());
  }

  private static long distanceBehind(Segment segment, long address) {
    return address - segment.base - segment.bytes();
  }

  private static String of(Segment segment) {
    return segment.name + " (" + segment.bytes() + " bytes)";
  }
}
