package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The modifiers of an instruction, decoded. Those with a meaning of their own have a method; any
 * other is asked for by its word: {@code has("noinc")}.
 */
public final class Modifiers {
  private static final Map<String, StateSpace> SPACES = new HashMap<>();

  static {
    for (StateSpace space : StateSpace.values()) {
      SPACES.put(space.name().toLowerCase(Locale.ROOT), space);
    }
    SPACES.remove("generic");
    SPACES.put("shared::cta", StateSpace.SHARED);
    SPACES.put("shared::cluster", StateSpace.SHARED);
    SPACES.put("param::entry", StateSpace.PARAM);
    SPACES.put("param::func", StateSpace.PARAM);
  }

  private final List<String> words;
  private final List<DataType> types;
  private final List<StateSpace> spaces;
  private final Optional<Rounding> rounding;
  private final Optional<Compare> compare;
  private final Optional<Semantics> semantics;
  private final Optional<MemoryScope> scope;
  private final int vector;

  Modifiers(Opcode opcode, List<String> words, List<DataType> types) {
    this.words = List.copyOf(words);
    this.types = List.copyOf(types);
    List<StateSpace> found = new ArrayList<>();
    for (String word : words) {
      if (SPACES.containsKey(word)) {
        found.add(SPACES.get(word));
      }
    }
    this.spaces = List.copyOf(found);
    this.rounding = first(Rounding.class);
    this.compare =
        opcode == Opcode.SET || opcode == Opcode.SETP ? first(Compare.class) : Optional.empty();
    this.semantics = first(Semantics.class);
    this.scope = first(MemoryScope.class);
    this.vector = has("v2") ? 2 : has("v4") ? 4 : has("v8") ? 8 : 1;
  }

  private <E extends Enum<E>> Optional<E> first(Class<E> type) {
    for (String word : words) {
      for (E value : type.getEnumConstants()) {
        if (value.name().toLowerCase(Locale.ROOT).equals(word)) {
          return Optional.of(value);
        }
      }
    }
    return Optional.empty();
  }

  static StateSpace space(String word) {
    return SPACES.get(word);
  }

  /** Every modifier as written, without its dot, in order; types among them. */
  public List<String> words() {
    return words;
  }

  /** Whether the instruction has that modifier, written without its dot. */
  public boolean has(String word) {
    return words.contains(word);
  }

  /** The types, in order: of cvt the result's first, of mma those of d, a, b, c. */
  public List<DataType> types() {
    return types;
  }

  /** The first type. */
  public DataType type() {
    return types.get(0);
  }

  /** A type, from 0. */
  public DataType type(int index) {
    return types.get(index);
  }

  /** The rounding, where one is written. */
  public Optional<Rounding> rounding() {
    return rounding;
  }

  /** The comparison of set and setp. */
  public Optional<Compare> compare() {
    return compare;
  }

  /** The space of the address (of a copy: of its destination), generic when none is written. */
  public StateSpace space() {
    return spaces.isEmpty() ? StateSpace.GENERIC : spaces.get(0);
  }

  /** All spaces as written, in order. */
  public List<StateSpace> spaces() {
    return spaces;
  }

  /** The memory ordering, where one is written. */
  public Optional<Semantics> semantics() {
    return semantics;
  }

  /** The scope of the memory ordering, where one is written. */
  public Optional<MemoryScope> scope() {
    return scope;
  }

  /** How many elements are moved: 1, 2, 4 or 8. */
  public int vector() {
    return vector;
  }

  /** Whether subnormal inputs and results are flushed to zero. */
  public boolean ftz() {
    return has("ftz");
  }

  /** Whether the result is clamped: to [0, 1] of a float, to the type's range of an integer. */
  public boolean sat() {
    return has("sat");
  }

  @Override
  public String toString() {
    return words.isEmpty() ? "" : "." + String.join(".", words);
  }
}
