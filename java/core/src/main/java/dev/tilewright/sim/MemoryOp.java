package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.MemoryScope;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Semantics;
import dev.tilewright.ptx.StateSpace;

/** An instruction that accesses memory: finds the bytes of each lane, and checks the access. */
abstract class MemoryOp extends Op {
  final StateSpace space;

  /** How many bytes are accessed together; the address must be a multiple. */
  final int size;

  /** Whether it is strong: volatile, relaxed, acquire, release or atomic (ISA section 8.4). */
  final boolean strong;

  /** Whether the lanes access together what the address of one of them names. */
  boolean collective;

  private final boolean device;
  private final boolean acquires;
  private final boolean releases;

  /** The segment of global memory found last; a stale one costs a search, in any thread. */
  private Segment last;

  /** A weak access. */
  MemoryOp(StateSpace space, int size) {
    this.space = space;
    this.size = size;
    this.strong = false;
    this.device = false;
    this.acquires = false;
    this.releases = false;
  }

  /** An access with the semantics of an instruction. */
  MemoryOp(StateSpace space, int size, Instruction i) {
    Semantics semantics = i.modifiers().semantics().orElse(Semantics.WEAK);
    boolean atomic = i.opcode() == Opcode.ATOM || i.opcode() == Opcode.RED;
    MemoryScope scope = i.modifiers().scope().orElse(MemoryScope.GPU);
    this.space = space;
    this.size = size;
    this.strong = semantics != Semantics.WEAK || atomic;
    this.device = strong && (scope == MemoryScope.GPU || scope == MemoryScope.SYS);
    this.acquires = semantics == Semantics.ACQUIRE || semantics == Semantics.ACQ_REL;
    this.releases = semantics == Semantics.RELEASE || semantics == Semantics.ACQ_REL;
  }

  /** Whether it is strong for all threads of the device. */
  final boolean reachesDevice() {
    return device;
  }

  final boolean acquires() {
    return acquires;
  }

  final boolean releases() {
    return releases;
  }

  /** Notes that so many bytes together, aligned, may be accessed in shared or global memory. */
  static void note(Decoder d, StateSpace space, int bytes) {
    if (space == StateSpace.SHARED || space == StateSpace.GENERIC) {
      d.kernel().shareElements(bytes);
    }
    if (space == StateSpace.GLOBAL || space == StateSpace.GENERIC) {
      d.kernel().globalElements(bytes);
    }
  }

  void checkAddress(Warp w, AddressSource address, int mask) {
    int undefined = mask & ~address.defined(w);
    if (undefined != 0) {
      w.block.checker.undefined(w, this, undefined, "the address comes from memory never written");
    }
  }

  /**
   * Begins a request: puts the lanes' addresses into the warp. Every instruction that accesses
   * memory passes here once, with all its lanes, before it looks at any of them.
   */
  final void request(Warp w, AddressSource address, int mask) {
    checkAddress(w, address, mask);
    address.read(w, w.addresses);
    Tally tally = w.block.tally;
    if (tally != null) {
      tally.request(this, w.addresses, mask, size);
    }
  }

  /**
   * Finds the bytes of a request when all lie in one segment and none is at fault; puts their
   * places into the warp.
   *
   * @return the segment, or null when the lanes must be looked at one by one
   */
  final Segment together(Warp w, int mask) {
    long[] addresses = w.addresses;
    long first = addresses[Integer.numberOfTrailingZeros(mask)];
    StateSpace in = space == StateSpace.GENERIC ? Windows.spaceOf(first) : space;
    long base = space == StateSpace.GENERIC ? Windows.base(in) : 0;
    Segment segment;
    long limit;
    switch (in) {
      case SHARED:
        segment = w.block.shared;
        limit = w.block.grid.userSharedBytes;
        break;
      case PARAM:
        if (w.frame.caller != null) {
          return null;
        }
        segment = w.frame.params[0];
        limit = segment.bytes();
        break;
      case LOCAL:
        return null;
      default:
        in = StateSpace.GLOBAL;
        segment = segment(w, first);
        if (segment == null) {
          return null;
        }
        base = segment.base;
        limit = segment.bytes();
    }
    if (!place(addresses, base, limit - size, mask, w.places)) {
      return null;
    }
    w.foundSpace = in;
    return segment;
  }

  /** Whether all lanes lie at a multiple of the size from 0 to the last place. */
  private boolean place(long[] addresses, long base, long last, int mask, int[] places) {
    long outside = 0;
    long low = 0;
    if (mask == -1) {
      for (int i = 0; i < Warp.SIZE; i++) {
        long at = addresses[i] - base;
        outside |= at | last - at;
        low |= at;
        places[i] = (int) at;
      }
    } else {
      for (int m = mask; m != 0; m &= m - 1) {
        int i = Integer.numberOfTrailingZeros(m);
        long at = addresses[i] - base;
        outside |= at | last - at;
        low |= at;
        places[i] = (int) at;
      }
    }
    return outside >= 0 && (low & size - 1) == 0;
  }

  /** The segment of global memory that holds an address, or null. */
  private Segment segment(Warp w, long at) {
    Segment segment = last;
    if (segment != null && at - segment.base >= 0 && at - segment.base < segment.bytes()) {
      if (!segment.freed) {
        return segment;
      }
    }
    segment = w.block.grid.memory.find(at);
    if (segment != null) {
      last = segment;
    }
    return segment;
  }

  /** Notes accesses of all lanes of a request to one segment, for the race checks. */
  final void noteAccesses(Warp w, Segment segment, int mask, boolean write, int same) {
    int[] places = w.places;
    if (w.foundSpace == StateSpace.SHARED) {
      if (w.block.shadow != null) {
        w.block.shadow.access(w, this, mask, places, size, write, same);
      }
    } else if (w.foundSpace != StateSpace.GLOBAL) {
      return;
    } else if (w.block.footprint != null) {
      w.block.footprint.note(w, this, segment, mask, write);
    } else if (w.block.grid.global != null) {
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        boolean sameValue = (same >> lane & 1) != 0;
        w.block.grid.global.access(w, this, lane, segment, places[lane], size, write, sameValue);
      }
    }
  }

  /**
   * Finds the bytes at an address; puts the place into the warp.
   *
   * @return the memory they lie in, or null when the access is at fault, which is reported
   */
  Segment locate(Warp w, int lane, long address) {
    return locate(w, lane, address, size);
  }

  /** As the other, for an access to fewer bytes than the address is aligned to. */
  Segment locate(Warp w, int lane, long address, int bytes) {
    StateSpace in = space;
    long at = address;
    if (in == StateSpace.GENERIC) {
      in = Windows.spaceOf(address);
      at -= Windows.base(in);
    }
    w.foundSpace = in;
    if ((at & size - 1) != 0) {
      w.block.checker.misaligned(w, this, lane, address, size);
      return null;
    }
    switch (in) {
      case SHARED:
        return shared(w, lane, at, bytes);
      case LOCAL:
        if (at < 0 || at + bytes > w.local.limit()) {
          String where = "a thread has " + w.local.limit() + " bytes of local memory";
          w.block.checker.outOfBounds(w, this, lane, at, bytes, where);
          return null;
        }
        w.foundAt = (int) at;
        return w.local.lane(lane);
      case PARAM:
        return parameter(w, lane, at, bytes);
      default:
        w.foundSpace = StateSpace.GLOBAL;
        return global(w, lane, at, bytes);
    }
  }

  private Segment shared(Warp w, int lane, long at, int bytes) {
    Grid grid = w.block.grid;
    boolean own = at >= 0 && at + bytes <= grid.userSharedBytes;
    boolean system = at >= grid.reservedAt && at + bytes <= grid.sharedBytes;
    if (!own && !system) {
      String where = "the block has " + grid.userSharedBytes + " bytes of shared memory";
      w.block.checker.outOfBounds(w, this, lane, at, bytes, where);
      return null;
    }
    w.foundAt = (int) at;
    return w.block.shared;
  }

  private Segment parameter(Warp w, int lane, long at, int bytes) {
    Segment segment = ParamSpace.segment(w.frame, at, lane);
    long offset = ParamSpace.offset(at);
    if (segment == null || offset + bytes > segment.bytes()) {
      String where = "the parameters end before";
      w.block.checker.outOfBounds(w, this, lane, at, bytes, where);
      return null;
    }
    w.foundAt = (int) offset;
    return segment;
  }

  private Segment global(Warp w, int lane, long at, int bytes) {
    Segment segment = last;
    if (segment == null
        || at < segment.base
        || at - segment.base + bytes > segment.bytes()
        || segment.freed) {
      segment = w.block.grid.memory.find(at);
      if (segment == null || at - segment.base + bytes > segment.bytes()) {
        String where = w.block.grid.memory.describe(segment == null ? at : at + bytes - 1);
        w.block.checker.outOfBounds(w, this, lane, at, bytes, where);
        return null;
      }
      last = segment;
    }
    w.foundAt = (int) (at - segment.base);
    return segment;
  }

  /** Notes an access to the place that was located last, for the race checks. */
  void noteAccess(
      Warp w, int lane, Segment segment, int at, int bytes, boolean write, boolean same) {
    if (w.foundSpace == StateSpace.SHARED) {
      if (w.block.shadow != null) {
        w.block.shadow.access(w, this, lane, at, bytes, write, same);
      }
    } else if (w.foundSpace != StateSpace.GLOBAL) {
      return;
    } else if (w.block.footprint != null) {
      w.block.footprint.note(w, this, lane, segment, at, bytes, write);
    } else if (w.block.grid.global != null) {
      w.block.grid.global.access(w, this, lane, segment, at, bytes, write, same);
    }
  }

  /** Notes that a strong read saw a place. */
  final void observe(Warp w, int lane, Segment segment, int at) {
    Messages.Place place = new Messages.Place(segment, at);
    w.block.messages.observe(w, this, lane, place);
    if (device && w.foundSpace == StateSpace.GLOBAL && w.block.grid.global != null) {
      w.block.grid.global.observe(w, this, place);
    }
  }

  /** Notes that a strong write was made to a place. */
  final void publish(Warp w, Segment segment, int at, boolean alsoReads) {
    Messages.Place place = new Messages.Place(segment, at);
    w.block.messages.publish(w, this, place, alsoReads);
    if (device && w.foundSpace == StateSpace.GLOBAL && w.block.grid.global != null) {
      w.block.grid.global.publish(w, this, place, alsoReads);
    }
  }

  /** Whether the bytes hold something that was written; a copy under way is reported. */
  boolean isDefined(Warp w, int lane, Segment segment, int at, int bytes) {
    if (segment.isPlain(at, bytes)) {
      return true;
    }
    if (segment.isPending(at, bytes)) {
      w.block.checker.report(
          FindingKind.ASYNC_UNWAITED,
          w,
          this,
          lane,
          at,
          "reads what an asynchronous copy writes, which nobody waited for");
      return true;
    }
    if (segment.opaqueBytes(at, bytes) > 0) {
      w.block.checker.misuse(
          w, this, 1 << lane, "reads an mbarrier, whose bits only its own instructions may access");
      return true;
    }
    // Structures are copied with the gaps between their members.
    boolean copies = bytes == 8 || w.foundSpace == StateSpace.LOCAL;
    return copies && segment.isPartlyWritten(at, bytes);
  }
}
