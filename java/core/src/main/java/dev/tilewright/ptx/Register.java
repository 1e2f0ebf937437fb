package dev.tilewright.ptx;

/**
 * A virtual register of one routine. Registers of nested scopes may share a name; each is an own
 * object with an own index, so compare by identity.
 *
 * @param name the name in PTX, {@code %r1}
 * @param type the declared type
 * @param index the number among the used registers of its class in its routine, from 0 without gaps
 */
public record Register(String name, DataType type, int index) {
  /** The class that {@link #index} counts in. */
  public RegisterClass registerClass() {
    return RegisterClass.of(type);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return name;
  }
}
