package dev.tilewright.ptx;

/** Comparisons of set and setp (ISA section 9.3). */
public enum Compare {
  EQ,
  NE,
  LT,
  LE,
  GT,
  GE,
  /** Unsigned less, less or equal, greater, greater or equal. */
  LO,
  LS,
  HI,
  HS,
  /** True as well when an operand is NaN. */
  EQU,
  NEU,
  LTU,
  LEU,
  GTU,
  GEU,
  /** Both are numbers; one is NaN. */
  NUM,
  NAN
}
