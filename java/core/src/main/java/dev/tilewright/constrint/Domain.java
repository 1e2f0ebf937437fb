package dev.tilewright.constrint;

import java.util.Arrays;
import java.util.Objects;

/**
 * The values that a variable may take: {@code min, min + step, …, max}, or, where {@code values} is
 * not null, just those. Never empty; immutable (nobody writes to the array).
 *
 * @param min smallest value, at least −{@link #LIMIT}
 * @param max largest value, a member, at most {@link #LIMIT}
 * @param step distance of neighbours, ≥ 1; 1 where {@code values} is given
 * @param values sorted and distinct, or null
 */
record Domain(long min, long max, long step, long[] values) {
  /** Bound of every declared value; sums of two values then fit a long. */
  static final long LIMIT = 1L << 62;

  /** Of a variable that no {@code var} declares; upstream's. */
  static final Domain DEFAULT = new Domain(1, 1L << 30, 1, null);

  static Domain range(long min, long max, long step) {
    if (min > max || step < 1) {
      throw new IllegalArgumentException(min + ".." + max + " step " + step);
    }
    // Remainders first: the distance itself may leave a long.
    long beyond = Math.floorMod(Math.floorMod(max, step) - Math.floorMod(min, step), step);
    return new Domain(min, max - beyond, step, null);
  }

  /** Sorts; drops what is there twice. */
  static Domain of(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    int size = 1;
    for (long value : sorted) {
      if (value != sorted[size - 1]) {
        sorted[size++] = value;
      }
    }
    sorted = Arrays.copyOf(sorted, size);
    return new Domain(sorted[0], sorted[size - 1], 1, sorted);
  }

  long size() {
    return values != null ? values.length : Bounds.span(min, max) / step + 1;
  }

  boolean contains(long value) {
    if (values != null) {
      return Arrays.binarySearch(values, value) >= 0;
    }
    return value >= min && value <= max && (value - min) % step == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Domain that
        && min == that.min
        && max == that.max
        && step == that.step
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(min, max, step, Arrays.hashCode(values));
  }

  @Override
  public String toString() {
    if (values != null) {
      return Arrays.toString(values).replace('[', '{').replace(']', '}');
    }
    return min + ".." + max + (step == 1 ? "" : " step " + step);
  }
}
