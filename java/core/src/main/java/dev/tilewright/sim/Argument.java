package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.PtxParam;
import dev.tilewright.ptx.PtxRoutine;
import dev.tilewright.ptx.Register;
import dev.tilewright.ptx.RegisterClass;

/**
 * What a call passes or takes back (ISA section 9.7.12.5): a parameter of the caller, a register or
 * a constant; the function has it as a parameter or a register.
 *
 * @param at where the parameter lies in the caller's call area, or -1
 * @param wide whether the register has 64 bits
 * @param slot the register's place in the caller's frame
 */
record Argument(int at, boolean wide, int slot) {
  static Argument passed(Decoder d, Instruction i, Operand operand) {
    if (operand instanceof Operand.Symbol symbol) {
      return new Argument(
          (int) ParamSpace.offset(d.code().paramAddress(symbol.variable())), false, -1);
    }
    check(i, operand);
    boolean wide = d.isLong(operand);
    return new Argument(-1, wide, wide ? d.longSource(operand) : d.intSource(operand));
  }

  static Argument returned(Decoder d, Instruction i, Operand operand) {
    if (operand instanceof Operand.Symbol) {
      return passed(d, i, operand);
    }
    check(i, operand);
    boolean wide = d.isLong(operand);
    return new Argument(-1, wide, wide ? d.longDestination(operand) : d.intDestination(operand));
  }

  private static void check(Instruction i, Operand operand) {
    if (operand instanceof Operand.Reg reg) {
      RegisterClass c = reg.register().registerClass();
      if (c == RegisterClass.PRED || c == RegisterClass.B128) {
        throw new Unsupported(i, "a predicate or a register of 128 bits as parameter");
      }
    }
  }

  boolean isParameter() {
    return at >= 0;
  }

  /** Copies the value of a lane into the frame of the function. */
  void pass(Frame caller, Frame into, PtxParam param, int lane) {
    Segment area = caller.callParams[lane];
    int bytes = (int) param.bytes();
    if (param.register().isPresent()) {
      boolean known = at < 0 ? isDefined(caller, lane) : area.isPlain(at, bytes);
      long value = at < 0 ? read(caller, lane) : area.load(at, bytes);
      Register register = param.register().get();
      int to = slotOf(into.code.routine, register);
      put(into, register.registerClass() == RegisterClass.B64, to, lane, value, known);
    } else if (at < 0) {
      into.params[lane].store(
          (int) param.offset(), bytes, read(caller, lane), isDefined(caller, lane));
    } else {
      copy(area, at, into.params[lane], (int) param.offset(), bytes);
    }
  }

  /** Copies the returned value of a lane into the caller's frame. */
  void takeBack(Frame caller, Frame from, PtxParam param, int lane) {
    Segment area = caller.callParams[lane];
    int bytes = (int) param.bytes();
    if (param.register().isPresent()) {
      Register register = param.register().get();
      boolean wideFrom = register.registerClass() == RegisterClass.B64;
      Argument in = new Argument(-1, wideFrom, slotOf(from.code.routine, register));
      long value = in.read(from, lane);
      if (at < 0) {
        put(caller, wide, slot, lane, value, in.isDefined(from, lane));
      } else {
        area.store(at, bytes, value, in.isDefined(from, lane));
      }
    } else if (at < 0) {
      Segment returns = from.returns[lane];
      int offset = (int) param.offset();
      put(caller, wide, slot, lane, returns.load(offset, bytes), returns.isPlain(offset, bytes));
    } else {
      copy(from.returns[lane], (int) param.offset(), area, at, bytes);
    }
  }

  private long read(Frame frame, int lane) {
    return wide ? frame.longs[slot][lane] : frame.ints[slot][lane] & 0xFFFFFFFFL;
  }

  private boolean isDefined(Frame frame, int lane) {
    return ((wide ? frame.longsDefined : frame.intsDefined)[slot] >> lane & 1) != 0;
  }

  private static void put(
      Frame frame, boolean wide, int slot, int lane, long value, boolean defined) {
    if (wide) {
      frame.longs[slot][lane] = value;
    } else {
      frame.ints[slot][lane] = (int) value;
    }
    int[] known = wide ? frame.longsDefined : frame.intsDefined;
    known[slot] = defined ? known[slot] | 1 << lane : known[slot] & ~(1 << lane);
  }

  private static int slotOf(PtxRoutine routine, Register register) {
    return register.registerClass() == RegisterClass.B32
        ? routine.registerCount(RegisterClass.B16) + register.index()
        : register.index();
  }

  private static void copy(Segment from, int at, Segment to, int toAt, int bytes) {
    System.arraycopy(from.data, at, to.data, toAt, bytes);
    System.arraycopy(from.state, at, to.state, toAt, bytes);
  }
}
