package dev.tilewright.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.InvalidSpecException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {
  @Test
  void readsTimesAndNumbers() {
    assertEquals(Budget.of(Duration.ofSeconds(60)), Budget.parse("60s"));
    assertEquals(Budget.of(Duration.ofMillis(500)), Budget.parse("500ms"));
    assertEquals(Budget.of(Duration.ofMinutes(5)), Budget.parse(" 5M "));
    assertEquals(Budget.of(Duration.ofHours(1)), Budget.parse("1h"));
    assertEquals(Budget.of(200), Budget.parse("200"));
    assertEquals("60s", Budget.parse("1m").toString());
    assertEquals("1500ms", Budget.parse("1500ms").toString());
    assertEquals("200", Budget.parse("200").toString());
    assertEquals("unlimited", Budget.UNLIMITED.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0s", "-1", "1.5s", "s", "60 parsecs", "99999999999"})
  void refusesTheRest(String text) {
    Exception e = assertThrows(InvalidSpecException.class, () -> Budget.parse(text));
    assertTrue(e.getMessage().contains("60s"), e.getMessage());
  }
}
