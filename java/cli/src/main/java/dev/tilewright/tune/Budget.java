package dev.tilewright.tune;

import dev.tilewright.InvalidSpecException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a search may go on: a time, or a number of candidates.
 *
 * @param time wall-clock time from the first input to the stored winner; null for no limit
 * @param candidates tiles that are tried, failures and the results of a resumed search included
 */
public record Budget(Duration time, long candidates) {
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,9})(ms|s|m|min|h)?");

  /** No limit at all. */
  public static final Budget UNLIMITED = new Budget(null, Long.MAX_VALUE);

  /** So long, however many candidates that are. */
  public static Budget of(Duration time) {
    return new Budget(time, Long.MAX_VALUE);
  }

  /** So many candidates, however long they take. */
  public static Budget of(long candidates) {
    return new Budget(null, candidates);
  }

  /**
   * Reads {@code 60s}, {@code 500ms}, {@code 5m}, {@code 1h}, or a bare number of candidates.
   *
   * @throws InvalidSpecException for anything else, and for zero
   */
  public static Budget parse(String text) {
    Matcher m = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    long number = m.matches() ? Long.parseLong(m.group(1)) : 0;
    if (number == 0) {
      throw new InvalidSpecException(
          "budget", text, "a time such as 60s, 500ms, 5m or 1h, or a number of candidates from 1");
    }
    if (m.group(2) == null) {
      return of(number);
    }
    return of(
        switch (m.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofMinutes(number);
        });
  }

  /** As {@link #parse} reads it, or {@code unlimited}. */
  @Override
  public String toString() {
    if (time != null) {
      long millis = time.toMillis();
      return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
    return candidates == Long.MAX_VALUE ? "unlimited" : Long.toString(candidates);
  }
}
