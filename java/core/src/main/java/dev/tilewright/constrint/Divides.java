package dev.tilewright.constrint;

/** {@code dividend % divisor == 0}: false where the divisor is 0; 0 is divisible by all others. */
record Divides(Origin origin, Expr dividend, Expr divisor) implements Rule {
  @Override
  public String toString() {
    return origin.toString();
  }
}
