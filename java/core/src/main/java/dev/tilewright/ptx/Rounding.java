package dev.tilewright.ptx;

/** Rounding modifiers (ISA section 6.5.2). */
public enum Rounding {
  /** To nearest even. */
  RN,
  /** To nearest, ties away from zero. */
  RNA,
  /** Toward zero. */
  RZ,
  /** Toward negative infinity. */
  RM,
  /** Toward positive infinity. */
  RP,
  /** To an integer, nearest even. */
  RNI,
  /** To an integer, toward zero. */
  RZI,
  /** To an integer, toward negative infinity. */
  RMI,
  /** To an integer, toward positive infinity. */
  RPI
}
