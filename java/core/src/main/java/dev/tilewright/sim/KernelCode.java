package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.PtxFunction;
import dev.tilewright.ptx.PtxKernel;
import dev.tilewright.ptx.PtxRoutine;
import dev.tilewright.ptx.Register;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A kernel and the functions it reaches, decoded; functions at their first call. */
final class KernelCode {
  private final SimModule module;
  private final PtxKernel kernel;
  private final Map<PtxRoutine, Code> codes = new IdentityHashMap<>();

  KernelCode(SimModule module, PtxKernel kernel) {
    this.module = module;
    this.kernel = kernel;
  }

  PtxKernel routine() {
    return kernel;
  }

  /** The code of a routine, decoded when it is asked for first. */
  synchronized Code code(PtxRoutine routine) {
    Code code = codes.get(routine);
    if (code == null) {
      code = new Code(routine);
      codes.put(routine, code);
      Decoder.decode(module, this, code);
    }
    return code;
  }

  private final List<Op> ops = new ArrayList<>();

  private volatile boolean communicates;

  /** Some instruction can pass values between blocks, or changes what they share. */
  void communicate() {
    communicates = true;
  }

  /** Whether blocks may depend on each other. */
  boolean communicates() {
    return communicates;
  }

  /** Numbers an operation. */
  synchronized void number(Op op) {
    op.id = ops.size();
    ops.add(op);
  }

  synchronized Op op(int id) {
    return ops.get(id);
  }

  private boolean reserved;
  private int granule = 16;

  /** Some instruction reads where the system's own shared memory lies. */
  void useReserved() {
    reserved = true;
  }

  boolean usesReserved() {
    return reserved;
  }

  /** Some instruction accesses elements of so many bytes in shared memory. */
  void shareElements(int bytes) {
    granule = Math.min(granule, bytes);
  }

  private int globalGranule = 16;

  /** Some instruction accesses elements of so many bytes in global memory. */
  void globalElements(int bytes) {
    globalGranule = Math.min(globalGranule, bytes);
  }

  /** The bytes that accesses to global memory have at least. */
  int globalGranule() {
    return globalGranule;
  }

  /** The bytes that accesses to shared memory have at least. */
  int sharedGranule() {
    return granule;
  }

  /** Decodes every function that instructions name, so that what is missing is known at once. */
  void decodeAll() {
    ArrayDeque<PtxRoutine> left = new ArrayDeque<>();
    left.add(kernel);
    while (!left.isEmpty()) {
      PtxRoutine routine = left.poll();
      if (codes.containsKey(routine)) {
        continue;
      }
      code(routine);
      routine
          .body()
          .forEach(
              i ->
                  i.sources()
                      .forEach(
                          s -> {
                            if (s instanceof Operand.Function f
                                && f.routine() instanceof PtxFunction function
                                && function.isDefined()) {
                              left.add(function);
                            }
                          }));
    }
  }

  /** Whether what an instruction loads is what a compare-and-swap compares with. */
  synchronized boolean isCompared(Instruction load) {
    for (PtxRoutine routine : codes.keySet()) {
      List<Instruction> body = routine.body();
      if (body.stream().anyMatch(i -> i == load)) {
        Set<Register> copies = new HashSet<>();
        load.destinations().forEach(d -> addRegister(copies, d));
        boolean grows = true;
        while (grows) {
          grows = false;
          for (Instruction i : body) {
            if (i.opcode() == Opcode.MOV && i.sources().stream().anyMatch(s -> isIn(copies, s))) {
              grows |= addRegister(copies, i.destination());
            }
          }
        }
        return body.stream()
            .anyMatch(
                i ->
                    i.opcode() == Opcode.ATOM
                        && i.modifiers().has("cas")
                        && isIn(copies, i.source(1)));
      }
    }
    return false;
  }

  private static boolean addRegister(Set<Register> registers, Operand operand) {
    return operand instanceof Operand.Reg reg && registers.add(reg.register());
  }

  private static boolean isIn(Set<Register> registers, Operand operand) {
    return operand instanceof Operand.Reg reg && registers.contains(reg.register());
  }
}
