package dev.tilewright.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Rows of numbers below their names, right-aligned. The first rows are held back to find the
 * widths; later ones appear at once.
 */
final class RowTable {
  private static final int HELD = 100;

  private final List<String> names;
  private final Consumer<String> out;
  private final int[] widths;
  private List<long[]> held = new ArrayList<>();

  RowTable(List<String> names, Consumer<String> out) {
    this.names = names;
    this.out = out;
    widths = names.stream().mapToInt(String::length).toArray();
  }

  void add(long[] row) {
    if (held == null) {
      print(row);
      return;
    }
    held.add(row.clone());
    if (held.size() == HELD) {
      flush();
    }
  }

  /** Prints what is held back. */
  void flush() {
    if (held == null) {
      return;
    }
    List<long[]> rows = held;
    held = null;
    for (long[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], Long.toString(row[i]).length());
      }
    }
    if (!rows.isEmpty()) {
      StringBuilder header = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        append(header, names.get(i), widths[i]);
      }
      out.accept(header.toString());
    }
    rows.forEach(this::print);
  }

  private void print(long[] row) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      append(line, Long.toString(row[i]), widths[i]);
    }
    out.accept(line.toString());
  }

  private static void append(StringBuilder line, String cell, int width) {
    line.append("  ").append(" ".repeat(Math.max(0, width - cell.length()))).append(cell);
  }
}
