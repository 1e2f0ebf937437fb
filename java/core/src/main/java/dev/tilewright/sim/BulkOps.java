package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.StateSpace;
import java.util.List;

/**
 * cp.async.bulk of one dimension with its groups, st.async and red.async (ISA sections 9.7.9.25.4,
 * 9.7.9.13, 9.7.13.7). What an mbarrier counts lands when somebody looks at the mbarrier, or at
 * once, as the schedule wants; what a group holds when it is waited for.
 */
final class BulkOps {
  private static final int ALIGN = 16;
  private static final int MBARRIER_BYTES = 8;

  private BulkOps() {}

  static Op decode(Decoder d, Instruction i) {
    return switch (i.opcode()) {
      case CP_ASYNC_BULK -> new Copy(d, i);
      case CP_ASYNC_BULK_COMMIT_GROUP -> new Commit();
      case CP_ASYNC_BULK_WAIT_GROUP -> new WaitGroup((int) ((Operand.Imm) i.source(0)).bits());
      default -> new AsyncStore(d, i);
    };
  }

  private static final class Commit extends Op {
    @Override
    void run(Warp w, int mask) {
      w.bulk.commit(mask);
    }
  }

  private static final class WaitGroup extends Op {
    private final int pending;

    WaitGroup(int pending) {
      this.pending = pending;
    }

    @Override
    void run(Warp w, int mask) {
      w.bulk.waitGroups(mask, pending);
    }
  }

  /** The mbarrier at an address, or null when there is none, which is reported. */
  private static Mbarriers.Mbarrier barrier(
      Warp w, MatrixMoves.Access access, Op op, int lane, AddressSource address) {
    access.belongsTo(op);
    if (access.locate(w, lane, address.at(w, lane)) == null) {
      return null;
    }
    Mbarriers.Mbarrier barrier = w.block.mbarriers.at(w.foundAt);
    if (barrier == null) {
      w.block.checker.misuse(
          w, op, 1 << lane, "there is no mbarrier at byte " + w.foundAt + " of shared memory");
    }
    return barrier;
  }

  private static final class Copy extends MemoryOp {
    private final AddressSource to;
    private final AddressSource from;
    private final int bytes;
    private final AddressSource mbarrier;
    private final MatrixMoves.Access source;
    private final MatrixMoves.Access object =
        new MatrixMoves.Access(StateSpace.SHARED, MBARRIER_BYTES);

    Copy(Decoder d, Instruction i) {
      super(i.modifiers().spaces().get(0), ALIGN);
      MemoryOp.note(d, StateSpace.SHARED, ALIGN);
      MemoryOp.note(d, StateSpace.GLOBAL, ALIGN);
      to = AddressSource.of(d, i.source(0));
      from = AddressSource.of(d, i.source(1));
      bytes = d.intSource(i.source(2));
      boolean grouped = i.modifiers().has("bulk_group");
      mbarrier = grouped ? null : AddressSource.of(d, i.source(3));
      source = new MatrixMoves.Access(i.modifiers().spaces().get(1), ALIGN);
    }

    @Override
    void run(Warp w, int mask) {
      source.belongsTo(this);
      checkAddress(w, to, mask);
      checkAddress(w, from, mask);
      for (int m = mask; m != 0; m &= m - 1) {
        one(w, Integer.numberOfTrailingZeros(m));
      }
      w.clock.tick();
      w.block.changes++;
    }

    private void one(Warp w, int lane) {
      int count = w.ints[bytes][lane];
      if (count % ALIGN != 0 || count < 0) {
        w.block.checker.misaligned(w, this, lane, count & 0xFFFFFFFFL, ALIGN);
        return;
      }
      Mbarriers.Mbarrier barrier =
          mbarrier == null ? null : barrier(w, object, this, lane, mbarrier);
      if (mbarrier != null && barrier == null) {
        return;
      }
      Segment target = count == 0 ? null : locate(w, lane, to.at(w, lane), count);
      int targetAt = w.foundAt;
      Segment origin = target == null ? null : source.locate(w, lane, from.at(w, lane), count);
      int originAt = w.foundAt;
      if (count > 0 && origin == null) {
        return;
      }
      if (barrier != null && count > 0) {
        target.setPending(targetAt, count, true);
      }
      Runnable landing =
          () -> {
            if (count > 0) {
              copy(w, lane, target, targetAt, origin, originAt, count);
            }
            if (barrier != null) {
              w.clock.addTo(barrier.before);
              barrier.complete(count);
            }
            w.block.changes++;
          };
      if (barrier == null) {
        w.bulk.start(w, lane, landing);
      } else if (w.block.grid.copiesLandAtOnce()) {
        landing.run();
      } else {
        barrier.defer(landing);
      }
    }

    private void copy(
        Warp w, int lane, Segment target, int targetAt, Segment origin, int originAt, int count) {
      boolean check = w.block.grid.checks;
      if (check) {
        w.foundSpace = source.space;
        source.noteAccess(w, lane, origin, originAt, count, false, false);
      }
      target.copyWords(targetAt, origin, originAt, count);
      if (check) {
        w.foundSpace = space;
        noteAccess(w, lane, target, targetAt, count, true, false);
      }
    }
  }

  /** st.async and red.async: a store or an operation that an mbarrier counts in bytes. */
  private static final class AsyncStore extends MemoryOp {
    private final AddressSource to;
    private final AddressSource mbarrier;
    private final MatrixMoves.Access object =
        new MatrixMoves.Access(StateSpace.SHARED, MBARRIER_BYTES);
    private final int element;
    private final boolean[] wide;
    private final int[] slots;

    /** The operation, or null of a store. */
    private final Lanes.Scalar function;

    AsyncStore(Decoder d, Instruction i) {
      super(
          StateSpace.SHARED, i.modifiers().type().bytes() * MemoryOps.elements(i.source(1)).size());
      DataType type = i.modifiers().type();
      MemoryOp.note(d, StateSpace.SHARED, type.bytes());
      List<Operand> from = MemoryOps.elements(i.source(1));
      element = type.bytes();
      wide = new boolean[from.size()];
      slots = new int[from.size()];
      for (int k = 0; k < slots.length; k++) {
        wide[k] = d.isLong(from.get(k));
        slots[k] = wide[k] ? d.longSource(from.get(k)) : d.intSource(from.get(k));
      }
      to = AddressSource.of(d, i.source(0));
      mbarrier = AddressSource.of(d, i.source(2));
      function = i.opcode() == Opcode.RED_ASYNC ? AtomicOps.function(i, type) : null;
    }

    @Override
    void run(Warp w, int mask) {
      checkAddress(w, to, mask);
      for (int m = mask; m != 0; m &= m - 1) {
        one(w, Integer.numberOfTrailingZeros(m));
      }
      w.clock.tick();
      w.block.changes++;
    }

    private void one(Warp w, int lane) {
      Mbarriers.Mbarrier barrier = barrier(w, object, this, lane, mbarrier);
      Segment target = barrier == null ? null : locate(w, lane, to.at(w, lane));
      if (target == null) {
        return;
      }
      int at = w.foundAt;
      long keep = -1L >>> 64 - 8 * element;
      long[] values = new long[slots.length];
      boolean[] defined = new boolean[slots.length];
      for (int k = 0; k < slots.length; k++) {
        values[k] = (wide[k] ? w.longs[slots[k]][lane] : w.ints[slots[k]][lane]) & keep;
        int[] known = wide[k] ? w.frame.longsDefined : w.frame.intsDefined;
        defined[k] = (known[slots[k]] >> lane & 1) != 0;
      }
      Runnable landing =
          () -> {
            for (int k = 0; k < values.length; k++) {
              int place = at + k * element;
              long value =
                  function == null
                      ? values[k]
                      : function.apply(target.load(place, element), values[k], 0, 0) & keep;
              target.store(place, element, value, defined[k]);
            }
            w.foundSpace = StateSpace.SHARED;
            noteAccess(w, lane, target, at, size, true, function != null);
            w.clock.addTo(barrier.before);
            barrier.complete(size);
            w.block.changes++;
          };
      if (w.block.grid.copiesLandAtOnce()) {
        landing.run();
      } else {
        barrier.defer(landing);
      }
    }
  }
}
