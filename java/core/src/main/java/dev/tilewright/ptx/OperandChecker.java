package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Turns operands as read into operands of the types that a row of the table asks for. */
final class OperandChecker {
  /** An operand that a row does not allow; the instruction may fit another row. */
  static final class Mismatch extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Raw operand;

    Mismatch(Raw operand, String reason) {
      super(reason, null, false, false);
      this.operand = operand;
    }

    /** The operand, or null when one is missing. */
    Raw operand() {
      return operand;
    }
  }

  /** Instructions whose only result may be dropped. */
  private static final Set<Opcode> DROPPING =
      EnumSet.of(Opcode.ATOM, Opcode.MBARRIER_ARRIVE, Opcode.MBARRIER_ARRIVE_DROP);

  /** Instructions with one address, in the space that they name. */
  private static final Set<Opcode> ONE_SPACE =
      EnumSet.of(Opcode.LD, Opcode.LDU, Opcode.ST, Opcode.ATOM, Opcode.RED);

  private final RoutineNames names;

  OperandChecker(RoutineNames names) {
    this.names = names;
  }

  /** Checks all operands of a row, adding them to the lists. */
  void check(
      InstructionTable.Match match,
      List<Raw> given,
      List<Operand> destinations,
      List<Operand> sources)
      throws Mismatch {
    Opcode opcode = match.form().opcode();
    int next = 0;
    Raw second = null;
    for (OperandRule rule : match.form().operands()) {
      Raw raw;
      if (rule.piped()) {
        raw = second;
        second = null;
      } else {
        if (second != null) {
          throw new Mismatch(second, "this operand has no second part");
        }
        raw = next < given.size() ? given.get(next++) : null;
        if (raw instanceof Raw.Pair pair) {
          raw = pair.first();
          second = pair.second();
        } else if (isSink(raw) && rule.isDestination() && !DROPPING.contains(opcode)) {
          throw new Mismatch(raw, "the result cannot be dropped");
        }
      }
      if (raw == null) {
        if (!rule.optional()) {
          throw new Mismatch(null, "an operand is missing");
        }
        continue;
      }
      Operand operand = check(rule, match.modifiers(), raw);
      if (ONE_SPACE.contains(opcode) && operand instanceof Operand.Address address) {
        checkSpace(address, match.modifiers(), raw);
      }
      (rule.isDestination() ? destinations : sources).add(operand);
    }
    if (second != null) {
      throw new Mismatch(second, "this operand has no second part");
    }
    if (next < given.size()) {
      throw new Mismatch(given.get(next), "an operand too many");
    }
  }

  private static void checkSpace(Operand.Address address, Modifiers modifiers, Raw raw)
      throws Mismatch {
    if (address.base() instanceof Operand.Symbol symbol
        && !modifiers.spaces().isEmpty()
        && symbol.variable().space() != modifiers.space()) {
      throw new Mismatch(
          raw, symbol.variable() + " lies in ." + symbol.variable().space() + " memory");
    }
  }

  private static boolean isSink(Raw raw) {
    return raw instanceof Raw.Resolved resolved && resolved.operand() instanceof Operand.Sink;
  }

  private Operand check(OperandRule rule, Modifiers modifiers, Raw raw) throws Mismatch {
    DataType type = rule.type(modifiers);
    return switch (rule.role()) {
      case MEMORY -> address(raw);
      case LABEL -> names.label(raw);
      case TARGETS -> names.targets(raw);
      default ->
          switch (rule.elements()) {
            case 0 -> scalar(rule, type, raw);
            case OperandRule.BY_VECTOR ->
                modifiers.vector() == 1
                    ? scalar(rule, type, onlyElement(raw))
                    : vector(rule, type, raw, modifiers.vector());
            case OperandRule.BY_COUNT ->
                vector(rule, type, raw, modifiers.has("x4") ? 4 : modifiers.has("x2") ? 2 : 1);
            case OperandRule.PACK -> pack(rule, type, raw);
            default -> vector(rule, type, raw, rule.elements());
          };
    };
  }

  /** The element of braces around a single one, as Triton writes them. */
  private static Raw onlyElement(Raw raw) {
    return raw instanceof Raw.Braces braces && braces.elements().size() == 1
        ? braces.elements().get(0)
        : raw;
  }

  private Operand vector(OperandRule rule, DataType type, Raw raw, int count) throws Mismatch {
    List<Raw> elements = raw instanceof Raw.Braces braces ? braces.elements() : null;
    if (elements == null || elements.size() != count) {
      throw noBraces(raw, "expected " + count + " elements in braces");
    }
    List<Operand> checked = new ArrayList<>();
    for (Raw element : elements) {
      checked.add(scalar(rule, type, element));
    }
    return new Operand.Vector(checked);
  }

  private static Mismatch noBraces(Raw raw, String expected) {
    return new Mismatch(raw, raw instanceof Raw.Named n ? "unknown name " + n.name() : expected);
  }

  private Operand pack(OperandRule rule, DataType type, Raw raw) throws Mismatch {
    if (!(raw instanceof Raw.Braces braces) || braces.elements().size() < 2) {
      throw noBraces(raw, "expected elements in braces");
    }
    int count = braces.elements().size();
    int bits = type.bits() / count;
    if (bits * count != type.bits() || bits < 8 || Integer.bitCount(bits) != 1) {
      throw new Mismatch(raw, count + " elements do not fill " + type);
    }
    DataType element = DataType.named("b" + bits);
    List<Operand> checked = new ArrayList<>();
    for (Raw each : braces.elements()) {
      checked.add(scalar(rule, element, each));
    }
    return new Operand.Vector(checked);
  }

  /** Checks one operand that is not in braces. */
  Operand scalar(OperandRule rule, DataType type, Raw raw) throws Mismatch {
    if (raw instanceof Raw.Value value) {
      if (!rule.takesConstant()) {
        throw new Mismatch(raw, "a constant where a register is expected");
      }
      if (!rule.values().isEmpty() && !rule.values().contains(value.constant().bits())) {
        throw new Mismatch(raw, "a constant that is none of " + rule.values());
      }
      return constant(type, value);
    }
    if (raw instanceof Raw.Resolved resolved) {
      Operand operand = names.defined(resolved.operand());
      if (operand instanceof Operand.Reg reg) {
        return register(rule, type, reg, raw);
      }
      if (operand instanceof Operand.Sink && rule.isDestination()) {
        return operand;
      }
      if (rule.role() == OperandRule.Role.VALUE) {
        if (operand instanceof Operand.Special special && fits(special.register(), type)) {
          return operand;
        }
        if (operand instanceof Operand.Symbol && isAddress(type)) {
          return operand;
        }
      }
      throw new Mismatch(raw, "this operand is not allowed here");
    }
    if (raw instanceof Raw.Named named) {
      if (rule.role() == OperandRule.Role.VALUE && isAddress(type)) {
        return names.address(named);
      }
      throw noBraces(raw, "");
    }
    throw new Mismatch(raw, "expected a register or constant");
  }

  private static boolean isAddress(DataType type) {
    return type == null
        || ((type.isInteger() || type.kind() == DataType.Kind.BITS) && type.bits() >= 32);
  }

  private static Operand register(OperandRule rule, DataType type, Operand.Reg reg, Raw raw)
      throws Mismatch {
    if (rule.role() == OperandRule.Role.CONSTANT) {
      throw new Mismatch(raw, "a register where a constant is expected");
    }
    if (rule.role() == OperandRule.Role.SINK) {
      throw new Mismatch(raw, "only the sink '_' is allowed here");
    }
    if (reg.negated() && rule.role() != OperandRule.Role.PREDICATE) {
      throw new Mismatch(raw, "'!' is not allowed here");
    }
    DataType actual = reg.register().type();
    if (type != null && !fits(actual, type, rule.wider())) {
      throw new Mismatch(
          raw, "register " + reg.register() + " of type " + actual + " where " + type + " is used");
    }
    return reg;
  }

  private static boolean fits(SpecialRegister special, DataType type) {
    // The grid's number is read as 32 bits by code from before it had 64.
    return fits(special.type(), type, false)
        || (special == SpecialRegister.GRIDID && type.bits() == 32);
  }

  /** Whether a register of one type may be used as another (ISA section 9.4, tables 24 to 27). */
  static boolean fits(DataType actual, DataType type, boolean wider) {
    if (type == DataType.PRED || actual == DataType.PRED) {
      return actual == type;
    }
    int bits = RegisterClass.of(actual).bits();
    if (wider ? bits < type.bits() : bits != type.bits()) {
      return false;
    }
    if (actual.kind() == DataType.Kind.BITS || type.kind() == DataType.Kind.BITS) {
      return true;
    }
    if (actual.isInteger() && type.isInteger()) {
      return true;
    }
    return actual == type;
  }

  /** A constant in the bits of a type. */
  private static Operand constant(DataType type, Raw.Value raw) throws Mismatch {
    Constant value = raw.constant();
    if (type == null) {
      throw new Mismatch(raw, "a constant where a register is expected");
    }
    boolean integral = type.isInteger() || type.kind() == DataType.Kind.BITS;
    if (value.isInteger()) {
      if (type == DataType.PRED) {
        return new Operand.Imm(type, value.bits() != 0 ? 1 : 0);
      }
      if (!integral || type.bits() > 64) {
        throw new Mismatch(raw, "an integer constant where " + type + " is expected");
      }
      return new Operand.Imm(type, truncate(value.bits(), type));
    }
    if (type == DataType.F32 || type == DataType.B32 && value.kind() == Constant.Kind.FLOAT) {
      boolean exact = value.kind() == Constant.Kind.FLOAT;
      return new Operand.Imm(
          type,
          exact ? value.bits() : Float.floatToRawIntBits((float) value.toDouble()) & 0xFFFFFFFFL);
    }
    if (type == DataType.F64 || type == DataType.B64 && value.kind() == Constant.Kind.DOUBLE) {
      return new Operand.Imm(type, Double.doubleToRawLongBits(value.toDouble()));
    }
    throw new Mismatch(raw, "a floating-point constant where " + type + " is expected");
  }

  private static long truncate(long bits, DataType type) {
    int unused = 64 - type.bits();
    return type.isSigned() ? bits << unused >> unused : bits << unused >>> unused;
  }

  private Operand address(Raw raw) throws Mismatch {
    if (!(raw instanceof Raw.Place place)) {
      throw new Mismatch(raw, "expected an address in brackets");
    }
    if (place.base() instanceof Raw.Value value) {
      if (!value.constant().isInteger()) {
        throw new Mismatch(raw, "expected an integer as address");
      }
      return new Operand.Address(new Operand.Imm(DataType.B64, value.constant().bits()), 0);
    }
    if (place.base() instanceof Raw.Named named) {
      return new Operand.Address(names.address(named), place.offset());
    }
    Operand base = names.defined(((Raw.Resolved) place.base()).operand());
    if (base instanceof Operand.Reg reg) {
      DataType type = reg.register().type();
      boolean integral = type.isInteger() || type.kind() == DataType.Kind.BITS;
      if (!integral || type.bits() < 32 || type.bits() > 64) {
        throw new Mismatch(raw, "register " + reg.register() + " of type " + type + " as address");
      }
    } else if (!(base instanceof Operand.Symbol)) {
      throw new Mismatch(raw, "expected a register or variable as address");
    }
    return new Operand.Address(base, place.offset());
  }
}
