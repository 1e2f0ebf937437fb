package dev.tilewright.ptx;

import java.util.List;

/**
 * An instruction as read.
 *
 * @param spelling the name with its modifiers
 * @param guard the guard predicate, or null
 * @param operands the operands
 * @param first its first token
 * @param last its last token, before the semicolon
 * @param scope where it stands
 * @param loc the source line, or null
 */
record RawInstruction(
    String spelling,
    Guard guard,
    List<Raw> operands,
    int first,
    int last,
    Scope scope,
    DebugInfo.Entry loc) {}
