package dev.tilewright.constrint;

/** Which values of a variable come first. */
public enum Order {
  /** From the smallest up. */
  SMALLEST,
  /** From the largest down. */
  LARGEST
}
