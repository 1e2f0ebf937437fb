package dev.tilewright.ptx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of one pair of braces of a routine; names of the outer ones show through. */
final class Scope {
  /** More digits than the greatest count of registers has. */
  private static final int MAX_DIGITS = 10;

  /** Registers declared by number, {@code %r<100>}. They become registers when first used. */
  private record Range(DataType type, long count) {}

  /** A register declared but not used yet. */
  private record Declared(DataType type) {}

  /** A list of labels, {@code .branchtargets}, or of functions, {@code .calltargets}. */
  record Choice(List<String> names, boolean calls) {}

  /** The components of a vector register. */
  record Components(List<String> names) {}

  private final Scope outer;
  private final RegisterFile registers;
  private final Map<String, Object> names = new HashMap<>();
  private final Map<String, Range> ranges = new HashMap<>();
  private final Map<String, Integer> labels = new HashMap<>();
  private final int depth;

  Scope(Scope outer, RegisterFile registers) {
    this.outer = outer;
    this.registers = registers;
    this.depth = outer == null ? 0 : outer.depth + 1;
  }

  Scope outer() {
    return outer;
  }

  int depth() {
    return depth;
  }

  /** Declares a register; false when the name is taken. */
  boolean declare(String name, DataType type) {
    return names.putIfAbsent(name, new Declared(type)) == null;
  }

  /** Declares the registers {@code name0} to {@code name(count - 1)}. */
  boolean declareRange(String name, long count, DataType type) {
    return ranges.putIfAbsent(name, new Range(type, count)) == null;
  }

  boolean declare(PtxVariable variable) {
    return names.putIfAbsent(variable.name(), variable) == null;
  }

  boolean declare(String name, Object other) {
    return names.putIfAbsent(name, other) == null;
  }

  boolean label(String name, int index) {
    return labels.putIfAbsent(name, index) == null;
  }

  /** The instruction that a label stands before, or null. */
  Integer label(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Integer index = scope.labels.get(name);
      if (index != null) {
        return index;
      }
    }
    return null;
  }

  /** The Register, Components, PtxVariable, Prototype or Choice of a name, or null. */
  Object find(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Object found = scope.names.get(name);
      if (found == null && !scope.ranges.isEmpty()) {
        found = scope.numbered(name);
      }
      if (found instanceof Declared declared) {
        found = registers.add(name, declared.type);
        scope.names.put(name, found);
      }
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private Declared numbered(String name) {
    long number = 0;
    long digit = 1;
    for (int at = name.length() - 1; at > 0 && name.length() - at <= MAX_DIGITS; at--) {
      char c = name.charAt(at);
      if (c < '0' || c > '9') {
        return null;
      }
      number += digit * (c - '0');
      digit *= 10;
      boolean canonical = c != '0' || at == name.length() - 1;
      Range range = canonical ? ranges.get(name.substring(0, at)) : null;
      if (range != null && number < range.count) {
        return new Declared(range.type);
      }
    }
    return null;
  }
}
