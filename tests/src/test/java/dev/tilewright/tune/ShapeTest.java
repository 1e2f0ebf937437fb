package dev.tilewright.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.InvalidSpecException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeTest {
  private static final List<Shape.Key> KEYS =
      List.of(
          new Shape.Key("B", "1", "rows"),
          new Shape.Key("L", null, "samples"),
          new Shape.Key("mode", "causal", "what happens at the ends"),
          new Shape.Key("gated", "false", "gates"));

  @Test
  void readsKeysAndDefaults() {
    Shape shape = Shape.parse("L=16384, mode=Circular", KEYS);
    assertEquals(1, shape.count("B"));
    assertEquals(16384, shape.count("L"));
    assertEquals(1, shape.choice("mode", List.of("causal", "circular")));
    assertFalse(shape.flag("gated"));
    assertTrue(shape.has("L"));
    assertFalse(shape.has("B"));
  }

  @Test
  void saysWhatIsAllowed() {
    refused("L=1,Q=2", "unknown key Q, allowed: the keys B, L, mode, gated");
    refused("B=2", "no L, allowed: L=VALUE (samples)");
    refused("", "no L");
    refused("L=1,L=2", "L given twice");
    refused("L=1,,B=2", "KEY=VALUE pairs");
    refused("L=", "KEY=VALUE pairs");
    refused("=3", "KEY=VALUE pairs");
  }

  private static void refused(String text, String message) {
    Exception e = assertThrows(InvalidSpecException.class, () -> Shape.parse(text, KEYS));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void checksValuesWhenTheyAreUsed() {
    Shape shape = Shape.parse("L=0,B=many,mode=odd,gated=yes", KEYS);
    assertThrows(InvalidSpecException.class, () -> shape.count("L"));
    assertThrows(InvalidSpecException.class, () -> shape.count("B"));
    assertThrows(InvalidSpecException.class, () -> shape.choice("mode", List.of("causal")));
    assertThrows(InvalidSpecException.class, () -> shape.flag("gated"));
  }
}
