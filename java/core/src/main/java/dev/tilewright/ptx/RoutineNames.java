package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.List;

/** Names that are known when the whole routine and module are read: labels and functions. */
final class RoutineNames {
  private final SymbolTable module;
  private Scope scope;

  RoutineNames(SymbolTable module) {
    this.module = module;
  }

  /** Sets the scope of the instruction that is looked at. */
  void enter(Scope scope) {
    this.scope = scope;
  }

  Operand.Label label(Raw raw) throws OperandChecker.Mismatch {
    if (!(raw instanceof Raw.Named named) || named.offset() != 0) {
      throw new OperandChecker.Mismatch(raw, "expected a label");
    }
    return label(named.name(), raw);
  }

  private Operand.Label label(String name, Raw raw) throws OperandChecker.Mismatch {
    Integer index = scope.label(name);
    if (index == null) {
      throw new OperandChecker.Mismatch(raw, "unknown label " + name);
    }
    return new Operand.Label(name, index);
  }

  Operand targets(Raw raw) throws OperandChecker.Mismatch {
    if (!(raw instanceof Raw.Named named)
        || !(scope.find(named.name()) instanceof Scope.Choice choice)
        || choice.calls()) {
      throw new OperandChecker.Mismatch(raw, "expected the name of a .branchtargets list");
    }
    List<Operand.Label> labels = new ArrayList<>();
    for (String name : choice.names()) {
      labels.add(label(name, raw));
    }
    return new Operand.Targets(labels);
  }

  /** The function or variable whose address a name is. */
  Operand address(Raw.Named named) throws OperandChecker.Mismatch {
    PtxRoutine routine = module.routine(named.name());
    if (routine != null && named.offset() == 0) {
      return new Operand.Function(routine);
    }
    PtxVariable variable = module.variable(named.name());
    if (variable != null) {
      return new Operand.Symbol(variable, named.offset());
    }
    throw new OperandChecker.Mismatch(named, "unknown name " + named.name());
  }

  /** The variable itself; for one that was only declared, its definition farther down. */
  Operand defined(Operand operand) {
    if (operand instanceof Operand.Symbol symbol && symbol.variable().linkage() == Linkage.EXTERN) {
      PtxVariable definition = module.variable(symbol.variable().name());
      return definition == null ? operand : new Operand.Symbol(definition, symbol.offset());
    }
    return operand;
  }

  /** The function that a call names, or null. */
  PtxRoutine routine(String name) {
    return module.routine(name);
  }

  /** The functions of a {@code .calltargets} list, or null when the name is none. */
  Operand.Prototype callTargets(String name) {
    if (!(scope.find(name) instanceof Scope.Choice choice) || !choice.calls()) {
      return null;
    }
    List<PtxRoutine> routines = new ArrayList<>();
    for (String each : choice.names()) {
      PtxRoutine routine = module.routine(each);
      if (routine == null) {
        return null;
      }
      routines.add(routine);
    }
    if (routines.isEmpty() || !(routines.get(0) instanceof PtxFunction first)) {
      return null;
    }
    return new Operand.Prototype(first.returns(), first.params(), routines);
  }
}
