package dev.tilewright.sim;

import java.util.Locale;

/** The kinds of faults that a run reports. */
public enum FindingKind {
  /** An access outside of every allocation, in a red zone or in freed memory. */
  OUT_OF_BOUNDS,
  /** An address that is no multiple of the access's size. */
  MISALIGNED,
  /** A value that nobody wrote decides something: an address, a branch, a result. */
  UNINITIALISED,
  /** Accesses of two warps of a block to shared memory that nothing orders. */
  SHARED_RACE,
  /** Accesses of two lanes of a warp to shared memory that nothing orders. */
  WARP_RACE,
  /** Accesses of two threads to global memory that nothing orders. */
  GLOBAL_RACE,
  /** A barrier that is for whole warps, reached by a part of one. */
  BARRIER_DIVERGENCE,
  /** A barrier used against its rules. */
  BARRIER_MISUSE,
  /** A read of what an asynchronous copy may not have written yet, or a copy nobody waits for. */
  ASYNC_UNWAITED,
  /** Threads that wait for what never comes. */
  DEADLOCK,
  /** A warp instruction that reads a lane which takes no part. */
  SHFL_ABSENT_LANE,
  /** A launch that asks for more than the chip has. */
  RESOURCES,
  /** A trap or a failed assertion. */
  TRAP,
  /** A kernel that runs past the limit. */
  TIMEOUT,
  /** An instruction that the engine does not have. */
  UNSUPPORTED;

  /** The name in reports: {@code out-of-bounds}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
