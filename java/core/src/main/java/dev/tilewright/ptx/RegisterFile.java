package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.List;

/** The used registers of a routine, numbered in each class. */
final class RegisterFile {
  private final List<Register> registers = new ArrayList<>();
  private final int[] counts = new int[RegisterClass.values().length];

  Register add(String name, DataType type) {
    Register register = new Register(name, type, counts[RegisterClass.of(type).ordinal()]++);
    registers.add(register);
    return register;
  }

  List<Register> all() {
    return registers;
  }
}
