package dev.tilewright.ptx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What each routine reaches: shared variables to lay out, and faults that make it unsupported. */
final class Reachability {
  private final Collection<PtxRoutine> routines;
  private final Set<PtxRoutine> addressTaken = new LinkedHashSet<>();

  Reachability(Collection<PtxRoutine> routines, List<PtxVariable> variables) {
    this.routines = routines;
    for (PtxVariable variable : variables) {
      for (PtxVariable.Reference reference : variable.references()) {
        if (reference.target() instanceof Operand.Function function) {
          addressTaken.add(function.routine());
        }
      }
    }
  }

  void complete() {
    List<PtxRoutine> faulty = new ArrayList<>();
    for (PtxRoutine routine : routines) {
      if (routine.unsupported().isPresent()) {
        faulty.add(routine);
      }
    }
    for (PtxRoutine routine : routines) {
      Set<PtxRoutine> reached = reached(routine, false);
      if (routine.unsupported().isEmpty()) {
        Optional<PtxRoutine> fault = faulty.stream().filter(reached::contains).findFirst();
        fault.ifPresent(f -> routine.refuse(f.unsupported().orElseThrow()));
      }
      if (routine instanceof PtxKernel kernel) {
        kernel.layOutShared(shared(reached(routine, true)));
      }
    }
  }

  /**
   * The routines that one reaches by names in its instructions.
   *
   * @param indirect whether to add, when one of them calls through a register, every function that
   *     a variable holds the address of
   */
  private Set<PtxRoutine> reached(PtxRoutine from, boolean indirect) {
    Set<PtxRoutine> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<PtxRoutine> ordered = new LinkedHashSet<>();
    Deque<PtxRoutine> open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty()) {
      PtxRoutine routine = open.remove();
      if (!seen.add(routine)) {
        continue;
      }
      ordered.add(routine);
      open.addAll(routine.named());
      if (indirect && callsThroughRegister(routine)) {
        open.addAll(addressTaken);
      }
    }
    return ordered;
  }

  private static boolean callsThroughRegister(PtxRoutine routine) {
    return routine.body().stream()
        .anyMatch(i -> i.opcode() == Opcode.CALL && i.source(0) instanceof Operand.Reg);
  }

  private static List<PtxVariable> shared(Set<PtxRoutine> reached) {
    Set<PtxVariable> used = new LinkedHashSet<>();
    for (PtxRoutine routine : reached) {
      for (Instruction instruction : routine.body()) {
        for (Operand source : instruction.sources()) {
          Operand base = source instanceof Operand.Address address ? address.base() : source;
          if (base instanceof Operand.Symbol symbol
              && symbol.variable().space() == StateSpace.SHARED) {
            used.add(symbol.variable());
          }
        }
      }
      for (PtxVariable variable : routine.variables()) {
        if (variable.space() == StateSpace.SHARED) {
          used.add(variable);
        }
      }
    }
    return new ArrayList<>(used);
  }
}
