package dev.tilewright.ptx;

/**
 * The guard predicate of an instruction.
 *
 * @param register a predicate
 * @param negated whether the instruction runs where it is false ({@code @!%p1})
 */
public record Guard(Register register, boolean negated) {
  @Override
  public String toString() {
    return (negated ? "@!" : "@") + register;
  }
}
