package dev.tilewright.ptx;

/** Linking directives (ISA section 11.6). */
public enum Linkage {
  /** Seen in its own module only. */
  INTERNAL,
  VISIBLE,
  /** Defined elsewhere: another module, the system ({@code vprintf}), or the launch. */
  EXTERN,
  WEAK,
  COMMON
}
