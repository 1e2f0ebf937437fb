package dev.tilewright.constrint;

import java.util.Arrays;

/**
 * The products of placed variables that a plan needs, each computed once, when its last variable
 * gets a value: a register is another register times that variable, so monomials share what they
 * begin with. Register 0 is 1. Products saturate at {@link Sat#INF}; where a plan needs the exact
 * value, it is proven to stay below.
 */
final class Registers {
  /** Of each variable, in the order of the plan. */
  private final int[] place;

  /** Of each variable, the largest magnitude of its values. */
  private final long[] reach;

  /** The products: register, the register it comes from, the variable. */
  private int[] products = new int[96];

  private int size;
  private int count = 1;

  /** Of each register, a bound of its magnitude. */
  private long[] most = new long[48];

  Registers(int[] place, Bounds b) {
    this.place = place;
    reach = new long[place.length];
    for (int v = 0; v < place.length; v++) {
      reach[v] = Math.max(Math.abs(b.lo[v]), Math.abs(b.hi[v]));
    }
    most[0] = 1;
  }

  /** The register of the product of those variables that stand before a place. */
  int product(int[] variables, int before) {
    return product(variables, before, -1);
  }

  /** The same without any occurrence of one variable. */
  int product(int[] variables, int before, int except) {
    int[] placed = new int[variables.length];
    int n = 0;
    for (int v : variables) {
      if (place[v] < before && v != except) {
        int i = n++;
        for (; i > 0 && place[placed[i - 1]] > place[v]; i--) {
          placed[i] = placed[i - 1];
        }
        placed[i] = v;
      }
    }
    int register = 0;
    for (int i = 0; i < n; i++) {
      register = times(register, placed[i]);
    }
    return register;
  }

  private int times(int register, int v) {
    for (int i = 0; i < size; i += 3) {
      if (products[i + 1] == register && products[i + 2] == v) {
        return products[i];
      }
    }
    if (size == products.length) {
      products = Arrays.copyOf(products, 2 * size);
    }
    int target = scratch();
    products[size] = target;
    products[size + 1] = register;
    products[size + 2] = v;
    size += 3;
    most[target] = most[register] == Sat.INF ? Sat.INF : Sat.mul(most[register], reach[v]);
    return target;
  }

  /** A register that no product uses. */
  int scratch() {
    if (count == most.length) {
      most = Arrays.copyOf(most, 2 * count);
    }
    return count++;
  }

  int count() {
    return count;
  }

  /** Gives a place its products: those that cannot saturate, which need no others, go first. */
  void write(Plan.Place at) {
    int[] chosen = new int[size];
    int n = select(at.variable, false, chosen, 0);
    at.saturating = n;
    n = select(at.variable, true, chosen, n);
    at.products = Arrays.copyOf(chosen, n);
  }

  private int select(int variable, boolean saturating, int[] into, int from) {
    int n = from;
    for (int i = 0; i < size; i += 3) {
      if (products[i + 2] == variable && most[products[i]] == Sat.INF == saturating) {
        System.arraycopy(products, i, into, n, 3);
        n += 3;
      }
    }
    return n;
  }
}
