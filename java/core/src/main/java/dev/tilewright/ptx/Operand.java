package dev.tilewright.ptx;

import java.util.List;

/** An operand of an instruction, with every name resolved. */
public sealed interface Operand {

  /**
   * A register.
   *
   * @param negated whether a predicate is read as its complement ({@code !%p1})
   */
  record Reg(Register register, boolean negated) implements Operand {
    @Override
    public String toString() {
      return negated ? "!" + register : register.toString();
    }
  }

  /**
   * A constant, converted to the type that the instruction reads it as.
   *
   * @param type the type it is read as
   * @param bits its bits in that type: for f32 the bits of the float, for s32 the sign-extended
   *     value, for u32 and b32 zero-extended ones
   */
  record Imm(DataType type, long bits) implements Operand {
    /** The value of a constant of type f32 or f64. */
    public double toDouble() {
      return type == DataType.F64
          ? Double.longBitsToDouble(bits)
          : Float.intBitsToFloat((int) bits);
    }

    @Override
    public String toString() {
      return type.isFloat() ? "0x" + Long.toHexString(bits) : Long.toString(bits);
    }
  }

  /**
   * A place in memory.
   *
   * @param base a {@link Reg}, a {@link Symbol}, or an {@link Imm} for an absolute address
   * @param offset bytes added to it
   */
  record Address(Operand base, long offset) implements Operand {
    @Override
    public String toString() {
      return offset == 0 ? "[" + base + "]" : "[" + base + (offset < 0 ? "" : "+") + offset + "]";
    }
  }

  /** Several elements in braces; an element is a Reg, an Imm, a Special or a Sink. */
  record Vector(List<Operand> elements) implements Operand {
    /** Copies the list. */
    public Vector {
      elements = List.copyOf(elements);
    }
  }

  /** The address of a variable of the module or the routine, or a parameter's. */
  record Symbol(PtxVariable variable, long offset) implements Operand {
    @Override
    public String toString() {
      return offset == 0 ? variable.name() : variable.name() + "+" + offset;
    }
  }

  /** The address of a function, or the function that a call names. */
  record Function(PtxRoutine routine) implements Operand {
    @Override
    public String toString() {
      return routine.name();
    }
  }

  /** A special register; {@code index} is its component (x = 0) or its number. */
  record Special(SpecialRegister register, int index) implements Operand {}

  /** The sink {@code _}: the result is dropped. */
  record Sink() implements Operand {
    @Override
    public String toString() {
      return "_";
    }
  }

  /** A place in the body: the index of an instruction, or the body's size for its end. */
  record Label(String name, int index) implements Operand {}

  /** The labels that an indirect branch chooses from. */
  record Targets(List<Label> labels) implements Operand {
    /** Copies the list. */
    public Targets {
      labels = List.copyOf(labels);
    }
  }

  /**
   * What an indirect call calls: the signature, and the functions it may reach.
   *
   * @param returns the returned parameters
   * @param params the passed parameters
   * @param targets the functions named by {@code .calltargets}; empty when any may be called
   */
  record Prototype(List<PtxParam> returns, List<PtxParam> params, List<PtxRoutine> targets)
      implements Operand {
    /** Copies the lists. */
    public Prototype {
      returns = List.copyOf(returns);
      params = List.copyOf(params);
      targets = List.copyOf(targets);
    }
  }
}
