package dev.tilewright.constrint;

/** {@code pow2(term)}: the term is 1, 2, 4, 8, … */
record Pow2(Origin origin, Expr term) implements Rule {
  @Override
  public String toString() {
    return origin.toString();
  }
}
