package dev.tilewright.constrint;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A value for each variable of a rule set. Immutable. */
public final class Solution {
  private final Model model;
  private final long[] values;

  Solution(Model model, long[] values) {
    this.model = model;
    this.values = values;
  }

  /**
   * The value of a variable.
   *
   * @throws IllegalArgumentException when there is no such variable
   */
  public long get(String name) {
    int v = model.index(name);
    if (v < 0) {
      throw new IllegalArgumentException(
          "no variable '" + name + "'; there: " + String.join(", ", model.names));
    }
    return values[v];
  }

  /** All values, in the order in which the variables appear in the rules. */
  public Map<String, Long> values() {
    Map<String, Long> result = new LinkedHashMap<>();
    for (int v = 0; v < values.length; v++) {
      result.put(model.names[v], values[v]);
    }
    return result;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Solution that
        && Arrays.equals(values, that.values)
        && Arrays.equals(model.names, that.model.names);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return values().toString();
  }
}
