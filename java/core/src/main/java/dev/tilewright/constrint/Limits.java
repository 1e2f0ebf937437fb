package dev.tilewright.constrint;

/**
 * What the parser refuses to read, so that no file, however hostile, exhausts the stack, the memory
 * or the patience of whoever evaluates it.
 */
final class Limits {
  /** Levels of parentheses and operators, {@code let} expanded. */
  static final int DEPTH = 200;

  /** Nodes of all terms together, {@code let} expanded at each use. */
  static final int NODES = 1 << 18;

  /** Digits of a literal. */
  static final int DIGITS = 10_000;

  static final int EXPONENT = 1000;

  /** Bits that the value of a term can take, variables counting 63. */
  static final int BITS = 1 << 18;

  /** Ways to choose from the sets of one rule. */
  static final int CHOICES = 1 << 20;

  /** Values of a declared domain that is not one range. */
  static final int VALUES = 1 << 20;

  private Limits() {}
}
