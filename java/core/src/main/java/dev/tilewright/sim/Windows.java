package dev.tilewright.sim;

import dev.tilewright.ptx.StateSpace;

/**
 * Generic addresses (ISA section 5.1 and cvta): shared and local memory lie at windows of the
 * address space; global memory and constants at their own addresses.
 */
final class Windows {
  static final long SHARED = 0x0100_0000_0000L;
  static final long LOCAL = 0x0200_0000_0000L;
  static final long PARAM = 0x0300_0000_0000L;
  private static final long SIZE = 0x0100_0000_0000L;

  private Windows() {}

  /** What is added to an address of a space to make it generic. */
  static long base(StateSpace space) {
    return switch (space) {
      case SHARED -> SHARED;
      case LOCAL -> LOCAL;
      case PARAM -> PARAM;
      default -> 0;
    };
  }

  static StateSpace spaceOf(long generic) {
    if (generic >= SHARED && generic < SHARED + SIZE) {
      return StateSpace.SHARED;
    }
    if (generic >= LOCAL && generic < LOCAL + SIZE) {
      return StateSpace.LOCAL;
    }
    if (generic >= PARAM && generic < PARAM + SIZE) {
      return StateSpace.PARAM;
    }
    return StateSpace.GLOBAL;
  }
}
