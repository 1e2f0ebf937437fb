package dev.tilewright.schedule;

import dev.tilewright.InvalidSpecException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An assignment of a kernel's integer parameters. Immutable; two tiles are equal when they give the
 * same parameters the same values, whatever the order.
 */
public final class Tile {
  private final Map<String, Long> values;

  private Tile(Map<String, Long> values) {
    this.values = values;
  }

  /**
   * A tile of these parameters, which keep their order.
   *
   * @throws InvalidSpecException when a name is not a letter or underscore followed by letters,
   *     digits and underscores, or a value is missing
   */
  public static Tile of(Map<String, Long> values) {
    Map<String, Long> copy = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (!isName(name)) {
            throw new InvalidSpecException("tile parameter", name, "a name of the tile space");
          }
          if (value == null) {
            throw new InvalidSpecException("tile parameter " + name, null, "a whole number");
          }
          copy.put(name, value);
        });
    return new Tile(Collections.unmodifiableMap(copy));
  }

  /**
   * Reads {@link #key}, for example {@code rows=4,radix=16}.
   *
   * @throws InvalidSpecException when it is not of that form
   */
  public static Tile parse(String key) {
    Map<String, Long> values = new LinkedHashMap<>();
    for (String part : key.isEmpty() ? new String[0] : key.split(",", -1)) {
      int equals = part.indexOf('=');
      try {
        String name = part.substring(0, Math.max(equals, 0)).strip();
        if (values.put(name, Long.valueOf(part.substring(equals + 1).strip())) != null) {
          throw new InvalidSpecException("tile", key, "each parameter once");
        }
      } catch (NumberFormatException e) {
        throw new InvalidSpecException("tile", key, "NAME=VALUE,… with whole numbers");
      }
    }
    return of(values);
  }

  static boolean isName(String name) {
    if (name == null || name.isEmpty() || name.length() > 64) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  /**
   * Value of a parameter.
   *
   * @throws InvalidSpecException when the tile has no such parameter
   */
  public long get(String name) {
    Long value = values.get(name);
    if (value == null) {
      throw new InvalidSpecException("tile parameter", name, String.join(", ", values.keySet()));
    }
    return value;
  }

  /** Value of a parameter as an int. */
  public int getInt(String name) {
    return Math.toIntExact(get(name));
  }

  /** Parameter to value, in order; unmodifiable. */
  public Map<String, Long> values() {
    return values;
  }

  /** {@code NAME=VALUE} joined by commas, in order; {@link #parse} reads it. */
  public String key() {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (name, value) ->
            text.append(text.length() == 0 ? "" : ",").append(name).append('=').append(value));
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tile tile && tile.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return key();
  }
}
