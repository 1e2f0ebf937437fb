package dev.tilewright.ptx;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The instructions. Each is described by the ISA under its {@link #mnemonic}. */
public enum Opcode {
  // Integer arithmetic (ISA section 9.7.1) and extended precision (9.7.2).
  ADD,
  SUB,
  MUL,
  MAD,
  MUL24,
  MAD24,
  SAD,
  DIV,
  REM,
  ABS,
  NEG,
  MIN,
  MAX,
  POPC,
  CLZ,
  BFIND,
  FNS,
  BREV,
  BFE,
  BFI,
  SZEXT,
  BMSK,
  DP4A,
  DP2A,
  ADDC,
  SUBC,
  MADC,
  // Floating point (9.7.3, 9.7.4, 9.7.5).
  TESTP,
  COPYSIGN,
  FMA,
  RCP,
  SQRT,
  RSQRT,
  SIN,
  COS,
  LG2,
  EX2,
  TANH,
  // Comparison and selection (9.7.6, 9.7.7).
  SET,
  SETP,
  SELP,
  SLCT,
  // Logic and shift (9.7.8).
  AND,
  OR,
  XOR,
  NOT,
  CNOT,
  LOP3,
  SHF,
  SHL,
  SHR,
  // Data movement and conversion (9.7.9).
  MOV,
  PRMT,
  CVT,
  CVT_PACK("cvt.pack"),
  CVTA,
  ISSPACEP,
  LD,
  LDU,
  ST,
  PREFETCH,
  PREFETCHU,
  APPLYPRIORITY,
  DISCARD,
  CREATEPOLICY,
  MAPA,
  GETCTARANK,
  SHFL_SYNC("shfl.sync"),
  ALLOCA,
  STACKSAVE,
  STACKRESTORE,
  // Asynchronous copies.
  CP_ASYNC("cp.async"),
  CP_ASYNC_COMMIT_GROUP("cp.async.commit_group"),
  CP_ASYNC_WAIT_GROUP("cp.async.wait_group"),
  CP_ASYNC_WAIT_ALL("cp.async.wait_all"),
  CP_ASYNC_MBARRIER_ARRIVE("cp.async.mbarrier.arrive"),
  ST_ASYNC("st.async"),
  CP_ASYNC_BULK("cp.async.bulk"),
  CP_ASYNC_BULK_PREFETCH("cp.async.bulk.prefetch"),
  CP_ASYNC_BULK_COMMIT_GROUP("cp.async.bulk.commit_group"),
  CP_ASYNC_BULK_WAIT_GROUP("cp.async.bulk.wait_group"),
  // Control flow (9.7.12).
  BRA,
  BRX_IDX("brx.idx"),
  CALL,
  RET,
  EXIT,
  // Synchronisation, votes and atomics (9.7.13).
  BAR_SYNC("bar.sync"),
  BAR_ARRIVE("bar.arrive"),
  BAR_RED("bar.red"),
  BAR_WARP_SYNC("bar.warp.sync"),
  BARRIER_SYNC("barrier.sync"),
  BARRIER_ARRIVE("barrier.arrive"),
  BARRIER_RED("barrier.red"),
  BARRIER_CLUSTER_ARRIVE("barrier.cluster.arrive"),
  BARRIER_CLUSTER_WAIT("barrier.cluster.wait"),
  MEMBAR,
  FENCE,
  ATOM,
  RED,
  RED_ASYNC("red.async"),
  VOTE_SYNC("vote.sync"),
  MATCH,
  ACTIVEMASK,
  REDUX_SYNC("redux.sync"),
  GRIDDEPCONTROL,
  ELECT_SYNC("elect.sync"),
  MBARRIER_INIT("mbarrier.init"),
  MBARRIER_INVAL("mbarrier.inval"),
  MBARRIER_EXPECT_TX("mbarrier.expect_tx"),
  MBARRIER_COMPLETE_TX("mbarrier.complete_tx"),
  MBARRIER_ARRIVE("mbarrier.arrive"),
  MBARRIER_ARRIVE_DROP("mbarrier.arrive_drop"),
  MBARRIER_TEST_WAIT("mbarrier.test_wait"),
  MBARRIER_TRY_WAIT("mbarrier.try_wait"),
  MBARRIER_PENDING_COUNT("mbarrier.pending_count"),
  // Matrices (9.7.14).
  WMMA_LOAD("wmma.load"),
  WMMA_STORE("wmma.store"),
  WMMA_MMA("wmma.mma"),
  MMA_SYNC("mma.sync"),
  LDMATRIX,
  STMATRIX,
  MOVMATRIX,
  // Miscellaneous (9.7.19).
  NANOSLEEP,
  PMEVENT,
  TRAP,
  BRKPT,
  SETMAXNREG;

  private static final Map<String, Opcode> BY_NAME = new HashMap<>();

  static {
    for (Opcode opcode : values()) {
      BY_NAME.put(opcode.mnemonic, opcode);
    }
  }

  private final String mnemonic;

  Opcode() {
    this.mnemonic = name().toLowerCase(Locale.ROOT);
  }

  Opcode(String mnemonic) {
    this.mnemonic = mnemonic;
  }

  /** The opcode of that mnemonic, or null. */
  static Opcode named(String mnemonic) {
    return BY_NAME.get(mnemonic);
  }

  /** The words that name it in PTX: {@code cp.async.wait_group}. */
  public String mnemonic() {
    return mnemonic;
  }

  @Override
  public String toString() {
    return mnemonic;
  }
}
