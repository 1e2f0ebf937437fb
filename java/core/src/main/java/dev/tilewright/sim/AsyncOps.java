package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.StateSpace;

/** cp.async and its groups (ISA section 9.7.9.25.3). */
final class AsyncOps {
  private AsyncOps() {}

  static Op copy(Decoder d, Instruction i) {
    int bytes = (int) ((Operand.Imm) i.source(2)).bits();
    int count = -1;
    PredicateSource ignore = null;
    int operands = i.sources().size() - (i.modifiers().has("L2::cache_hint") ? 1 : 0);
    if (operands > 3) {
      if (d.isPredicate(i.source(3))) {
        ignore = d.predicate(i.source(3));
      } else {
        count = d.intSource(i.source(3));
      }
    }
    return new Copy(
        d,
        bytes,
        AddressSource.of(d, i.source(0)),
        AddressSource.of(d, i.source(1)),
        count,
        ignore,
        i);
  }

  private static final class Source extends MemoryOp {
    Source(int bytes, Instruction i) {
      super(StateSpace.GLOBAL, bytes);
      this.instruction = i;
    }

    @Override
    void run(Warp w, int mask) {
      throw new IllegalStateException();
    }
  }

  private static final class Copy extends MemoryOp {
    private final AddressSource to;
    private final AddressSource from;
    private final int count;
    private final PredicateSource ignore;
    private final Source source;

    Copy(
        Decoder d,
        int bytes,
        AddressSource to,
        AddressSource from,
        int count,
        PredicateSource ignore,
        Instruction i) {
      super(StateSpace.SHARED, bytes);
      MemoryOp.note(d, StateSpace.SHARED, bytes);
      // A short copy reads fewer bytes.
      MemoryOp.note(d, StateSpace.GLOBAL, count < 0 ? bytes : Math.min(bytes, 4));
      this.to = to;
      this.from = from;
      this.count = count;
      this.ignore = ignore;
      this.source = new Source(bytes, i);
    }

    @Override
    void run(Warp w, int mask) {
      request(w, to, mask);
      AsyncCopies.Batch batch = new AsyncCopies.Batch(this, size);
      boolean placed = together(w, mask) != null;
      if (placed) {
        System.arraycopy(w.places, 0, batch.to, 0, Warp.SIZE);
      }
      int reads = 0;
      boolean whole = true;
      int ignored = ignore == null ? 0 : ignore.read(w);
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        int bytes = count < 0 ? size : Math.min(size, w.ints[count][lane]);
        bytes = (ignored >> lane & 1) != 0 ? 0 : bytes;
        batch.count[lane] = bytes;
        if (bytes > 0) {
          reads |= 1 << lane;
          whole &= bytes == size;
        }
      }
      source.id = id;
      if (reads != 0) {
        source.request(w, from, reads);
      }
      Segment segment = placed && whole && reads != 0 ? source.together(w, reads) : null;
      if (segment != null) {
        for (int m = reads; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          batch.from[lane] = segment;
          batch.fromAt[lane] = w.places[lane];
        }
        if (w.block.grid.checks) {
          source.noteAccesses(w, segment, reads, false, 0);
        }
        batch.mask = mask;
      } else {
        oneByOne(w, mask, batch);
      }
      w.copies.start(w, batch);
    }

    private void oneByOne(Warp w, int mask, AsyncCopies.Batch batch) {
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        if (locate(w, lane, to.at(w, lane)) == null) {
          continue;
        }
        batch.to[lane] = w.foundAt;
        int bytes = batch.count[lane];
        Segment segment = null;
        if (bytes > 0) {
          segment = source.locate(w, lane, w.addresses[lane], bytes);
          bytes = segment == null ? 0 : bytes;
          if (segment != null && w.block.grid.checks) {
            source.noteAccess(w, lane, segment, w.foundAt, bytes, false, false);
          }
        }
        batch.mask |= 1 << lane;
        batch.from[lane] = segment;
        batch.fromAt[lane] = w.foundAt;
        batch.count[lane] = bytes;
      }
    }
  }

  static Op group(Decoder d, Instruction i) {
    int pending = i.sources().isEmpty() ? 0 : (int) ((Operand.Imm) i.source(0)).bits();
    return switch (i.opcode()) {
      case CP_ASYNC_COMMIT_GROUP ->
          new Op() {
            @Override
            void run(Warp w, int mask) {
              w.copies.commit(mask);
            }
          };
      case CP_ASYNC_WAIT_GROUP ->
          new Op() {
            @Override
            void run(Warp w, int mask) {
              w.copies.waitGroups(w, mask, pending);
            }
          };
      default ->
          new Op() {
            @Override
            void run(Warp w, int mask) {
              w.copies.waitAll(w, mask);
            }
          };
    };
  }
}
