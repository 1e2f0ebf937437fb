package dev.tilewright.ptx;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Code: a kernel or a device function. Immutable once the module is parsed. */
public abstract sealed class PtxRoutine permits PtxKernel, PtxFunction {
  private final String name;
  private final Linkage linkage;
  private final int line;
  private List<PtxParam> params = List.of();
  private List<Register> registers = List.of();
  private List<Instruction> body = List.of();
  private List<PtxVariable> variables = List.of();
  private Optional<PtxException> unsupported = Optional.empty();
  private final Map<PtxVariable, Long> offsets = new IdentityHashMap<>();
  private long localBytes;
  private long callParamBytes;

  PtxRoutine(String name, Linkage linkage, int line) {
    this.name = name;
    this.linkage = linkage;
    this.line = line;
  }

  void define(List<Register> registers, List<PtxVariable> variables, List<Instruction> body) {
    this.registers = List.copyOf(registers);
    this.variables = List.copyOf(variables);
    this.body = List.copyOf(body);
    for (PtxVariable variable : variables) {
      if (variable.space() == StateSpace.LOCAL) {
        localBytes = place(variable, localBytes);
      } else if (variable.space() == StateSpace.PARAM) {
        callParamBytes = place(variable, callParamBytes);
      }
    }
  }

  /** Puts a variable at the first aligned place from {@code begin}; returns its end. */
  final long place(PtxVariable variable, long begin) {
    long at = alignUp(begin, variable.align());
    offsets.put(variable, at);
    return at + variable.bytes();
  }

  static long alignUp(long value, long align) {
    return (value + align - 1) / align * align;
  }

  void params(List<PtxParam> params) {
    this.params = List.copyOf(params);
    for (PtxParam param : params) {
      param.variable().ifPresent(v -> offsets.put(v, param.offset()));
    }
  }

  void refuse(PtxException reason) {
    if (unsupported.isEmpty()) {
      unsupported = Optional.of(reason);
    }
  }

  /** As refuse, but of two reasons in this routine the earlier line's stays. */
  void refuseFirst(PtxException reason) {
    if (unsupported.isEmpty() || unsupported.get().line() > reason.line()) {
      unsupported = Optional.of(reason);
    }
  }

  /** The name; of a C++ function the mangled one. */
  public final String name() {
    return name;
  }

  /** Who sees it. */
  public final Linkage linkage() {
    return linkage;
  }

  /** The line of its declaration in the PTX. */
  public final int line() {
    return line;
  }

  /** The parameters, in order. */
  public final List<PtxParam> params() {
    return params;
  }

  /** The bytes of all parameters together. */
  public final long paramBytes() {
    return params.stream().mapToLong(p -> p.offset() + p.bytes()).max().orElse(0);
  }

  /** The registers that instructions use, in order of first use. */
  public final List<Register> registers() {
    return registers;
  }

  /** How many registers of a class are used: their indices are below it. */
  public final int registerCount(RegisterClass registerClass) {
    return (int) registers.stream().filter(r -> r.registerClass() == registerClass).count();
  }

  /**
   * The instructions, without scopes: control flows from one to the next. Empty when there is no
   * definition, or it is {@link #unsupported}: then the instructions before the fault are there.
   */
  public final List<Instruction> body() {
    return body;
  }

  /** The variables declared inside: shared, local, and parameters of calls it makes. */
  public final List<PtxVariable> variables() {
    return variables;
  }

  /**
   * Where a variable lies: a parameter of this routine from the begin of its parameters; a local
   * variable from the begin of the frame ({@link #localBytes}); a parameter of a call that it makes
   * from the begin of its call area ({@link #callParamBytes}); of a kernel, shared variables from
   * the begin of the block's static shared memory. Empty when the variable is not one of these.
   */
  public final OptionalLong offset(PtxVariable variable) {
    Long at = offsets.get(variable);
    return at == null ? OptionalLong.empty() : OptionalLong.of(at);
  }

  /** Which memory {@link #offset} counts in. */
  public enum Area {
    /** The routine's own passed parameters. */
    PARAMS,
    /** The parameters that the function returns. */
    RETURNS,
    /** The parameters of calls that the routine makes. */
    CALLS,
    /** The frame of local variables. */
    LOCALS,
    /** The block's static and dynamic shared memory. */
    SHARED
  }

  /** The memory that {@link #offset} of the variable counts in; empty when it has none. */
  public final Optional<Area> area(PtxVariable variable) {
    if (!offsets.containsKey(variable)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (variable.space()) {
          case SHARED -> Area.SHARED;
          case LOCAL -> Area.LOCALS;
          default ->
              holds(params, variable)
                  ? Area.PARAMS
                  : variables.contains(variable) ? Area.CALLS : Area.RETURNS;
        });
  }

  private static boolean holds(List<PtxParam> params, PtxVariable variable) {
    return params.stream().anyMatch(p -> p.variable().filter(v -> v == variable).isPresent());
  }

  /** The bytes of its own local variables. */
  public final long localBytes() {
    return localBytes;
  }

  /** The bytes of the parameters of all calls that it makes, each at its own place. */
  public final long callParamBytes() {
    return callParamBytes;
  }

  /**
   * Why this routine cannot run: it, or a function it calls, holds an instruction that no row of
   * the instruction table allows. Empty when it can.
   */
  public final Optional<PtxException> unsupported() {
    return unsupported;
  }

  @Override
  public String toString() {
    return name;
  }
}
