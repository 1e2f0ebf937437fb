package dev.tilewright.ptx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What each routine reaches: shared variables to lay out, and faults that make it unsupported. */
final class Reachability {
  private final Collection<PtxRoutine> routines;

  /** The routines that instructions of one name: called, or their address taken. */
  private final Map<PtxRoutine, Set<PtxRoutine>> callees = new IdentityHashMap<>();

  private final Map<PtxRoutine, List<PtxRoutine>> callers = new IdentityHashMap<>();
  private final Map<PtxRoutine, Set<PtxVariable>> shared = new IdentityHashMap<>();

  /** Functions whose address a variable holds: what a call through a register may reach. */
  private final Set<PtxRoutine> addressTaken = new LinkedHashSet<>();

  private final Set<PtxRoutine> callingThroughRegisters = identitySet();

  Reachability(Collection<PtxRoutine> routines, List<PtxVariable> variables) {
    this.routines = routines;
    for (PtxVariable variable : variables) {
      for (PtxVariable.Reference reference : variable.references()) {
        if (reference.target() instanceof Operand.Function function) {
          addressTaken.add(function.routine());
        }
      }
    }
    for (PtxRoutine routine : routines) {
      scan(routine);
    }
  }

  private static Set<PtxRoutine> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private void scan(PtxRoutine routine) {
    Set<PtxRoutine> named = new LinkedHashSet<>();
    Set<PtxVariable> used = new LinkedHashSet<>();
    for (Instruction instruction : routine.body()) {
      if (instruction.opcode() == Opcode.CALL && instruction.source(0) instanceof Operand.Reg) {
        callingThroughRegisters.add(routine);
      }
      for (Operand source : instruction.sources()) {
        if (source instanceof Operand.Function function) {
          named.add(function.routine());
        } else if (source instanceof Operand.Prototype prototype) {
          named.addAll(prototype.targets());
        }
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
    callees.put(routine, named);
    shared.put(routine, used);
    for (PtxRoutine callee : named) {
      callers.computeIfAbsent(callee, r -> new ArrayList<>()).add(routine);
    }
  }

  void complete() {
    spreadFaults();
    Set<PtxRoutine> sharing = sharing();
    for (PtxRoutine routine : routines) {
      if (routine instanceof PtxKernel kernel) {
        kernel.layOutShared(sharedOf(kernel, sharing));
      }
    }
  }

  /** Refuses the callers of refused routines, near ones first. */
  private void spreadFaults() {
    Deque<PtxRoutine> open = new ArrayDeque<>();
    for (PtxRoutine routine : routines) {
      if (routine.unsupported().isPresent()) {
        open.add(routine);
      }
    }
    while (!open.isEmpty()) {
      PtxRoutine routine = open.remove();
      for (PtxRoutine caller : callers.getOrDefault(routine, List.of())) {
        if (caller.unsupported().isEmpty()) {
          caller.refuse(routine.unsupported().orElseThrow());
          open.add(caller);
        }
      }
    }
  }

  /** The routines from which some shared variable may be reached. */
  private Set<PtxRoutine> sharing() {
    Set<PtxRoutine> sharing = identitySet();
    Deque<PtxRoutine> open = new ArrayDeque<>();
    for (PtxRoutine routine : routines) {
      if (!shared.get(routine).isEmpty() || callingThroughRegisters.contains(routine)) {
        open.add(routine);
      }
    }
    while (!open.isEmpty()) {
      PtxRoutine routine = open.remove();
      if (sharing.add(routine)) {
        open.addAll(callers.getOrDefault(routine, List.of()));
      }
    }
    return sharing;
  }

  private List<PtxVariable> sharedOf(PtxKernel kernel, Set<PtxRoutine> sharing) {
    Set<PtxVariable> used = new LinkedHashSet<>();
    Set<PtxRoutine> seen = identitySet();
    Deque<PtxRoutine> open = new ArrayDeque<>(List.of(kernel));
    while (!open.isEmpty()) {
      PtxRoutine routine = open.remove();
      if (!sharing.contains(routine) || !seen.add(routine)) {
        continue;
      }
      used.addAll(shared.get(routine));
      open.addAll(callees.get(routine));
      if (callingThroughRegisters.contains(routine)) {
        open.addAll(addressTaken);
      }
    }
    return new ArrayList<>(used);
  }
}
