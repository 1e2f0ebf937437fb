package dev.tilewright.ptx;

import java.util.List;
import java.util.Optional;

/** A PTX module, read and checked: kernels, functions and variables, all names resolved. */
public final class PtxModule {
  private final String source;
  private final String version;
  private final List<String> target;
  private final int addressBits;
  private final List<PtxKernel> kernels;
  private final List<PtxFunction> functions;
  private final List<PtxVariable> variables;
  private final List<String> files;

  PtxModule(
      String source,
      String version,
      List<String> target,
      int addressBits,
      List<PtxKernel> kernels,
      List<PtxFunction> functions,
      List<PtxVariable> variables,
      List<String> files) {
    this.source = source;
    this.version = version;
    this.target = List.copyOf(target);
    this.addressBits = addressBits;
    this.kernels = List.copyOf(kernels);
    this.functions = List.copyOf(functions);
    this.variables = List.copyOf(variables);
    this.files = List.copyOf(files);
  }

  /**
   * Reads a module.
   *
   * @param source the name to show in messages, such as the file's
   * @param text the PTX
   * @throws PtxException when the text is no PTX module. A kernel that only holds an unknown or
   *     ill-typed instruction is marked {@link PtxRoutine#unsupported} instead.
   */
  public static PtxModule parse(String source, String text) {
    return new ModuleParser(source, text).parse();
  }

  /** The name that was given to the parser. */
  public String source() {
    return source;
  }

  /** The ISA version: {@code 9.0}. */
  public String version() {
    return version;
  }

  /** The targets: {@code sm_80}, and options such as {@code debug}. */
  public List<String> target() {
    return target;
  }

  /** The architecture that {@link #target} names. */
  public Target architecture() {
    return Target.of(target);
  }

  /** 32 or 64. */
  public int addressBits() {
    return addressBits;
  }

  /** The kernels, in the module's order. */
  public List<PtxKernel> kernels() {
    return kernels;
  }

  /** The kernel of that name. */
  public Optional<PtxKernel> kernel(String name) {
    return kernels.stream().filter(k -> k.name().equals(name)).findFirst();
  }

  /** The device functions, defined or only declared, in the module's order. */
  public List<PtxFunction> functions() {
    return functions;
  }

  /** The variables of the module, of every space. */
  public List<PtxVariable> variables() {
    return variables;
  }

  /** The variables that live in device memory: those of the global and constant spaces. */
  public List<PtxVariable> globals() {
    return variables.stream()
        .filter(v -> v.space() == StateSpace.GLOBAL || v.space() == StateSpace.CONST)
        .toList();
  }

  /** The source files that {@code .file} names, by rising number. */
  public List<String> files() {
    return files;
  }
}
