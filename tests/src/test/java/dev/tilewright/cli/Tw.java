package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;

/** One call of the command line inside this JVM, and what it printed. */
record Tw(int code, String out, String err) {
  static Tw run(Object... args) {
    String[] words = new String[args.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = args[i].toString();
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), words);
    return new Tw(code, out.toString(), err.toString());
  }

  /** Checks the exit code and shows both streams where it is another. */
  Tw expect(int expected) {
    assertEquals(expected, code, () -> "stdout: " + out + "\nstderr: " + err);
    return this;
  }

  /**
   * Checks that the call failed with this code, one line on stderr that holds {@code text}, and an
   * empty stdout.
   */
  void fails(int expected, String text) {
    expect(expected);
    assertEquals("", out);
    assertEquals(1, err.lines().count(), err);
    assertEquals(true, err.contains(text), () -> "'" + text + "' is not in: " + err);
  }

  JsonNode json() throws Exception {
    return new ObjectMapper().readTree(out);
  }
}
