package dev.tilewright.constrint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The products of placed variables that a plan needs, each computed once, when its last variable
 * gets a value: a register is another register times that variable, so monomials share what they
 * begin with. Register 0 is 1. Products saturate at {@link Sat#INF}; where a plan needs the exact
 * value, it is proven to stay below.
 */
final class Registers {
  /** One product: target = source * variable. */
  record Update(int target, int source, int variable) {}

  private final int[] place;
  private final Map<Long, Integer> known = new HashMap<>();
  private final List<List<Update>> updates;
  private int count = 1;

  /**
   * @param place of each variable, in the order of the plan
   */
  Registers(int[] place, int places) {
    this.place = place;
    updates = new ArrayList<>();
    for (int i = 0; i < places; i++) {
      updates.add(new ArrayList<>());
    }
  }

  /** The register of the product of those variables that stand before a place. */
  int product(int[] variables, int before) {
    return product(variables, before, -1);
  }

  /** The same without any occurrence of one variable. */
  int product(int[] variables, int before, int except) {
    int[] placed =
        Arrays.stream(variables)
            .filter(v -> place[v] < before && v != except)
            .boxed()
            .sorted((v, w) -> Integer.compare(place[v], place[w]))
            .mapToInt(Integer::intValue)
            .toArray();
    int register = 0;
    for (int v : placed) {
      long key = (long) register << 32 | v;
      Integer next = known.get(key);
      if (next == null) {
        next = count++;
        known.put(key, next);
        updates.get(place[v]).add(new Update(next, register, v));
      }
      register = next;
    }
    return register;
  }

  /** A register that no product uses. */
  int scratch() {
    return count++;
  }

  int count() {
    return count;
  }

  List<Update> at(int place) {
    return updates.get(place);
  }
}
