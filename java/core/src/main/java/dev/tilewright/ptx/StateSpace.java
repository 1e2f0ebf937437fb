package dev.tilewright.ptx;

import java.util.Locale;

/** The state spaces of PTX (ISA section 5.1) that variables and addresses lie in. */
public enum StateSpace {
  /** No space named: a generic address. */
  GENERIC,
  /** The whole device's memory. */
  GLOBAL,
  /** The block's (or with a cluster address, the cluster's) memory. */
  SHARED,
  /** A thread's own memory. */
  LOCAL,
  /** Constants. */
  CONST,
  /** Parameters of a kernel or of a call. */
  PARAM;

  /** The name in PTX, without the dot. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
