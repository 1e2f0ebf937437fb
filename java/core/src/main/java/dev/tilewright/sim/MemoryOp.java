package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
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

  private final boolean device;
  private final boolean acquires;
  private final boolean releases;
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
    this.acquires = device && (semantics == Semantics.ACQUIRE || semantics == Semantics.ACQ_REL);
    this.releases = device && (semantics == Semantics.RELEASE || semantics == Semantics.ACQ_REL);
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

  /** Notes that elements of a type may be accessed in shared or global memory. */
  static void note(Decoder d, StateSpace space, DataType element) {
    if (space == StateSpace.SHARED || space == StateSpace.GENERIC) {
      d.kernel().shareElements(element.bytes());
    }
    if (space == StateSpace.GLOBAL || space == StateSpace.GENERIC) {
      d.kernel().globalElements(element.bytes());
    }
  }

  void checkAddress(Warp w, AddressSource address, int mask) {
    int undefined = mask & ~address.defined(w);
    if (undefined != 0) {
      w.block.checker.undefined(w, this, undefined, "the address comes from memory never written");
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
        w.block.shadow.access(w, this, lane, at, bytes, write, strong, same);
      }
    } else if (w.foundSpace == StateSpace.GLOBAL && w.block.grid.global != null) {
      w.block.grid.global.access(w, this, lane, segment, at, bytes, write, same);
    }
  }

  /** Whether the bytes are written; a copy under way is reported. */
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
    return false;
  }
}
