package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.StateSpace;
import java.util.List;

/** ldmatrix, stmatrix, movmatrix (ISA sections 9.7.14.5.15 to 9.7.14.5.17) on 8 x 8 matrices. */
final class MatrixMoves {
  private static final int SIDE = 8;
  private static final int ROW_BYTES = 16;

  private MatrixMoves() {}

  static Op decode(Decoder d, Instruction i) {
    return i.opcode() == Opcode.MOVMATRIX ? new Transpose(d, i) : new Move(d, i);
  }

  /** The access to a row; it reports as the instruction it belongs to. */
  static final class Access extends MemoryOp {
    Access(StateSpace space, int bytes) {
      super(space, bytes);
    }

    {
      collective = true;
    }

    void belongsTo(Op op) {
      instruction = op.instruction;
      id = op.id;
    }

    @Override
    void run(Warp w, int mask) {
      throw new IllegalStateException();
    }
  }

  private static final class Move extends AlignedOp {
    private final boolean loads;
    private final boolean transposes;
    private final AddressSource address;
    private final int[] slots;
    private final Access row;

    Move(Decoder d, Instruction i) {
      loads = i.opcode() == Opcode.LDMATRIX;
      transposes = i.modifiers().has("trans");
      address = AddressSource.of(d, i.source(0));
      List<Operand> registers = MemoryOps.elements(loads ? i.destination() : i.source(1));
      slots =
          registers.stream().mapToInt(r -> loads ? d.intDestination(r) : d.intSource(r)).toArray();
      row = new Access(i.modifiers().space(), ROW_BYTES);
      MemoryOp.note(d, i.modifiers().space(), ROW_BYTES);
    }

    @Override
    void perform(Warp w, int lanes) {
      row.belongsTo(this);
      int rows = SIDE * slots.length;
      int used = rows == Warp.SIZE ? -1 : (1 << rows) - 1;
      row.request(w, address, used);
      if (lanes != -1) {
        w.block.checker.misuse(w, this, lanes, "some lanes of the warp take no part");
      }
      Segment segment = loads ? row.together(w, used) : null;
      if (segment != null && segment.arePlain(w.places, used, ROW_BYTES)) {
        for (int m = 0; m < slots.length; m++) {
          if (transposes) {
            loadColumns(segment, w.places, SIDE * m, w.ints[slots[m]]);
          } else {
            loadRows(segment, w.places, SIDE * m, w.ints[slots[m]]);
          }
          w.frame.intsDefined[slots[m]] = -1;
        }
        row.noteAccesses(w, segment, used, false, 0);
        return;
      }
      for (int m = 0; m < slots.length; m++) {
        if (loads) {
          load(w, m);
        } else {
          store(w, m);
        }
      }
    }

    private static void loadRows(Segment from, int[] places, int first, int[] to) {
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        to[lane] = from.getInt(places[first + lane / 4] + 4 * (lane % 4));
      }
    }

    private static void loadColumns(Segment from, int[] places, int first, int[] to) {
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        int r = first + 2 * (lane % 4);
        int c = 2 * (lane / 4);
        to[lane] = from.getShort(places[r] + c) | from.getShort(places[r + 1] + c) << 16;
      }
    }

    private void load(Warp w, int m) {
      int[] matrix = new int[SIDE * SIDE];
      int undefined = 0;
      boolean check = w.block.grid.checks;
      for (int r = 0; r < SIDE; r++) {
        int lane = m * SIDE + r;
        Segment segment = row.locate(w, lane, w.addresses[lane]);
        if (segment == null) {
          continue;
        }
        int at = w.foundAt;
        for (int c = 0; c < SIDE; c++) {
          matrix[r * SIDE + c] = (int) segment.load(at + 2 * c, 2);
        }
        if (check) {
          boolean whole =
              row.isDefined(w, lane, segment, at, 8) & row.isDefined(w, lane, segment, at + 8, 8);
          undefined |= whole ? 0 : 1 << r;
          row.noteAccess(w, lane, segment, at, ROW_BYTES, false, false);
        }
      }
      int known = -1;
      int[] to = w.ints[slots[m]];
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        int g = lane / 4;
        int t = 2 * (lane % 4);
        int first = transposes ? t * SIDE + g : g * SIDE + t;
        int second = transposes ? (t + 1) * SIDE + g : g * SIDE + t + 1;
        to[lane] = matrix[first] | matrix[second] << 16;
        int read = transposes ? 3 << t : 1 << g;
        known &= (undefined & read) == 0 ? -1 : ~(1 << lane);
      }
      w.frame.intsDefined[slots[m]] = known;
    }

    private void store(Warp w, int m) {
      int[] from = w.ints[slots[m]];
      int known = w.frame.intsDefined[slots[m]];
      for (int r = 0; r < SIDE; r++) {
        int lane = m * SIDE + r;
        Segment segment = row.locate(w, lane, w.addresses[lane]);
        if (segment == null) {
          continue;
        }
        int at = w.foundAt;
        for (int c = 0; c < SIDE; c++) {
          int holder = transposes ? c * 4 + r / 2 : r * 4 + c / 2;
          int half = transposes ? r % 2 : c % 2;
          boolean defined = (known >> holder & 1) != 0;
          segment.store(at + 2 * c, 2, from[holder] >>> 16 * half, defined);
        }
        row.noteAccess(w, lane, segment, at, ROW_BYTES, true, false);
      }
      w.block.changes++;
    }
  }

  private static final class Transpose extends AlignedOp {
    private final int from;
    private final int to;

    Transpose(Decoder d, Instruction i) {
      from = d.intSource(i.source(0));
      to = d.intDestination(i.destination());
    }

    @Override
    void perform(Warp w, int lanes) {
      int[] in = w.ints[from].clone();
      for (int lane = 0; lane < Warp.SIZE; lane++) {
        int g = lane / 4;
        int t = 2 * (lane % 4);
        int low = in[t * 4 + g / 2] >>> 16 * (g % 2) & 0xFFFF;
        int high = in[(t + 1) * 4 + g / 2] >>> 16 * (g % 2) & 0xFFFF;
        w.ints[to][lane] = low | high << 16;
      }
      w.frame.intsDefined[to] = w.frame.intsDefined[from] == -1 ? -1 : 0;
      w.met(lanes);
    }
  }
}
