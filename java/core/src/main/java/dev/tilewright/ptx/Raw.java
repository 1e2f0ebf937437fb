package dev.tilewright.ptx;

import java.util.List;

/** An operand as read: names of registers and variables resolved, constants not typed yet. */
sealed interface Raw {
  /** The index of its first token, for messages. */
  int token();

  /** A register, variable or special register. */
  record Resolved(Operand operand, int token) implements Raw {}

  /** A constant. */
  record Value(Constant constant, int token) implements Raw {}

  /** A name that is no register and no variable: a label, a function, or unknown. */
  record Named(String name, long offset, int token) implements Raw {}

  /** An address in brackets. */
  record Place(Raw base, long offset, int token) implements Raw {}

  /** Elements in braces. */
  record Braces(List<Raw> elements, int token) implements Raw {}

  /** Operands in parentheses: of a call. */
  record Parens(List<Raw> elements, int token) implements Raw {}

  /** {@code first|second}. */
  record Pair(Raw first, Raw second, int token) implements Raw {}
}
