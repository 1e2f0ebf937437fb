package dev.tilewright.tune;

import dev.tilewright.InvalidSpecException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** One problem in words: {@code B=2,H=64,L=16384}. Knows which keys its op allows. */
public final class Shape {
  /**
   * A key that an op allows.
   *
   * @param name as it is written, such as {@code B}
   * @param otherwise the value meant when it is absent; null where it must be given
   * @param help what it is, in a few words
   */
  public record Key(String name, String otherwise, String help) {}

  private final List<Key> keys;
  private final Map<String, String> values = new LinkedHashMap<>();

  private Shape(List<Key> keys) {
    this.keys = keys;
  }

  /**
   * Reads {@code KEY=VALUE,KEY=VALUE}.
   *
   * @throws InvalidSpecException for a key that is unknown, given twice or missing
   */
  public static Shape parse(String text, List<Key> keys) {
    Shape shape = new Shape(keys);
    for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? "" : part.substring(0, equals).strip();
      String value = part.substring(equals + 1).strip();
      if (name.isEmpty() || value.isEmpty()) {
        throw new InvalidSpecException("shape", part, "KEY=VALUE pairs with commas between them");
      }
      if (keys.stream().noneMatch(k -> k.name().equals(name))) {
        throw new InvalidSpecException("shape", "unknown key " + name, "the keys " + names(keys));
      }
      if (shape.values.put(name, value) != null) {
        throw new InvalidSpecException("shape", name + " given twice", "each key once");
      }
    }
    for (Key key : keys) {
      if (key.otherwise() == null && !shape.values.containsKey(key.name())) {
        throw new InvalidSpecException(
            "shape",
            "no " + key.name(),
            key.name() + "=VALUE (" + key.help() + "); all keys: " + names(keys));
      }
    }
    return shape;
  }

  private static String names(List<Key> keys) {
    return keys.stream().map(Key::name).collect(Collectors.joining(", "));
  }

  /** The value of a key, or what is meant without it. */
  public String text(String name) {
    String given = values.get(name);
    if (given != null) {
      return given;
    }
    return keys.stream()
        .filter(k -> k.name().equals(name))
        .findFirst()
        .map(Key::otherwise)
        .orElseThrow(() -> new IllegalArgumentException("the op declares no key " + name));
  }

  /** Whether the key was written. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /**
   * The value as a count.
   *
   * @throws InvalidSpecException unless it is a whole number from 1
   */
  public long count(String name) {
    String value = text(name);
    try {
      long count = Long.parseLong(value);
      if (count >= 1) {
        return count;
      }
    } catch (NumberFormatException e) {
      // refused below, as a number out of range is
    }
    throw new InvalidSpecException("shape " + name, value, "a whole number from 1");
  }

  /** The value as {@code true} or {@code false}. */
  public boolean flag(String name) {
    return choice(name, List.of("false", "true")) == 1;
  }

  /** Which of the words, in any case, the value is. */
  public int choice(String name, List<String> words) {
    int at = words.indexOf(text(name).toLowerCase(Locale.ROOT));
    if (at < 0) {
      throw new InvalidSpecException("shape " + name, text(name), String.join(", ", words));
    }
    return at;
  }
}
