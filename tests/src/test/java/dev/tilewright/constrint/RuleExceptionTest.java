package dev.tilewright.constrint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Faulty files: each says line, column and what was expected, and none costs more than a moment.
 */
class RuleExceptionTest {
  private static RuleException fault(String text) {
    return assertThrows(RuleException.class, () -> RuleSet.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        // text ~ line ~ column ~ part of what was expected ~ part of the message
        "A * == 4              ~ 1 ~ 5 ~ a number, a name ~ found '=='",
        "A ==                  ~ 1 ~ 5 ~ a number, a name ~ found the end of the file",
        "A == 1 B == 2         ~ 1 ~ 8 ~ an operator or ';' ~ found 'B'",
        "A                     ~ 1 ~ 2 ~ an operator or a comparison ~ found the end",
        "A + B;                ~ 1 ~ 6 ~ an operator or a comparison ~ found ';'",
        "A <= B <= C           ~ 1 ~ 8 ~ a constraint of its own ~ second comparison",
        "A % B % C == 0        ~ 1 ~ 7 ~ parentheses ~ second '%'",
        "A ^ B == 2            ~ 1 ~ 5 ~ an integer as the exponent ~ found 'B'",
        "A ^ 2 ^ 3 == 2        ~ 1 ~ 7 ~ parentheses ~ second '^'",
        "A ^ 1001 == 2         ~ 1 ~ 5 ~ at most 1000 ~ exponent is too large",
        "x^999999999 == 1      ~ 1 ~ 3 ~ at most 1000 ~ exponent is too large",
        "A = 3                 ~ 1 ~ 3 ~ '==' ~ found '='",
        "5x == 3               ~ 1 ~ 2 ~ an operator between ~ found 'x'",
        "A == [1, B]           ~ 1 ~ 10 ~ an integer ~ found 'B'",
        "A == []               ~ 1 ~ 7 ~ an integer ~ found ']'",
        "A == [1; 2]           ~ 1 ~ 8 ~ ',' or ']' ~ found ';'",
        "(A + B == 2           ~ 1 ~ 12 ~ ')' for the '(' of line 1, column 1 ~ found the end",
        "(A == 1; B == 2)      ~ 1 ~ 8 ~ ')' for the '(' ~ found ';'",
        "A == 2)               ~ 1 ~ 7 ~ an operator or ';' ~ found ')'",
        "(A == 1) + 2 == 3     ~ 1 ~ 1 ~ a number ~ a condition before '+'",
        "2 * (A == 1) == 3     ~ 1 ~ 5 ~ a number ~ a condition after '*'",
        "pow2(A) == 1          ~ 1 ~ 1 ~ a number ~ a condition on the left of '=='",
        "pow2(A, B)            ~ 1 ~ 1 ~ one ~ pow2 with 2 arguments",
        "ceildiv(A) == 1       ~ 1 ~ 1 ~ two ~ ceildiv with 1 arguments",
        "gcd(A, B) == 1        ~ 1 ~ 1 ~ min, max, ceildiv ~ no function 'gcd'",
        "min(A B) == 1         ~ 1 ~ 7 ~ ',' or ')' ~ found 'B'",
        "min() == 1            ~ 1 ~ 5 ~ a number ~ found ')'",
        "A | B == 1            ~ 1 ~ 3 ~ an operator or a comparison ~ found '|'",
        "A @ B == 1            ~ 1 ~ 3 ~ an operator ~ found '@'",
        "A == 'x'              ~ 1 ~ 6 ~ a number, a name ~ found '''",
        "const K               ~ 1 ~ 8 ~ '=' ~ found the end",
        "const K == 3          ~ 1 ~ 9 ~ '=' ~ found '=='",
        "const K = A           ~ 1 ~ 11 ~ constants and numbers only ~ 'A' is no constant",
        "const K = 1 / 2       ~ 1 ~ 7 ~ an integer ~ no value",
        "const K = 2 ^ 63      ~ 1 ~ 7 ~ 64 bits ~ too large",
        "const K = [1, 2]      ~ 1 ~ 7 ~ a let ~ one value",
        "const K = 1; const K = 2 ~ 1 ~ 20 ~ another name ~ already used on line 1",
        "K <= 2; const K = 1   ~ 1 ~ 15 ~ the definition before the first use ~ already used",
        "let t = A; var t in 1..2 ~ 1 ~ 16 ~ another name ~ already used",
        "var A in 1..2; var A in 1..3 ~ 1 ~ 20 ~ another name ~ already used",
        "let t A               ~ 1 ~ 7 ~ '=' ~ found 'A'",
        "let t = A == 1        ~ 1 ~ 11 ~ an operator or ';' ~ found '=='",
        "let t = pow2(A)       ~ 1 ~ 9 ~ a number ~ a condition as a let",
        "var A 1..2            ~ 1 ~ 7 ~ 'in' ~ found '1'",
        "var A in 1            ~ 1 ~ 11 ~ '..' ~ found the end",
        "var A in 1..          ~ 1 ~ 13 ~ a number ~ found the end",
        "var A in {1, 2        ~ 1 ~ 15 ~ ',' or '}' ~ found the end",
        "var A in 5..1         ~ 1 ~ 10 ~ the smaller bound first ~ the range 5..1 is empty",
        "var A in 1..9 step 0  ~ 1 ~ 10 ~ at least 1 ~ the step is 0",
        "var A in 1..B         ~ 1 ~ 13 ~ constants and numbers only ~ 'B' is no constant",
        "var A in 1..2^63      ~ 1 ~ 10 ~ 64 bits ~ too large",
        "var A in 0..2^62+1    ~ 1 ~ 10 ~ at most 2^62 ~ too large for a domain",
        "var A in {0..2^30, 7} ~ 1 ~ 11 ~ one range ~ too many values",
        "maximize A; minimize B ~ 1 ~ 13 ~ the first is on line 1 ~ second objective",
        "maximize A * [1, 2]   ~ 1 ~ 10 ~ a variable declared ~ a set in the objective",
        "maximize A == 1       ~ 1 ~ 12 ~ an operator or ';' ~ found '=='",
        "A * [1,2] != 3        ~ 1 ~ 11 ~ a constraint for each value ~ whole side",
        "A != [1,2] + 3        ~ 1 ~ 3 ~ a constraint for each value ~ whole side",
        "[1,2] != [2,3]        ~ 1 ~ 7 ~ a constraint for each value ~ whole side",
        "9 == A; 2 == ((x ^ 1000) ^ 1000) ^ 9 ~ 1 ~ 26 ~ bits ~ can become too large",
      })
  void saysWhereAndWhatWasExpected(
      String text, int line, int column, String expected, String message) {
    RuleException fault = fault(text);
    assertEquals(line + ":" + column, fault.line() + ":" + fault.column(), fault.getMessage());
    assertTrue(fault.expected().contains(expected), fault.getMessage());
    assertTrue(fault.getMessage().contains(message), fault.getMessage());
  }

  @Test
  void showsTheLine() {
    RuleException fault =
        assertThrows(
            RuleException.class,
            () -> RuleSet.parse("rnn.tiles", "A == 1; # one\n\n\tB <= * 3; # two\nC == 1"));
    assertEquals(
        "rnn.tiles:3:7: found '*'; expected a number, a name, '[' or '('\n"
            + "   B <= * 3; # two\n"
            + "        ^",
        fault.getMessage());
    String unnamed = fault("A == 1;\nB").getMessage();
    assertTrue(unnamed.startsWith("line 2, column 2: found the end of the file"), unnamed);
  }

  @Test
  void cutsLongLinesAndHidesWhatSteersATerminal() {
    String text = "A == " + "1 + ".repeat(50_000) + "* " + "2 + ".repeat(50_000);
    String message = fault(text).getMessage();
    assertTrue(message.length() < 400, message);
    assertTrue(message.contains("… ") && message.contains(" …"), message);
    String[] lines = message.split("\n");
    assertEquals('*', lines[1].charAt(lines[2].indexOf('^')), message);
    String steering = fault("A == \u001b[31m\u202e 1").getMessage();
    assertTrue(steering.chars().allMatch(c -> c >= ' ' && c != '\u202e' || c == '\n'), steering);
    fault("A == 1 \ud800");
  }

  @Test
  void hostileFilesAreRefusedAtOnce() {
    StringJoiner doubling = new StringJoiner(";");
    StringJoiner chain = new StringJoiner(";");
    StringJoiner squares = new StringJoiner(";");
    doubling.add("let a0 = x");
    chain.add("let a0 = x");
    squares.add("let a0 = x");
    for (int i = 1; i < 1000; i++) {
      doubling.add("let a" + i + " = a" + (i - 1) + " + a" + (i - 1));
      chain.add("let a" + i + " = a" + (i - 1) + " * 2 + 1");
      squares.add("let a" + i + " = a" + (i - 1) + " ^ 2");
    }
    List<String> texts =
        List.of(
            "(".repeat(1_000_000),
            "(".repeat(1_000_000) + "A" + ")".repeat(1_000_000) + " == 1",
            "min(".repeat(100_000) + "A",
            "1".repeat(10_000_000) + " == A",
            "A == " + "[1,2]*".repeat(100_000) + "1",
            "A == " + "[1,2,3,4,5,6,7,8]*".repeat(10) + "1",
            "A == " + "(1 / ".repeat(100_000),
            "A == " + "1 / ".repeat(100_000) + "1",
            "A ^ 1000".repeat(100_000),
            "A ^ " + "9".repeat(1_000_000) + " == 1",
            "x ^ 1000 * ".repeat(100) + "x ^ 1000 ^ 1000 == 1",
            "A + ".repeat(2_000_000) + "A == 1",
            "A == 1;".repeat(2_000_000),
            "A == [" + "1,".repeat(3_000_000) + "1]",
            "A != [" + "1,2,3,4,5,6,7,8,9,10,".repeat(100_000) + "1]",
            doubling + "; a999 == 1",
            chain + "; a999 == 1",
            squares + "; a999 == 1",
            "let t = " + "A + ".repeat(2000) + "A; " + "t == 1;".repeat(2000),
            "\u0000".repeat(1_000_000));
    for (String text : texts) {
      String head = text.substring(0, Math.min(40, text.length()));
      assertTimeoutPreemptively(Duration.ofSeconds(20), () -> fault(text), head);
    }
  }

  @Test
  void largeFilesAreRead() {
    assertEquals(100_000, RuleSet.parse("A == 1;".repeat(100_000)).rules().size());
    assertEquals(0, RuleSet.parse(";".repeat(10_000_000)).rules().size());
    assertEquals(0, RuleSet.parse("# " + "x".repeat(10_000_000)).rules().size());
    assertEquals(1, RuleSet.parse("- ".repeat(100_001) + "A == 1").rules().size());
    assertEquals(1, RuleSet.parse("A == " + "9".repeat(10_000)).rules().size());
    RuleSet.parse("(".repeat(199) + "A == 1" + ")".repeat(199)).bind(Map.of("A", 1L));
  }
}
