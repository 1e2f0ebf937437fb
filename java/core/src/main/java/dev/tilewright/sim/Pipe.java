package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import java.util.List;
import java.util.Locale;

/**
 * Which part of a multiprocessor an instruction keeps busy. PTX is not the machine's code: the
 * assembler fuses and splits, so the counts by pipe are near the machine's, not equal to them.
 */
public enum Pipe {
  /** Single precision. */
  FP32,
  /** Half precision and bfloat16. */
  FP16,
  /** Double precision. */
  FP64,
  /** Integers, comparisons of them, logic and predicates. */
  INT,
  /** Conversions. */
  CONVERT,
  /** Approximate functions: reciprocal, roots, sine, exponential, logarithm. */
  SPECIAL,
  /** Moves and selections of registers. */
  MOVE,
  /** Loads, stores, atomics, asynchronous copies, matrix loads. */
  MEMORY,
  /** Matrix multiplications. */
  MATRIX,
  /** Shuffles, votes and what else lanes of a warp do together. */
  WARP,
  /** Barriers, fences and waits. */
  SYNC,
  /** Branches, calls, exits. */
  CONTROL;

  static Pipe of(Instruction i) {
    return switch (i.opcode()) {
      case MMA_SYNC, WMMA_MMA -> MATRIX;
      case LD, LDU, ST, ATOM, RED, CP_ASYNC, LDMATRIX, STMATRIX, WMMA_LOAD, WMMA_STORE -> MEMORY;
      case PREFETCH, PREFETCHU, APPLYPRIORITY, DISCARD, CREATEPOLICY, ST_ASYNC -> MEMORY;
      case SHFL_SYNC, VOTE_SYNC, MATCH, REDUX_SYNC, ELECT_SYNC, ACTIVEMASK, MOVMATRIX -> WARP;
      case BRA, BRX_IDX, CALL, RET, EXIT, TRAP, BRKPT -> CONTROL;
      case CVT, CVT_PACK -> CONVERT;
      case MOV, CVTA, ISSPACEP, SELP, SLCT, PRMT, MAPA, GETCTARANK -> MOVE;
      case RCP, SQRT, RSQRT, SIN, COS, LG2, EX2, TANH ->
          i.modifiers().type() == DataType.F64 ? FP64 : SPECIAL;
      default -> isSync(i) ? SYNC : arithmetic(i);
    };
  }

  private static boolean isSync(Instruction i) {
    String name = i.opcode().mnemonic();
    return name.startsWith("bar.")
        || name.startsWith("barrier.")
        || name.startsWith("mbarrier.")
        || name.startsWith("cp.async.")
        || name.equals("membar")
        || name.equals("fence")
        || name.equals("nanosleep")
        || name.equals("griddepcontrol");
  }

  private static Pipe arithmetic(Instruction i) {
    List<DataType> types = i.modifiers().types();
    if (types.isEmpty()) {
      return INT;
    }
    // setp.lt.and.f32 and set.lt.u32.f32 compare what their last type says.
    DataType type = types.get(types.size() - 1).element();
    if (type == DataType.F64) {
      return FP64;
    }
    if (type == DataType.F16 || type == DataType.BF16) {
      return FP16;
    }
    return type.isFloat() ? FP32 : INT;
  }

  /** The name in reports: {@code fp32}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
