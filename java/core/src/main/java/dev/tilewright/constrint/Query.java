package dev.tilewright.constrint;

import java.time.Duration;

/** Stub. */
public final class Query {
  /** Which value is tried first. */
  public enum Order {
    /** The smallest. */
    SMALLEST,
    /** The largest. */
    LARGEST
  }

  private Query() {}

  /** The first solution. */
  public static Query first() {
    return new Query();
  }

  /** All solutions. */
  public static Query all() {
    return new Query();
  }

  /** Appends a variable to the order. */
  public Query order(String name, Order order) {
    return this;
  }

  /** At most so many nodes. */
  public Query nodes(long nodes) {
    return this;
  }

  /** At most so long. */
  public Query time(Duration time) {
    return this;
  }
}
