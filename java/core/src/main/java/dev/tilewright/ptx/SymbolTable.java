package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names of a module: variables and routines. */
final class SymbolTable {
  private final Map<String, PtxVariable> variables = new LinkedHashMap<>();
  private final List<PtxVariable> statics = new ArrayList<>();
  private final Map<String, PtxRoutine> routines = new LinkedHashMap<>();

  /** The variable of a name, or null. */
  PtxVariable variable(String name) {
    return variables.get(name);
  }

  /** The kernel or function of a name, or null. */
  PtxRoutine routine(String name) {
    return routines.get(name);
  }

  void add(PtxVariable variable) {
    variables.put(variable.name(), variable);
  }

  /** Adds a variable of the module that only its routine's scope names. */
  void addStatic(PtxVariable variable) {
    statics.add(variable);
  }

  void add(PtxRoutine routine) {
    routines.put(routine.name(), routine);
  }

  /** Makes a name stand for a function that is there: {@code .alias}. */
  void alias(String name, PtxRoutine routine) {
    routines.put(name, routine);
  }

  List<PtxVariable> variables() {
    List<PtxVariable> all = new ArrayList<>(variables.values());
    all.addAll(statics);
    return all;
  }

  Iterable<PtxRoutine> routines() {
    return routines.values();
  }
}
