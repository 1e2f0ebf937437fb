package dev.tilewright.ptx;

import java.util.List;
import java.util.Optional;

/**
 * One instruction, checked against the instruction table, with every name resolved.
 *
 * <p>A destination that PTX writes in two parts ({@code %r1|%p1}) is two destinations. Optional
 * operands that are not written are absent. A {@code call}'s destinations are the returned
 * parameters; its sources are the function ({@link Operand.Function} or a register), the passed
 * parameters, and for an indirect call the {@link Operand.Prototype}. Stores, reductions and copies
 * have no destination: their addresses are sources, in the order of the PTX.
 *
 * @param opcode what it does
 * @param modifiers how, and on which types
 * @param guard the predicate that it runs under
 * @param destinations what it writes
 * @param sources what it reads
 * @param text its text in the PTX, on one line
 * @param line its line in the PTX, from 1
 * @param location the line it was compiled from
 */
public record Instruction(
    Opcode opcode,
    Modifiers modifiers,
    Optional<Guard> guard,
    List<Operand> destinations,
    List<Operand> sources,
    String text,
    int line,
    Optional<SourceLocation> location) {
  /** Copies the lists. */
  public Instruction {
    destinations = List.copyOf(destinations);
    sources = List.copyOf(sources);
  }

  /** The only or first destination. */
  public Operand destination() {
    return destinations.get(0);
  }

  /** A source, from 0. */
  public Operand source(int index) {
    return sources.get(index);
  }

  @Override
  public String toString() {
    return text;
  }
}
