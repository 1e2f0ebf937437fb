/**
 * Runs PTX on the processor, with checks: a simulator of a CUDA device that needs none.
 *
 * <ul>
 *   <li>The door: {@link dev.tilewright.sim.SimMachine}, memory and launches; {@link
 *       dev.tilewright.sim.SimModule}, a loaded module; {@link dev.tilewright.sim.Launch}, what to
 *       run; {@link dev.tilewright.sim.Report} with its {@link dev.tilewright.sim.Finding}s, each
 *       of a {@link dev.tilewright.sim.FindingKind}.
 *   <li>The device {@code sim:GPU}: {@link dev.tilewright.sim.SimDevice}, made by {@link
 *       dev.tilewright.sim.SimDeviceProvider}; SimStream and SimEvent over SimQueue, SimImage,
 *       SimKernel, SimMemory; {@link dev.tilewright.sim.SimFindingException}.
 *   <li>Memory: Segment (bytes that know which were written), GlobalMemory, LocalMemory,
 *       ParamSpace; Windows, which make addresses generic.
 *   <li>Code: Decoder turns a routine into Code, an array of Op, by OpFactory; ControlFlow finds
 *       where branches meet. Lanes and FastOps have the shapes of arithmetic on all lanes;
 *       IntegerOps, FloatOps, HalfOps, Conversions, CompareOps, CarryOps, MoveOps what one lane
 *       does, with Ieee and SmallFloat for roundings; Approximation what .approx instructions may
 *       do.
 *   <li>Memory instructions: MemoryOp, MemoryOps, AtomicOps, WideAtomics, AsyncOps with
 *       AsyncCopies, BulkOps with BulkCopies, StackOps.
 *   <li>Instructions that wait: ControlOp, SyncOp; AlignedOp (all lanes of a warp: BarrierOp,
 *       MultiplyOp, MatrixMoves, WmmaMoves), CollectiveOp (the lanes that a mask names: WarpOps);
 *       MbarrierOps; ClusterOps with ClusterBarrier. Calls with Argument, and SystemCalls.
 *   <li>Matrices: Fragment, QuadFragments, FragmentRegisters, Unpacked, TensorCore.
 *   <li>Execution: Grid, Block, Warp; IndependentBlocks on several threads, with Footprint and
 *       Undo; a warp's lanes are in Paths that meet again at Joins.
 *   <li>Counters: {@link dev.tilewright.sim.Counters}, made by TallySum of each thread's Tally;
 *       {@link dev.tilewright.sim.Pipe}, L2Cache.
 *   <li>Checks: Checker and Findings; SharedShadow with Clock, GlobalShadow with BlockClock;
 *       Deadlock, Resources.
 * </ul>
 */
package dev.tilewright.sim;
