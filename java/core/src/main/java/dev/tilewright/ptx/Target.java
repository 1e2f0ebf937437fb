package dev.tilewright.ptx;

import java.util.List;

/**
 * A target architecture (ISA section 11.1.2): {@code sm_80}, or {@code sm_90a} with features of
 * this one architecture.
 *
 * @param number ten times the compute capability
 * @param suffix {@code a}, {@code f}, or empty
 */
public record Target(int number, String suffix) {
  /** Below every architecture: what is asked for where nothing is. */
  static final Target LEAST = new Target(0, "");

  /**
   * Reads {@code sm_90a} or {@code 90a}.
   *
   * @throws IllegalArgumentException when it is no target
   */
  static Target parse(String text) {
    String digits = text.replaceFirst("^sm_", "").replaceFirst("[af]$", "");
    try {
      return new Target(
          Integer.parseInt(digits), text.endsWith("a") || text.endsWith("f") ? suffix(text) : "");
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no target: " + text, e);
    }
  }

  private static String suffix(String text) {
    return text.substring(text.length() - 1);
  }

  /** Whether a word of a {@code .target} directive is an architecture. */
  private static boolean isOne(String word) {
    return word.matches("sm_\\d{2,4}[af]?");
  }

  /** Whether a word begins as an architecture does and is none. */
  static boolean isFaulty(String word) {
    return word.startsWith("sm_") && !isOne(word);
  }

  /** The architecture of a module; the least one when it names none. */
  static Target of(List<String> words) {
    return words.stream().filter(Target::isOne).findFirst().map(Target::parse).orElse(LEAST);
  }

  /** Whether code for this target may use what another asks for. */
  boolean has(Target needed) {
    return number >= needed.number && (needed.suffix.isEmpty() || !suffix.isEmpty());
  }

  /** Whether a device of a compute capability, as {@link #number} has it, runs code for this. */
  public boolean runsOn(int capability) {
    return switch (suffix) {
      case "" -> capability >= number;
      case "f" -> capability >= number && capability / 10 == number / 10;
      default -> capability == number;
    };
  }

  @Override
  public String toString() {
    return "sm_" + number + suffix;
  }
}
