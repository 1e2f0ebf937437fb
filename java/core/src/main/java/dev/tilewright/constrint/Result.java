package dev.tilewright.constrint;

import java.util.List;

/** Stub. */
public record Result(
    boolean satisfiable,
    boolean complete,
    long count,
    List<Solution> solutions,
    long nodes,
    long nanos,
    List<Rule> conflict) {}
