package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Operand;

/** Chooses the operation of an instruction. One that has none is refused. */
final class OpFactory {
  private static final int LEAST_REGISTERS = 24;
  private static final int MOST_REGISTERS = 256;
  private static final int REGISTER_STEP = 8;

  private OpFactory() {}

  static Op make(Decoder d, Instruction i, int pc) {
    return switch (i.opcode()) {
      case BRA -> ControlOps.branch(d, i, pc);
      case BRX_IDX -> ControlOps.indexed(d, i, pc);
      case RET -> new ControlOps.Return(d.end());
      case EXIT -> new ControlOps.Exit();
      case TRAP, BRKPT -> new ControlOps.Trap();
      case CALL -> Calls.decode(d, i);
      case MOV -> MoveOps.mov(d, i);
      case CVTA -> MoveOps.cvta(d, i);
      case ISSPACEP -> MoveOps.isspacep(d, i);
      case CVT -> Conversions.make(d, i);
      case CVT_PACK -> Lanes.scalar(d, i, Conversions.pack(i));
      case LD, LDU -> MemoryOps.load(d, i);
      case ST -> MemoryOps.store(d, i);
      case ATOM, RED -> AtomicOps.decode(d, i);
      case SETP, SET -> CompareOps.setp(d, i);
      case SELP -> CompareOps.selp(d, i);
      case SLCT -> Lanes.scalar(d, i, CompareOps.slct(i.modifiers()));
      case TESTP -> CompareOps.testp(d, i);
      case BAR_SYNC, BAR_ARRIVE, BAR_RED, BARRIER_SYNC, BARRIER_ARRIVE, BARRIER_RED ->
          BarrierOp.decode(d, i);
      case SHFL_SYNC, VOTE_SYNC, MATCH, REDUX_SYNC, ELECT_SYNC, BAR_WARP_SYNC ->
          WarpOps.decode(d, i);
      case ACTIVEMASK -> WarpOps.activeMask(d, i);
      case CP_ASYNC -> AsyncOps.copy(d, i);
      case CP_ASYNC_COMMIT_GROUP, CP_ASYNC_WAIT_GROUP, CP_ASYNC_WAIT_ALL -> AsyncOps.group(d, i);
      case MBARRIER_INIT,
          MBARRIER_INVAL,
          MBARRIER_EXPECT_TX,
          MBARRIER_COMPLETE_TX,
          MBARRIER_ARRIVE,
          MBARRIER_ARRIVE_DROP,
          MBARRIER_TEST_WAIT,
          MBARRIER_TRY_WAIT,
          MBARRIER_PENDING_COUNT,
          CP_ASYNC_MBARRIER_ARRIVE ->
          MbarrierOps.decode(d, i);
      case MMA_SYNC, WMMA_MMA -> MultiplyOp.decode(d, i);
      case WMMA_LOAD, WMMA_STORE -> WmmaMoves.decode(d, i);
      case LDMATRIX, STMATRIX, MOVMATRIX -> MatrixMoves.decode(d, i);
      case NANOSLEEP -> new Sleep();
      case MEMBAR, FENCE -> new Fence(i.modifiers().has("cta"));
      // Hints to caches and counters change nothing that can be seen.
      case PREFETCH, PREFETCHU, APPLYPRIORITY, DISCARD, PMEVENT, GRIDDEPCONTROL -> new Nothing();
      case CREATEPOLICY -> MoveOps.policy(d, i);
      case CP_ASYNC_BULK_PREFETCH -> new Nothing();
      case CP_ASYNC_BULK,
          CP_ASYNC_BULK_COMMIT_GROUP,
          CP_ASYNC_BULK_WAIT_GROUP,
          ST_ASYNC,
          RED_ASYNC ->
          BulkOps.decode(d, i);
      case SETMAXNREG -> registers(i);
      case BARRIER_CLUSTER_ARRIVE, BARRIER_CLUSTER_WAIT, MAPA, GETCTARANK ->
          ClusterOps.decode(d, i);
      case ALLOCA, STACKSAVE, STACKRESTORE -> StackOps.decode(d, i);
      default -> Approximation.of(d, i, arithmetic(d, i));
    };
  }

  private static Op refuse(Instruction i) {
    throw new Unsupported(i, "the engine has no such instruction");
  }

  /** setmaxnreg: a thread has as many registers as its code names. */
  private static Op registers(Instruction i) {
    long count = ((Operand.Imm) i.source(0)).bits();
    if (count < LEAST_REGISTERS || count > MOST_REGISTERS || count % REGISTER_STEP != 0) {
      throw new Unsupported(i, "a count of registers that is no multiple of 8 from 24 to 256");
    }
    return new Nothing();
  }

  private static Op arithmetic(Decoder d, Instruction i) {
    if (i.modifiers().types().isEmpty()) {
      return refuse(i);
    }
    if (CarryOps.isOne(i)) {
      return CarryOps.decode(d, i);
    }
    if (CompareOps.isPredicateLogic(i)) {
      return CompareOps.logic(d, i);
    }
    Op fast = WideOps.make(d, i);
    fast = fast == null ? FastOps.make(d, i) : fast;
    if (fast != null) {
      return fast;
    }
    if (i.opcode() == Opcode.LOP3 && i.destinations().size() > 1) {
      return CompareOps.lop3(d, i, IntegerOps.scalar(i));
    }
    Lanes.Scalar f;
    DataType type = i.modifiers().type();
    DataType element = type.element();
    if (element == DataType.F16 || element == DataType.BF16) {
      f = HalfOps.scalar(i);
    } else if (type.isFloat()) {
      f = FloatOps.scalar(i);
    } else {
      f = IntegerOps.scalar(i);
    }
    return f == null ? refuse(i) : Lanes.scalar(d, i, f);
  }

  private static final class Nothing extends Op {
    @Override
    void run(Warp w, int mask) {}
  }

  /** Memory itself is in order; the fence orders accesses for the race checks. */
  private static final class Fence extends Op {
    private final boolean block;

    Fence(boolean block) {
      this.block = block;
    }

    @Override
    void run(Warp w, int mask) {
      if (w.block.grid.checks) {
        Messages.fence(w, mask);
        if (!block) {
          GlobalShadow.fence(w);
        }
      }
    }
  }

  /** nanosleep: others go first. */
  private static final class Sleep extends Op {
    @Override
    void run(Warp w, int mask) {
      w.sleep();
    }
  }
}
