package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Operand;

/** wmma.load and wmma.store (ISA sections 9.7.14.4.3, 9.7.14.4.4). */
final class WmmaMoves extends AlignedOp {
  private final boolean loads;
  private final boolean byColumns;
  private final DataType type;
  private final AddressSource address;
  private final int stride;
  private final int leading;
  private final FragmentRegisters registers;
  private final MatrixMoves.Access access;
  private final int bytes;
  private final boolean whole;

  private WmmaMoves(Decoder d, Instruction i) {
    loads = i.opcode() == Opcode.WMMA_LOAD;
    byColumns = i.modifiers().has("col");
    type = i.modifiers().type();
    int[] shape =
        Fragment.shape(
            i.modifiers().words().stream().filter(Fragment::isShape).findFirst().orElseThrow());
    int packed = FragmentRegisters.packed(type);
    Fragment fragment =
        i.modifiers().has("a")
            ? Fragment.a(shape[0], shape[2], packed)
            : i.modifiers().has("b")
                ? Fragment.b(shape[2], shape[1], packed)
                : Fragment.c(shape[0], shape[1], packed);
    address = AddressSource.of(d, i.source(0));
    int operands = loads ? 1 : 2;
    Operand given = i.sources().size() > operands ? i.source(operands) : null;
    stride = given == null ? -1 : d.intSource(given);
    leading = byColumns ? fragment.rows : fragment.columns;
    registers =
        loads
            ? FragmentRegisters.written(d, fragment, type, i.destination())
            : FragmentRegisters.read(d, fragment, type, i.source(1));
    whole = type.bits() < 8; // Elements of less than a byte move a register at a time.
    bytes = whole ? 4 : type == DataType.TF32 ? 4 : type.bytes();
    MemoryOp.note(d, i.modifiers().space(), bytes);
    access = new MatrixMoves.Access(i.modifiers().space(), bytes);
  }

  static Op decode(Decoder d, Instruction i) {
    return new WmmaMoves(d, i);
  }

  @Override
  void perform(Warp w, int lanes) {
    access.belongsTo(this);
    access.checkAddress(w, address, lanes);
    if (lanes != -1) {
      w.block.checker.misuse(w, this, lanes, "some lanes of the warp take no part");
    }
    if (w.block.tally != null) {
      count(w, lanes);
    }
    int known = -1;
    for (int lane = 0; lane < Warp.SIZE; lane++) {
      long base = address.at(w, lane);
      int pitch = stride < 0 ? leading : w.ints[stride][lane];
      for (int r = 0; r < registers.count(); r++) {
        if (loads) {
          known &= load(w, lane, r, base, pitch) ? -1 : ~(1 << lane);
        } else {
          store(w, lane, r, base, pitch);
        }
      }
    }
    if (loads) {
      registers.setDefined(w, known);
    } else {
      w.block.changes++;
    }
    w.met(lanes);
  }

  /** A request for each register, of all its elements where they lie side by side. */
  private void count(Warp w, int lanes) {
    int pieces = whole ? 1 : registers.fragment.packed;
    for (int r = 0; r < registers.count(); r++) {
      boolean adjacent = true;
      for (int e = 0; e < pieces && (e == 0 || !adjacent); e++) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          int pitch = stride < 0 ? leading : w.ints[stride][lane];
          long base = address.at(w, lane);
          w.addresses[lane] = place(r, e, lane, base, pitch);
          long last = place(r, pieces - 1, lane, base, pitch);
          adjacent &= last - w.addresses[lane] == (long) (pieces - 1) * bytes;
        }
        w.block.tally.request(access, w.addresses, lanes, adjacent ? bytes * pieces : bytes);
      }
    }
  }

  private long place(int r, int e, int lane, long base, int pitch) {
    Fragment f = registers.fragment;
    int place = f.place(r % f.registers, e, lane);
    int row = place / f.columns;
    int column = place % f.columns;
    long index = byColumns ? (long) column * pitch + row : (long) row * pitch + column;
    return base + (whole ? index * type.bits() / 8 : index * bytes);
  }

  private boolean load(Warp w, int lane, int r, long base, int pitch) {
    int pieces = whole ? 1 : registers.fragment.packed;
    int width = 8 * bytes;
    long bits = 0;
    boolean known = true;
    for (int e = 0; e < pieces; e++) {
      Segment segment = access.locate(w, lane, place(r, e, lane, base, pitch));
      if (segment != null) {
        bits |= segment.load(w.foundAt, bytes) << e * width;
        if (w.block.grid.checks) {
          known &= access.isDefined(w, lane, segment, w.foundAt, bytes);
          access.noteAccess(w, lane, segment, w.foundAt, bytes, false, false);
        }
      }
    }
    registers.setBits(w, r, lane, bits);
    return known;
  }

  private void store(Warp w, int lane, int r, long base, int pitch) {
    boolean known = (registers.defined(w) >> lane & 1) != 0;
    int pieces = registers.fragment.packed;
    long bits = registers.bits(w, r, lane);
    for (int e = 0; e < pieces; e++) {
      Segment segment = access.locate(w, lane, place(r, e, lane, base, pitch));
      if (segment != null) {
        segment.store(w.foundAt, bytes, bits >>> e * 8 * bytes, known);
        access.noteAccess(w, lane, segment, w.foundAt, bytes, true, false);
      }
    }
  }
}
