package dev.tilewright.schedule;

import dev.tilewright.InvalidSpecException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An assignment of a kernel's integer parameters. Immutable; two tiles are equal when they give the
 * same parameters the same values, whatever the order.
 */
public final class Tile {
  private final String[] names;
  private final long[] values;

  /**
   * A tile of names that are known to be fine, without copying: a space has thousands of tiles with
   * the same names.
   */
  Tile(String[] names, long[] values) {
    this.names = names;
    this.values = values;
  }

  /**
   * A tile of these parameters, which keep their order.
   *
   * @throws InvalidSpecException when a name is not a letter or underscore followed by letters,
   *     digits and underscores, or a value is missing
   */
  public static Tile of(Map<String, Long> values) {
    String[] names = new String[values.size()];
    long[] numbers = new long[names.length];
    int at = 0;
    for (Map.Entry<String, Long> entry : values.entrySet()) {
      names[at] = checkedName(entry.getKey());
      if (entry.getValue() == null) {
        throw new InvalidSpecException("tile parameter " + names[at], null, "a whole number");
      }
      numbers[at++] = entry.getValue();
    }
    return new Tile(names, numbers);
  }

  static String checkedName(String name) {
    if (!isName(name)) {
      throw new InvalidSpecException("tile parameter", name, "a name of the tile space");
    }
    return name;
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
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return values[i];
      }
    }
    throw new InvalidSpecException("tile parameter", name, String.join(", ", names));
  }

  /** Value of a parameter as an int. */
  public int getInt(String name) {
    return Math.toIntExact(get(name));
  }

  /** Parameter to value, in order; unmodifiable. */
  public Map<String, Long> values() {
    Map<String, Long> map = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      map.put(names[i], values[i]);
    }
    return Collections.unmodifiableMap(map);
  }

  /** {@code NAME=VALUE} joined by commas, in order; {@link #parse} reads it. */
  public String key() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      text.append(i == 0 ? "" : ",").append(names[i]).append('=').append(values[i]);
    }
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Tile tile)) {
      return false;
    }
    if (Arrays.equals(tile.names, names)) {
      return Arrays.equals(tile.values, values);
    }
    return tile.values().equals(values());
  }

  @Override
  public int hashCode() {
    int hash = 0; // a sum, so that the order does not matter
    for (int i = 0; i < names.length; i++) {
      hash += names[i].hashCode() ^ Long.hashCode(values[i]) * 31;
    }
    return hash;
  }

  @Override
  public String toString() {
    return key();
  }
}
