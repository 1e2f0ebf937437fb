package dev.tilewright.ptx;

import java.util.List;
import java.util.stream.Stream;

/**
 * What an operand of a row may be.
 *
 * @param role whether it is written or read, and its kind
 * @param type its type: a number of a type of the instruction, a name, {@code w} for twice the
 *     width of the first, or {@code *} for any
 * @param wider whether a register may be wider than the type
 * @param elements 0 for no braces; n for braces with n elements; {@link #BY_VECTOR} or {@link
 *     #BY_COUNT}
 * @param optional whether it may be left out
 * @param piped whether it stands behind a bar, as the second part of the operand before
 * @param values the values a constant may have; empty for any
 */
record OperandRule(
    Role role,
    String type,
    boolean wider,
    int elements,
    boolean optional,
    boolean piped,
    List<Long> values) {
  /** As many as the modifier v2, v4 or v8 says; without braces when there is none. */
  static final int BY_VECTOR = -1;

  /** As many as the modifier x1, x2 or x4 says. */
  static final int BY_COUNT = -2;

  /** Elements that together fill the first type: packing and unpacking of mov. */
  static final int PACK = -3;

  enum Role {
    /** A register that is written. */
    DESTINATION,
    /** The sink, where no register may be written. */
    SINK,
    /** A register or constant that is read. */
    SOURCE,
    /** As a source, or a special register or the address of a variable or function. */
    VALUE,
    /** A register that is read. */
    REGISTER,
    /** A constant. */
    CONSTANT,
    /** A predicate that is read, perhaps negated. */
    PREDICATE,
    /** An address in brackets. */
    MEMORY,
    /** A label of this routine. */
    LABEL,
    /** The name of a list of labels. */
    TARGETS
  }

  boolean isDestination() {
    return role == Role.DESTINATION || role == Role.SINK;
  }

  /** Reads a rule as the table's file writes it. */
  static OperandRule parse(String text) {
    String rest = text;
    boolean piped = rest.startsWith("|");
    rest = piped ? rest.substring(1) : rest;
    boolean optional = rest.startsWith("?");
    rest = optional ? rest.substring(1) : rest;
    boolean wider = rest.endsWith("~");
    rest = wider ? rest.substring(0, rest.length() - 1) : rest;
    String type = "0";
    int colon = rest.indexOf(':');
    if (colon >= 0) {
      type = rest.substring(colon + 1);
      rest = rest.substring(0, colon);
    }
    List<Long> values = List.of();
    if (rest.startsWith("c=")) {
      values = Stream.of(rest.substring(2).split("\\|")).map(Long::valueOf).toList();
      rest = "c";
    }
    int elements = 0;
    if (rest.length() > 1) {
      String in = rest.substring(2, rest.length() - 1);
      elements =
          switch (in) {
            case "v" -> BY_VECTOR;
            case "x" -> BY_COUNT;
            case "k" -> PACK;
            default -> Integer.parseInt(in);
          };
    }
    Role role =
        switch (rest.charAt(0)) {
          case 'd' -> Role.DESTINATION;
          case 'q' -> Role.DESTINATION;
          case 'u' -> Role.SINK;
          case 's' -> Role.SOURCE;
          case 'a' -> Role.VALUE;
          case 'r' -> Role.REGISTER;
          case 'c' -> Role.CONSTANT;
          case 'p' -> Role.PREDICATE;
          case 'm' -> Role.MEMORY;
          case 'l' -> Role.LABEL;
          case 't' -> Role.TARGETS;
          default -> throw new IllegalArgumentException(text);
        };
    if (rest.charAt(0) == 'q' || role == Role.PREDICATE) {
      type = "pred";
    } else if (role == Role.SINK
        || role == Role.MEMORY
        || role == Role.LABEL
        || role == Role.TARGETS) {
      type = "*";
    }
    return new OperandRule(role, type, wider, elements, optional, piped, values);
  }

  /** Whether a constant may stand here. */
  boolean takesConstant() {
    return role == Role.SOURCE
        || role == Role.VALUE
        || role == Role.CONSTANT
        || role == Role.PREDICATE;
  }

  /** The type that the operand has under these modifiers; null for any. */
  DataType type(Modifiers modifiers) {
    if (type.equals("*")) {
      return null;
    }
    if (Character.isDigit(type.charAt(0))) {
      return modifiers.type(type.charAt(0) - '0');
    }
    if (type.equals("w")) {
      return switch (modifiers.type()) {
        case U16 -> DataType.U32;
        case S16 -> DataType.S32;
        case U32 -> DataType.U64;
        case S32 -> DataType.S64;
        default -> throw new IllegalStateException(modifiers.toString());
      };
    }
    return DataType.named(type);
  }
}
