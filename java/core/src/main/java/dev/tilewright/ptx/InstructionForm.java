package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A row of the instruction table: which modifiers and types an instruction takes, and which
 * operands. The table's file says how a row is written.
 */
final class InstructionForm {
  /** One modifier: any of some words. A slot for types takes them in the order of the slots. */
  record Slot(boolean optional, boolean type, List<String> words) {}

  private final Opcode opcode;
  private final List<Slot> slots;
  private final List<OperandRule> operands;

  InstructionForm(Opcode opcode, List<Slot> slots, List<OperandRule> operands) {
    this.opcode = opcode;
    this.slots = List.copyOf(slots);
    this.operands = List.copyOf(operands);
  }

  static Slot slot(String text) {
    boolean optional = text.startsWith("?");
    List<String> words = Arrays.asList((optional ? text.substring(1) : text).split("\\|"));
    return new Slot(optional, DataType.named(words.get(0)) != null, words);
  }

  Opcode opcode() {
    return opcode;
  }

  List<Slot> slots() {
    return slots;
  }

  List<OperandRule> operands() {
    return operands;
  }

  /** Whether some slot has that word. */
  boolean knows(String word) {
    return slots.stream().anyMatch(s -> s.words.contains(word));
  }

  /**
   * The decoded modifiers when these words fill the slots, else null. As the assembler does, it
   * takes the words in any order, but for types and for words that several slots have.
   */
  Modifiers match(List<String> words) {
    boolean[] filled = new boolean[slots.size()];
    List<DataType> types = new ArrayList<>();
    for (String word : words) {
      int slot = slotOf(word, filled);
      if (slot < 0) {
        return null;
      }
      filled[slot] = true;
      if (slots.get(slot).type) {
        types.add(DataType.named(word));
      }
    }
    for (int i = 0; i < filled.length; i++) {
      if (!filled[i] && !slots.get(i).optional) {
        return null;
      }
    }
    Modifiers modifiers = new Modifiers(opcode, words, types);
    return isTooWide(modifiers) ? null : modifiers;
  }

  /** A vector has at most 128 bits; one of four or eight elements in global memory 256. */
  private static boolean isTooWide(Modifiers modifiers) {
    StateSpace space = modifiers.space();
    boolean global = space == StateSpace.GLOBAL || space == StateSpace.GENERIC;
    int limit = global && modifiers.vector() > 2 ? 256 : 128;
    return modifiers.vector() > 1 && modifiers.vector() * modifiers.type().bits() > limit;
  }

  private int slotOf(String word, boolean[] filled) {
    boolean type = DataType.named(word) != null;
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      if (filled[i] || slot.type != type) {
        continue;
      }
      if (slot.words.contains(word)) {
        return i;
      }
      if (type && !slot.optional) {
        return -1;
      }
    }
    return -1;
  }
}
