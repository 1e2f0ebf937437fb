package dev.tilewright.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The mbarrier objects of a block (ISA section 9.7.13.15), by their place in shared memory: their
 * bits are opaque, so that the memory itself holds nothing that counts.
 */
final class Mbarriers {
  private static final int PHASE_SHIFT = 20;
  private static final int MOST = (1 << PHASE_SHIFT) - 1;

  /** One object. */
  static final class Mbarrier {
    private int expected;
    private int pending;
    private int transactions;
    private long phase;
    private final List<Runnable> underWay = new ArrayList<>();
    final int[] before;

    private Mbarrier(int count, int warps) {
      expected = count;
      pending = count;
      before = new int[warps];
    }

    /** The state as mbarrier.arrive returns it. */
    long token() {
      return phase << PHASE_SHIFT | pending;
    }

    /** An asynchronous operation that arrives or completes bytes here lands later. */
    void defer(Runnable landing) {
      underWay.add(landing);
    }

    /** Lets what is under way land, when somebody waits in vain; whether something did. */
    boolean land() {
      List<Runnable> landings = List.copyOf(underWay);
      underWay.clear();
      landings.forEach(Runnable::run);
      return !landings.isEmpty();
    }

    /** One arrival more is expected in this phase. */
    void increment() {
      pending++;
    }

    void expect(int bytes) {
      transactions += bytes;
    }

    void complete(int bytes) {
      transactions -= bytes;
      turn();
    }

    /** Arrives; false when more arrive than are expected. */
    boolean arrive(int count, boolean drop) {
      if (count > pending) {
        return false;
      }
      pending -= count;
      if (drop) {
        expected -= count;
      }
      turn();
      return true;
    }

    private void turn() {
      if (pending == 0 && transactions == 0) {
        phase++;
        pending = expected;
      }
    }

    boolean isPast(long token) {
      return phase > token >>> PHASE_SHIFT;
    }

    boolean isParityPast(int parity) {
      return (phase & 1) != (parity & 1);
    }
  }

  private final Map<Integer, Mbarrier> all = new HashMap<>();

  /** Makes one; false when the count is out of range. */
  boolean init(int at, int count, int warps) {
    all.put(at, new Mbarrier(count, warps));
    return count >= 1 && count <= MOST;
  }

  /** The object at a place, or null. */
  Mbarrier at(int place) {
    return all.get(place);
  }

  void remove(int place) {
    all.remove(place);
  }

  static int pendingCount(long token) {
    return (int) token & MOST;
  }
}
