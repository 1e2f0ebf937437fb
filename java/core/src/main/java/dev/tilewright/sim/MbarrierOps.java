package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Modifiers;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.StateSpace;

/** mbarrier.* and cp.async.mbarrier.arrive (ISA section 9.7.13.15). */
final class MbarrierOps {
  private static final int BYTES = 8;

  private MbarrierOps() {}

  static Op decode(Decoder d, Instruction i) {
    if (i.opcode() == Opcode.MBARRIER_PENDING_COUNT) {
      return Lanes.scalar(d, i, (a, b, c, e) -> Mbarriers.pendingCount(a));
    }
    return new Barrier(d, i);
  }

  private static final class Barrier extends MemoryOp {
    private final Opcode opcode;
    private final Modifiers modifiers;
    private final AddressSource address;
    private final boolean wideOperand;
    private final int operand;
    private final int to;

    Barrier(Decoder d, Instruction i) {
      super(i.modifiers().space(), BYTES);
      opcode = i.opcode();
      modifiers = i.modifiers();
      address = AddressSource.of(d, i.source(0));
      boolean given = i.sources().size() > 1;
      wideOperand = given && d.isLong(i.source(1));
      operand = !given ? -1 : wideOperand ? d.longSource(i.source(1)) : d.intSource(i.source(1));
      boolean tests = opcode == Opcode.MBARRIER_TEST_WAIT || opcode == Opcode.MBARRIER_TRY_WAIT;
      to =
          i.destinations().isEmpty()
              ? -1
              : tests
                  ? d.predicateDestination(i.destination())
                  : d.longDestination(i.destination());
    }

    @Override
    void run(Warp w, int mask) {
      request(w, address, mask);
      int passed = 0;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        Segment segment = locate(w, lane, w.addresses[lane]);
        if (segment == null) {
          continue;
        }
        if (w.foundSpace != StateSpace.SHARED) {
          w.block.checker.misuse(w, this, 1 << lane, "an mbarrier lies in shared memory only");
          continue;
        }
        long value = operand < 0 ? 1 : wideOperand ? w.longs[operand][lane] : w.ints[operand][lane];
        passed |= one(w, lane, w.foundAt, value) ? 1 << lane : 0;
      }
      boolean tests = opcode == Opcode.MBARRIER_TEST_WAIT || opcode == Opcode.MBARRIER_TRY_WAIT;
      if (tests) {
        CompareOps.put(w.frame, to, passed, mask, -1);
        if (passed != mask) {
          w.poll(this, mask);
        }
        if (passed != 0) {
          w.metAll(passed);
        }
      } else {
        if (to >= 0) {
          w.frame.longsDefined[to] |= mask;
        }
        w.clock.tick();
        w.met(mask);
        w.block.changes++;
      }
    }

    private boolean one(Warp w, int lane, int at, long value) {
      Mbarriers all = w.block.mbarriers;
      if (opcode == Opcode.MBARRIER_INIT) {
        if (all.at(at) != null && w.block.shared.opaqueBytes(at, BYTES) == BYTES) {
          w.block.checker.misuse(
              w, this, 1 << lane, "there is a valid mbarrier already; mbarrier.inval ends it");
        }
        if (!all.init(at, (int) value, w.block.warpCount())) {
          w.block.checker.misuse(w, this, 1 << lane, "an mbarrier for " + value + " arrivals");
        }
        w.block.shared.store(at, BYTES, value, true);
        w.block.shared.setOpaque(at, BYTES, true);
        return false;
      }
      Mbarriers.Mbarrier barrier = all.at(at);
      if (barrier == null) {
        w.block.checker.misuse(
            w, this, 1 << lane, "there is no mbarrier at byte " + at + " of shared memory");
        return true;
      }
      if (w.block.shared.opaqueBytes(at, BYTES) < BYTES) {
        w.block.checker.misuse(
            w, this, 1 << lane, "other instructions have written over the mbarrier's bits");
        w.block.shared.setOpaque(at, BYTES, true);
      }
      switch (opcode) {
        case MBARRIER_INVAL -> {
          all.remove(at);
          w.block.shared.setOpaque(at, BYTES, false);
        }
        case MBARRIER_EXPECT_TX -> barrier.expect((int) value);
        case MBARRIER_COMPLETE_TX -> barrier.complete((int) value);
        case MBARRIER_TEST_WAIT, MBARRIER_TRY_WAIT -> {
          boolean past =
              modifiers.has("parity") ? barrier.isParityPast((int) value) : barrier.isPast(value);
          if (past) {
            w.clock.join(barrier.before);
          } else if (barrier.land()) {
            w.block.changes++; // As late as it may: seen by the next test.
          }
          return past;
        }
        default -> arrive(w, lane, barrier, value);
      }
      return true;
    }

    private void arrive(Warp w, int lane, Mbarriers.Mbarrier barrier, long value) {
      if (opcode == Opcode.CP_ASYNC_MBARRIER_ARRIVE) {
        arriveLater(w, lane, barrier);
        return;
      }
      w.clock.addTo(barrier.before);
      int count = (int) value;
      if (modifiers.has("expect_tx")) {
        barrier.expect(count);
        count = 1;
      }
      if (to >= 0) {
        w.longs[to][lane] = barrier.token();
      }
      arrive(w, lane, barrier, count, opcode == Opcode.MBARRIER_ARRIVE_DROP);
    }

    private void arrive(Warp w, int lane, Mbarriers.Mbarrier barrier, int count, boolean drop) {
      if (!barrier.arrive(count, drop)) {
        w.block.checker.misuse(
            w, this, 1 << lane, "more threads arrive at the mbarrier than it was made for");
      }
    }

    /** Arrives when the copies that the lane started before have landed. */
    private void arriveLater(Warp w, int lane, Mbarriers.Mbarrier barrier) {
      if (!modifiers.has("noinc")) {
        barrier.increment();
      }
      long started = w.copies.started();
      Runnable landing =
          () -> {
            w.copies.landBefore(w, lane, started);
            w.clock.addTo(barrier.before);
            arrive(w, lane, barrier, 1, false);
            w.block.changes++;
          };
      if (w.block.grid.copiesLandAtOnce() || !w.copies.areUnderWay(lane)) {
        landing.run();
      } else {
        barrier.defer(landing);
      }
    }
  }
}
