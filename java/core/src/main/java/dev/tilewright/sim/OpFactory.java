package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;

/** Chooses the operation of an instruction. One that has none is refused. */
final class OpFactory {
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
      case LD, LDU -> wide(i) ? refuse(i) : MemoryOps.load(d, i);
      case ST -> wide(i) ? refuse(i) : MemoryOps.store(d, i);
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
      case CREATEPOLICY -> new Nothing();
      default -> arithmetic(d, i);
    };
  }

  private static boolean wide(Instruction i) {
    return i.modifiers().type() == DataType.B128;
  }

  private static Op refuse(Instruction i) {
    throw new Unsupported(i, "the engine has no such instruction");
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
    Lanes.Scalar f = null;
    if (i.opcode() == Opcode.LOP3 && i.destinations().size() > 1) {
      return refuse(i);
    }
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
