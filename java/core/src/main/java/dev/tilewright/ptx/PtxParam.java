package dev.tilewright.ptx;

import java.util.Optional;

/**
 * A parameter of a kernel or function.
 *
 * @param name its name
 * @param type the element type
 * @param bytes the size: of all elements of an array passed by value
 * @param align the alignment in bytes
 * @param offset bytes from the begin of the parameters; 0 for one in a register
 * @param variable the variable that operands name, empty for a register parameter
 * @param register the register of a {@code .reg} parameter of a function
 */
public record PtxParam(
    String name,
    DataType type,
    long bytes,
    int align,
    long offset,
    Optional<PtxVariable> variable,
    Optional<Register> register) {}
