package dev.tilewright.ptx;

/** Memory-ordering qualifiers (ISA section 8.3). */
public enum Semantics {
  /** Ordered by barriers and fences only; the default of ld and st. */
  WEAK,
  /** As relaxed with system scope. */
  VOLATILE,
  /** A device's register: as volatile, each access happens as written. */
  MMIO,
  RELAXED,
  ACQUIRE,
  RELEASE,
  ACQ_REL,
  /** Sequentially consistent: fences only. */
  SC
}
