package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.PtxKernel;
import dev.tilewright.ptx.PtxRoutine;
import dev.tilewright.ptx.PtxVariable;
import dev.tilewright.ptx.Register;
import dev.tilewright.ptx.RegisterClass;
import dev.tilewright.ptx.StateSpace;
import java.util.List;

/**
 * Decodes a routine: finds every operand's place in the frame, and each instruction's operation.
 */
final class Decoder {
  private final SimModule module;
  private final KernelCode kernel;
  private final Code code;
  private final PtxRoutine routine;
  private final ControlFlow flow;
  private final int shortRegisters;
  private final int longRegisters;

  private Decoder(SimModule module, KernelCode kernel, Code code) {
    this.module = module;
    this.kernel = kernel;
    this.code = code;
    this.routine = code.routine;
    this.flow = new ControlFlow(routine.body());
    this.shortRegisters = routine.registerCount(RegisterClass.B16);
    this.longRegisters = routine.registerCount(RegisterClass.B64);
  }

  static void decode(SimModule module, KernelCode kernel, Code code) {
    new Decoder(module, kernel, code).decode();
  }

  private void decode() {
    List<Instruction> body = code.routine.body();
    Op[] ops = new Op[body.size() + 1];
    for (int i = 0; i < body.size(); i++) {
      Instruction instruction = body.get(i);
      Op op = BitFields.wrap(this, body, i, OpFactory.make(this, instruction, i));
      op.instruction = instruction;
      op.pc = i;
      kernel.number(op);
      if (communicates(op, instruction)) {
        kernel.communicate();
      }
      if (instruction.guard().isPresent()) {
        op.guard = slot(instruction.guard().get().register());
        op.guardFlip = instruction.guard().get().negated() ? -1 : 0;
      }
      ops[i] = op;
    }
    Op end = new ControlOps.Return(body.size());
    end.instruction = body.isEmpty() ? null : body.get(body.size() - 1);
    end.pc = body.size();
    ops[body.size()] = end;
    code.ops = ops;
  }

  /** Whether it can pass values between blocks, or changes more than memory. */
  private static boolean communicates(Op op, Instruction i) {
    if (op instanceof MemoryOp access && access.strong) {
      return access.space != StateSpace.SHARED;
    }
    if (op instanceof Calls.Call call) {
      return !call.staysInBlock();
    }
    return switch (i.opcode()) {
      case MEMBAR, FENCE -> !i.modifiers().has("cta");
      case CP_ASYNC_BULK, ST_ASYNC, RED_ASYNC, BARRIER_CLUSTER_ARRIVE, BARRIER_CLUSTER_WAIT, MAPA ->
          true;
      default -> false;
    };
  }

  Code code() {
    return code;
  }

  KernelCode kernel() {
    return kernel;
  }

  SimModule module() {
    return module;
  }

  /**
   * Where the ways out of a branch meet, or -1 when all that is left to do there is to leave the
   * kernel: lanes that leave early do not wait for the others.
   */
  int meetingPoint(int branch) {
    int at = flow.meetingPoint(branch);
    boolean entry = routine instanceof PtxKernel;
    return entry && flow.onlyLeaves(at) ? -1 : at;
  }

  int end() {
    return routine.body().size();
  }

  private int slot(Register register) {
    return switch (register.registerClass()) {
      case PRED, B16, B64 -> register.index();
      case B32 -> shortRegisters + register.index();
      case B128 -> longRegisters + 2 * register.index();
    };
  }

  /** Whether an operand is one of 64 bits in the frame; of 128, its lower half is. */
  boolean isLong(Operand operand) {
    if (operand instanceof Operand.Reg reg) {
      RegisterClass c = reg.register().registerClass();
      return c == RegisterClass.B64 || c == RegisterClass.B128;
    }
    if (operand instanceof Operand.Imm imm) {
      return imm.type().bits() > 32;
    }
    if (operand instanceof Operand.Special special) {
      return special.register().type().bits() > 32;
    }
    return operand instanceof Operand.Symbol || operand instanceof Operand.Function;
  }

  boolean isPredicate(Operand operand) {
    return operand instanceof Operand.Reg reg
            && reg.register().registerClass() == RegisterClass.PRED
        || operand instanceof Operand.Imm imm && imm.type() == DataType.PRED;
  }

  int intSource(Operand operand) {
    if (operand instanceof Operand.Reg reg) {
      return slot(reg.register());
    }
    if (operand instanceof Operand.Special special) {
      if (special.register().name().startsWith("RESERVED")) {
        kernel.useReserved();
      }
      return code.special(special);
    }
    if (operand instanceof Operand.Imm imm) {
      return code.intConstant(
          imm.type().bits() == 16 ? (int) imm.bits() & 0xFFFF : (int) imm.bits());
    }
    return code.intConstant((int) constant(operand));
  }

  int longSource(Operand operand) {
    if (operand instanceof Operand.Reg reg) {
      return slot(reg.register());
    }
    return code.longConstant(constant(operand));
  }

  private long constant(Operand operand) {
    if (operand instanceof Operand.Imm imm) {
      return imm.bits();
    }
    if (operand instanceof Operand.Symbol symbol) {
      return address(symbol.variable()) + symbol.offset();
    }
    if (operand instanceof Operand.Function function) {
      return module.address(function.routine());
    }
    throw new IllegalStateException(operand.toString());
  }

  /** The address of a variable in its own space. */
  long address(PtxVariable variable) {
    StateSpace space = variable.space();
    if (space == StateSpace.GLOBAL || space == StateSpace.CONST) {
      return module.segment(variable).base;
    }
    if (space == StateSpace.SHARED) {
      return kernel.routine().offset(variable).orElseThrow();
    }
    if (space == StateSpace.PARAM) {
      return code.paramAddress(variable);
    }
    return routine.offset(variable).orElseThrow();
  }

  PredicateSource predicate(Operand operand) {
    if (operand instanceof Operand.Reg reg) {
      return new PredicateSource(slot(reg.register()), reg.negated() ? -1 : 0);
    }
    boolean value = ((Operand.Imm) operand).bits() != 0;
    return new PredicateSource(code.predicateRegisters, value ? -1 : 0);
  }

  int intDestination(Operand operand) {
    return operand instanceof Operand.Reg reg ? slot(reg.register()) : code.intRegisters - 1;
  }

  int longDestination(Operand operand) {
    return operand instanceof Operand.Reg reg ? slot(reg.register()) : code.longRegisters - 2;
  }

  int predicateDestination(Operand operand) {
    return operand instanceof Operand.Reg reg ? slot(reg.register()) : code.predicateRegisters - 1;
  }

  /** The kernel that is decoded for. */
  PtxKernel entry() {
    return kernel.routine();
  }
}
