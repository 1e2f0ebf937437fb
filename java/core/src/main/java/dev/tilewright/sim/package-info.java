/**
 * Runs PTX on the processor, with checks: a simulator of a CUDA device that needs none.
 *
 * <ul>
 *   <li>The door: {@link dev.tilewright.sim.SimMachine}, memory and launches; {@link
 *       dev.tilewright.sim.SimModule}, a loaded module; {@link dev.tilewright.sim.Launch}, what to
 *       run; {@link dev.tilewright.sim.Report} with its {@link dev.tilewright.sim.Finding}s, each
 *       of a {@link dev.tilewright.sim.FindingKind}.
 *   <li>Memory: Segment (bytes that know which were written), GlobalMemory, SharedShadow.
 *   <li>Code: Decoder turns a routine into Code, an array of Op; the families of instructions are
 *       IntegerOps, FloatOps, HalfOps, Conversions, CompareOps, MoveOps, MemoryOps, AtomicOps,
 *       ControlOps, WarpOps, BarrierOps, AsyncOps, MatrixOps.
 *   <li>Execution: Grid, Block, Warp; a warp's lanes are in Paths that meet again at Joins.
 * </ul>
 */
package dev.tilewright.sim;
