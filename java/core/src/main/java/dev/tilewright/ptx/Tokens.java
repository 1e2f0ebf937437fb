package dev.tilewright.ptx;

import java.util.Arrays;

/** The tokens of a PTX text (ISA section 4), as arrays: a large module has millions. */
final class Tokens {
  /** Kinds of tokens; any other kind is the character of a punctuation mark. */
  static final char END = 0;

  static final char NAME = 1;

  /** A dot and what follows: a directive or a modifier. */
  static final char WORD = 2;

  static final char NUMBER = 3;
  static final char STRING = 4;

  /** Operators of two characters. */
  static final char SHL = 5;

  static final char SHR = 6;
  static final char LE = 7;
  static final char GE = 8;
  static final char EQ = 9;
  static final char NE = 10;
  static final char AND = 11;
  static final char OR = 12;

  private static final String PUNCTUATION = ",;:(){}[]<>=+-*/%!~&|^?@";

  private final String source;
  private final String text;
  private char[] kinds = new char[1024];
  private int[] starts = new int[1024];
  private int[] ends = new int[1024];
  private int count;
  private int[] lines = new int[256];
  private int lineCount = 1;

  Tokens(String source, String text) {
    this.source = source;
    this.text = text;
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      if (lineCount == lines.length) {
        lines = Arrays.copyOf(lines, 2 * lineCount);
      }
      lines[lineCount++] = i + 1;
    }
    int at = 0;
    while (at < text.length()) {
      at = scan(at);
    }
    add(END, at, at);
  }

  private void add(char kind, int start, int end) {
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * count);
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
    }
    kinds[count] = kind;
    starts[count] = start;
    ends[count] = end;
    count++;
  }

  /** Reads a token, blank or comment; returns its end. */
  private int scan(int at) {
    char c = text.charAt(at);
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\u000b') {
      return at + 1;
    }
    if (c == '/' && text.startsWith("//", at)) {
      return endOfLine(at);
    }
    if (c == '/' && text.startsWith("/*", at)) {
      int end = text.indexOf("*/", at + 2);
      if (end < 0) {
        throw fail((long) at, at + 2, "a comment that does not end");
      }
      return end + 2;
    }
    if (c == '#' && text.substring(lineStart(at), at).isBlank()) {
      return endOfLine(at); // A preprocessor's line mark.
    }
    if (c == '@' && text.startsWith("@@", at)) {
      return endOfLine(at); // The debug data of old compilers: @@DWARF.
    }
    int end = at + 1;
    if (c == '.' && end < text.length() && isNamePart(text.charAt(end))) {
      end = wordEnd(end);
      add(WORD, at, end);
    } else if (c >= '0' && c <= '9') {
      end = numberEnd(at);
      add(NUMBER, at, end);
    } else if (isNameStart(c) || (c == '%' && end < text.length() && startsRegister(end))) {
      end = nameEnd(end);
      add(NAME, at, end);
    } else if (c == '"') {
      end = stringEnd(end);
      add(STRING, at, end);
    } else {
      char pair = pair(at);
      if (pair != END) {
        end = at + 2;
        add(pair, at, end);
      } else if (PUNCTUATION.indexOf(c) >= 0) {
        add(c, at, end);
      } else {
        throw fail((long) at, end, "a character that PTX does not have");
      }
    }
    return end;
  }

  private char pair(int at) {
    if (at + 1 >= text.length()) {
      return END;
    }
    char second = text.charAt(at + 1);
    return switch (text.charAt(at)) {
      case '<' -> second == '<' ? SHL : second == '=' ? LE : END;
      case '>' -> second == '>' ? SHR : second == '=' ? GE : END;
      case '=' -> second == '=' ? EQ : END;
      case '!' -> second == '=' ? NE : END;
      case '&' -> second == '&' ? AND : END;
      case '|' -> second == '|' ? OR : END;
      default -> END;
    };
  }

  private int endOfLine(int at) {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end;
  }

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || (c >= '0' && c <= '9');
  }

  private boolean startsRegister(int at) {
    return isNameStart(text.charAt(at));
  }

  private int nameEnd(int at) {
    int end = at;
    while (end < text.length() && isNamePart(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private int wordEnd(int at) {
    int end = nameEnd(at);
    while (text.startsWith("::", end) && end + 2 < text.length()) {
      int next = nameEnd(end + 2);
      if (next == end + 2) {
        break;
      }
      end = next;
    }
    return end;
  }

  private int numberEnd(int at) {
    int end = at;
    while (end < text.length() && isNamePart(text.charAt(end))) {
      end++;
    }
    char second = at + 1 < end ? text.charAt(at + 1) : ' ';
    if ("xXbBfFdD".indexOf(second) >= 0) {
      return end;
    }
    if (end < text.length() && text.charAt(end) == '.') {
      char after = end + 1 < text.length() ? text.charAt(end + 1) : ' ';
      if (!isNameStart(after)) {
        end = nameEnd(end + 1);
      }
    }
    char last = text.charAt(end - 1);
    if ((last == 'e' || last == 'E')
        && end + 1 < text.length()
        && "+-".indexOf(text.charAt(end)) >= 0) {
      end = nameEnd(end + 1);
    }
    return end;
  }

  private int stringEnd(int at) {
    for (int end = at; end < text.length(); end++) {
      char c = text.charAt(end);
      if (c == '\\') {
        end++;
      } else if (c == '"') {
        return end + 1;
      } else if (c == '\n') {
        break;
      }
    }
    throw fail((long) at - 1, Math.min(at + 20, text.length()), "a string that does not end");
  }

  private int lineStart(int offset) {
    return lines[lineOf(offset) - 1];
  }

  private int lineOf(int offset) {
    int found = Arrays.binarySearch(lines, 0, lineCount, offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /** How many tokens there are; the last is {@link #END}. */
  int count() {
    return count;
  }

  char kind(int index) {
    return kinds[index];
  }

  /** The token's characters. */
  String text(int index) {
    return text.substring(starts[index], ends[index]);
  }

  /** Whether the token is exactly that word or name. */
  boolean is(int index, String expected) {
    int length = ends[index] - starts[index];
    return length == expected.length() && text.startsWith(expected, starts[index]);
  }

  /** Whether nothing lies between a token and the next. */
  boolean touchesNext(int index) {
    return ends[index] == starts[index + 1];
  }

  /** The text from one token to another, both included, with its blanks. */
  String text(int first, int last) {
    return text.substring(starts[first], Math.max(starts[first], ends[last]));
  }

  /** The token's line, from 1. */
  int line(int index) {
    return lineOf(starts[index]);
  }

  /** The fault of a token. */
  PtxException fail(int index, String reason) {
    return fail(index, index, reason);
  }

  /** The fault at a token, showing the text from it to the last. */
  PtxException fail(int index, int last, String reason) {
    return failAt(
        starts[index], kinds[last] == END ? "end of the text" : text(index, last), reason);
  }

  private PtxException fail(long start, int end, String reason) {
    return failAt((int) start, text.substring((int) start, end), reason);
  }

  private PtxException failAt(int start, String shown, String reason) {
    int line = lineOf(start);
    return new PtxException(source, line, start - lines[line - 1] + 1, shown, reason);
  }
}
