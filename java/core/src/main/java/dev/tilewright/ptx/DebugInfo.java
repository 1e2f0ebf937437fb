package dev.tilewright.ptx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What {@code .file}, {@code .loc} and the section {@code .debug_str} say of the source. */
final class DebugInfo {
  /** The deepest chain of inlined calls that is followed. */
  private static final int MAX_CHAIN = 100;

  /** A {@code .loc}, with the one of the call that was inlined. */
  static final class Entry {
    private final int file;
    private final int line;
    private final int column;
    private final String function;
    private final long functionOffset;
    private final Entry inlinedAt;
    private final int depth;
    private SourceLocation location;

    Entry(int file, int line, int column, String function, long offset, Entry inlinedAt) {
      this.file = file;
      this.line = line;
      this.column = column;
      this.function = function;
      this.functionOffset = offset;
      this.inlinedAt = inlinedAt;
      this.depth = inlinedAt == null ? 0 : inlinedAt.depth + 1;
    }

    /** Whether it names a line: compilers write line 0 for code that belongs to none. */
    boolean isKnown() {
      return line != 0 || inlinedAt != null;
    }
  }

  private record Place(int file, int line, int column) {}

  private final Map<Integer, String> files = new TreeMap<>();
  private final Map<Place, Entry> latest = new HashMap<>();
  private final Map<String, Integer> labels = new HashMap<>();
  private final StringBuilder strings = new StringBuilder();

  /** Reads {@code .file n "name"[, time, size]}. */
  void file(Cursor cursor) {
    cursor.advance();
    int number = number(cursor);
    files.put(number, cursor.expectString());
    while (cursor.accept(',')) {
      cursor.advance();
    }
  }

  /** Forgets the entries of the last routine: a chain stays within one. */
  void beginRoutine() {
    latest.clear();
  }

  /**
   * Reads {@code .loc file line column[, function_name label[+offset], inlined_at file line
   * column]}. The call's own chain is the one last seen at its place.
   */
  Entry loc(Cursor cursor) {
    cursor.advance();
    Place place = place(cursor);
    String function = "";
    long offset = 0;
    Entry inlinedAt = null;
    while (cursor.accept(',')) {
      if (cursor.isName("function_name")) {
        cursor.advance();
        function = cursor.expectName("the label of the function's name");
        if (cursor.accept('+')) {
          offset = number(cursor);
        }
      } else if (cursor.isName("inlined_at")) {
        cursor.advance();
        Place at = place(cursor);
        inlinedAt = latest.get(at);
        if (inlinedAt == null || inlinedAt.depth >= MAX_CHAIN) {
          inlinedAt = new Entry(at.file, at.line, at.column, "", 0, null);
        }
      } else {
        throw cursor.fail("expected function_name or inlined_at");
      }
    }
    Entry entry = new Entry(place.file, place.line, place.column, function, offset, inlinedAt);
    latest.put(place, entry);
    return entry;
  }

  private static Place place(Cursor cursor) {
    return new Place(number(cursor), number(cursor), number(cursor));
  }

  private static int number(Cursor cursor) {
    Constant value = cursor.is(Tokens.NUMBER) ? Constant.parse(cursor.text()) : null;
    if (value == null || !value.isInteger() || value.bits() != (int) value.bits()) {
      throw cursor.fail("expected a number");
    }
    cursor.advance();
    return (int) value.bits();
  }

  /** Reads a section of debug data in braces; only the strings are kept. */
  void section(Cursor cursor) {
    cursor.advance();
    boolean keep = cursor.isWord(".debug_str");
    if (!cursor.accept(Tokens.WORD)) {
      throw cursor.fail("expected a section's name");
    }
    cursor.expect('{');
    while (!cursor.accept('}')) {
      if (cursor.atEnd()) {
        throw cursor.fail("expected '}' at the section's end");
      }
      if (keep && cursor.is(Tokens.NAME) && cursor.kind(1) == ':') {
        labels.put(cursor.text(), strings.length());
      } else if (keep && cursor.is(Tokens.NUMBER)) {
        strings.append((char) (number(cursor) & 0xFF));
        continue;
      }
      cursor.advance();
    }
  }

  List<String> files() {
    return List.copyOf(files.values());
  }

  /** The location of an entry; to be asked when the whole module is read. */
  Optional<SourceLocation> location(Entry entry) {
    if (entry == null || entry.file == 0) {
      return Optional.empty();
    }
    if (entry.location == null) {
      entry.location =
          new SourceLocation(
              files.getOrDefault(entry.file, "file " + entry.file),
              entry.line,
              entry.column,
              name(entry),
              location(entry.inlinedAt));
    }
    return Optional.of(entry.location);
  }

  private String name(Entry entry) {
    Integer label = labels.get(entry.function);
    if (label == null || entry.functionOffset < 0) {
      return "";
    }
    int begin = (int) Math.min(strings.length(), label + entry.functionOffset);
    int end = strings.indexOf("\0", begin);
    return strings.substring(begin, end < 0 ? strings.length() : end);
  }
}
