package dev.tilewright.cli;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * The dictionary at the head of an {@code .npy} file: a Python literal with exactly the keys descr,
 * fortran_order and shape.
 *
 * <p>Strict on purpose: a header that numpy would refuse is refused here too, naming the file.
 */
final class NpyHeaderText {
  private final Path path;
  private final String text;
  private int at;
  private String descr;
  private Boolean fortran;
  private long[] shape;

  private NpyHeaderText(Path path, String text) {
    this.path = path;
    this.text = text;
  }

  static NpyHeaderText parse(Path path, String text) {
    NpyHeaderText header = new NpyHeaderText(path, text);
    header.dictionary();
    return header;
  }

  String descr() {
    return descr;
  }

  boolean fortran() {
    return fortran;
  }

  long[] shape() {
    return shape;
  }

  private void dictionary() {
    expect('{');
    while (peek() != '}') {
      String key = string();
      expect(':');
      boolean again =
          switch (key) {
            case "descr" -> descr != null;
            case "fortran_order" -> fortran != null;
            case "shape" -> shape != null;
            default -> throw faulty("unknown key '" + key + "'");
          };
      if (again) {
        throw faulty("key '" + key + "' twice");
      }
      switch (key) {
        case "descr" -> descr = descrValue();
        case "fortran_order" -> fortran = bool();
        default -> shape = tuple();
      }
      if (peek() != '}') {
        expect(',');
      }
    }
    expect('}');
    if (peek() != 0) {
      throw faulty("text after the dictionary");
    }
    if (descr == null || fortran == null || shape == null) {
      throw faulty(
          "no " + (descr == null ? "'descr'" : fortran == null ? "'fortran_order'" : "'shape'"));
    }
  }

  private String descrValue() {
    if (peek() == '[' || peek() == '(') {
      throw new InputException(
          path + ": structured dtype (a record of fields); save one field as float32");
    }
    return string();
  }

  private boolean bool() {
    peek();
    for (boolean value : new boolean[] {true, false}) {
      String word = value ? "True" : "False";
      if (text.startsWith(word, at)) {
        at += word.length();
        return value;
      }
    }
    throw faulty("'fortran_order' is neither True nor False");
  }

  private long[] tuple() {
    expect('(');
    long[] dims = new long[8];
    int rank = 0;
    boolean comma = true;
    while (peek() != ')') {
      if (!comma) {
        throw faulty("a comma is missing in 'shape'");
      }
      if (rank == 64) {
        throw faulty("more than 64 dimensions");
      }
      if (rank == dims.length) {
        dims = Arrays.copyOf(dims, 2 * rank);
      }
      dims[rank++] = integer();
      comma = peek() == ',';
      if (comma) {
        at++;
      }
    }
    at++;
    if (rank == 1 && !comma) {
      throw faulty("'shape' is a number, not a tuple");
    }
    return Arrays.copyOf(dims, rank);
  }

  private long integer() {
    peek();
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    try {
      long value = Long.parseLong(text, start, at, 10);
      // Python 2 wrote long integers with an L.
      if (at < text.length() && text.charAt(at) == 'L') {
        at++;
      }
      return value;
    } catch (NumberFormatException e) {
      throw faulty("'shape' holds something other than a 64-bit size of 0 or more");
    }
  }

  private String string() {
    char quote = peek();
    if (quote != '\'' && quote != '"') {
      throw faulty("a quoted string is missing");
    }
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw faulty("a string does not end");
    }
    String value = text.substring(at + 1, end);
    at = end + 1;
    return value;
  }

  private void expect(char c) {
    if (peek() != c) {
      throw faulty("'" + c + "' is missing");
    }
    at++;
  }

  /** The next character that is no white space, 0 at the end. */
  private char peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : 0;
  }

  private InputException faulty(String what) {
    return new InputException(
        path + ": faulty .npy header: " + what + "; write it with numpy.save");
  }
}
