package dev.tilewright.constrint;

import java.util.List;

/** {@code a | b | …}: at least two rules, none of them an {@code AnyOf}; one must hold. */
record AnyOf(Origin origin, List<Rule> rules) implements Rule {
  @Override
  public String toString() {
    return origin.toString();
  }
}
