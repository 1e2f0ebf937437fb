package dev.tilewright.tune;

import dev.tilewright.InvalidSpecException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The ops that have tile spaces. */
public final class Tunables {
  private Tunables() {}

  /** All of them. */
  public static List<Tunable<?>> all() {
    return ServiceLoader.load(Tunable.class, Tunables.class.getClassLoader()).stream()
        .<Tunable<?>>map(ServiceLoader.Provider::get)
        .toList();
  }

  /**
   * The op of this name.
   *
   * @throws InvalidSpecException that lists the ops when there is none
   */
  public static Tunable<?> of(String op) {
    List<Tunable<?>> all = all();
    return all.stream()
        .filter(t -> t.op().equals(op))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidSpecException(
                    "op",
                    op,
                    "an op with a tile space: "
                        + all.stream().map(Tunable::op).collect(Collectors.joining(", "))));
  }
}
