package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operands at the edges of each instruction, with the results that the ISA's text gives. */
final class EdgesTest {
  @ParameterizedTest
  @ValueSource(strings = {"integer.txt", "float.txt", "convert.txt", "logic.txt", "atomics.txt"})
  void asTheTableSays(String table) {
    List<EdgeTable.Row> rows = EdgeTable.read(table);
    assertTrue(rows.size() > 50, "rows " + rows.size());
    assertEquals("", String.join("\n", EdgeTable.run("h100", rows)));
  }
}
