/**
 * Reads PTX, the assembly language of NVIDIA's GPUs, into a checked module.
 *
 * <ul>
 *   <li>The door: {@link dev.tilewright.ptx.PtxModule}, a module; {@link
 *       dev.tilewright.ptx.PtxException}, what is wrong, with its place.
 *   <li>Code: {@link dev.tilewright.ptx.PtxRoutine}, which is a {@link
 *       dev.tilewright.ptx.PtxKernel} or a {@link dev.tilewright.ptx.PtxFunction}; {@link
 *       dev.tilewright.ptx.PtxParam}; {@link dev.tilewright.ptx.Register} with its {@link
 *       dev.tilewright.ptx.RegisterClass}; {@link dev.tilewright.ptx.PtxVariable}, an object in
 *       memory; {@link dev.tilewright.ptx.Linkage}.
 *   <li>Instructions: {@link dev.tilewright.ptx.Instruction}, {@link dev.tilewright.ptx.Opcode},
 *       {@link dev.tilewright.ptx.Modifiers} ({@link dev.tilewright.ptx.DataType}, {@link
 *       dev.tilewright.ptx.Rounding}, {@link dev.tilewright.ptx.Compare}, {@link
 *       dev.tilewright.ptx.StateSpace}, {@link dev.tilewright.ptx.Semantics}, {@link
 *       dev.tilewright.ptx.MemoryScope}), {@link dev.tilewright.ptx.Guard}, {@link
 *       dev.tilewright.ptx.Operand}, {@link dev.tilewright.ptx.SpecialRegister}; {@link
 *       dev.tilewright.ptx.SourceLocation}, the line it was compiled from.
 *   <li>Reading: Tokens, Cursor, ConstantParser; ModuleParser, VariableParser, InitialiserParser,
 *       RoutineParser, OperandParser; DebugInfo.
 *   <li>Checking: the resources {@code instructions.txt}, {@code synchronisation.txt} and {@code
 *       matrices.txt}, read by InstructionTable into rows, InstructionForm with OperandRule;
 *       InstructionBuilder and OperandChecker, which hold an instruction against its rows;
 *       Reachability, which refuses what calls refused code.
 * </ul>
 */
package dev.tilewright.ptx;
