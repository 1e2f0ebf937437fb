package dev.tilewright.ptx;

/** Whose threads a strong memory operation is ordered with (ISA section 8.5). */
public enum MemoryScope {
  CTA,
  CLUSTER,
  GPU,
  SYS
}
