package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Writes instructions for rows of the instruction table, over the registers of {@link #module}. */
final class TableSamples {
  private static final String DECLARATIONS =
      """
      .version 9.0
      .target sm_100a
      .address_size 64
      .global .align 16 .b8 gvar[64];
      .visible .entry k(.param .align 16 .b8 kp[256])
      {
      .reg .pred p,q;
      .reg .b16 h<10>;
      .reg .b32 r<10>;
      .reg .b64 d<10>;
      .reg .f32 f<10>;
      .reg .f64 g<10>;
      .reg .b128 w<10>;
      ts: .branchtargets L1, L1;
      """;

  /** How many lines stand before the first statement of {@link #module}. */
  static final int LINES_BEFORE = (int) DECLARATIONS.lines().count();

  private TableSamples() {}

  /** A module with one kernel that runs these statements, each on a line. */
  static String module(List<String> statements) {
    return DECLARATIONS + String.join("\n", statements) + "\nL1: ret;\n}\n";
  }

  /** Instructions of a row that together use each of its words at least once. */
  static List<String> of(InstructionForm form) {
    int variants = 1;
    for (InstructionForm.Slot slot : form.slots()) {
      variants = Math.max(variants, slot.words().size() + (slot.optional() ? 1 : 0));
    }
    Set<String> samples = new LinkedHashSet<>();
    for (int v = 0; v < variants; v++) {
      samples.add(sample(form, v, v % 2 == 0));
      samples.add(sample(form, v, v % 2 == 1));
    }
    samples.remove(null); // Words that do not go together.
    return List.copyOf(samples);
  }

  private static String sample(InstructionForm form, int variant, boolean optional) {
    List<String> words = new ArrayList<>();
    for (InstructionForm.Slot slot : form.slots()) {
      int choices = slot.words().size() + (slot.optional() ? 1 : 0);
      int choice = variant % choices;
      if (choice < slot.words().size()) {
        words.add(slot.words().get(choice));
      }
    }
    String spelling =
        form.opcode().mnemonic() + (words.isEmpty() ? "" : "." + String.join(".", words));
    Modifiers modifiers = form.match(words);
    return modifiers == null ? null : spelling + operands(form, modifiers, optional) + ";";
  }

  private static String operands(InstructionForm form, Modifiers modifiers, boolean optional) {
    StringBuilder text = new StringBuilder();
    int number = 0;
    for (OperandRule rule : form.operands()) {
      if (rule.optional() && !optional) {
        continue;
      }
      text.append(text.isEmpty() ? " " : rule.piped() ? "|" : ", ");
      text.append(operand(form, rule, modifiers, number));
      number += 4;
    }
    return text.toString();
  }

  private static String operand(
      InstructionForm form, OperandRule rule, Modifiers modifiers, int number) {
    return switch (rule.role()) {
      case MEMORY -> memory(form, modifiers);
      case SINK -> "_";
      case LABEL -> "L1";
      case TARGETS -> "ts";
      case PREDICATE -> number % 8 == 0 ? "p" : "!p";
      case CONSTANT -> constant(form.opcode());
      default -> register(rule, modifiers, number);
    };
  }

  private static String memory(InstructionForm form, Modifiers modifiers) {
    boolean param = modifiers.space() == StateSpace.PARAM;
    return param && form.opcode() != Opcode.CVTA ? "[kp]" : "[d0]";
  }

  private static String constant(Opcode opcode) {
    return switch (opcode) {
      case APPLYPRIORITY, DISCARD -> "128";
      case SETMAXNREG -> "64";
      case PMEVENT -> "1";
      default -> "16";
    };
  }

  private static String register(OperandRule rule, Modifiers modifiers, int number) {
    DataType type = rule.type(modifiers);
    int count =
        switch (rule.elements()) {
          case OperandRule.BY_VECTOR -> modifiers.vector() == 1 ? 0 : modifiers.vector();
          case OperandRule.BY_COUNT -> modifiers.has("x4") ? 4 : modifiers.has("x2") ? 2 : 1;
          case OperandRule.PACK -> 2;
          default -> rule.elements();
        };
    if (rule.elements() == OperandRule.PACK) {
      type = DataType.named("b" + type.bits() / 2);
    }
    if (count == 0) {
      return name(type, number % 8);
    }
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(name(type, (number + i) % 8));
    }
    return "{" + String.join(",", elements) + "}";
  }

  /** A register of the type; for one of any type a 64-bit one. */
  private static String name(DataType type, int number) {
    if (type == DataType.PRED) {
      return number % 2 == 0 ? "p" : "q";
    }
    if (type == DataType.F32 || type == DataType.F64) {
      return (type == DataType.F32 ? "f" : "g") + number;
    }
    return switch (RegisterClass.of(type)) {
      case B16 -> "h" + number;
      case B32 -> "r" + number;
      case B64 -> "d" + number;
      default -> "w" + number;
    };
  }
}
