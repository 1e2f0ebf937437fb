package dev.tilewright.constrint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rule files mean: upstream's language first, then what is added to it. */
class LanguageTest {
  private static boolean holds(String rule, long... abc) {
    return RuleSet.parse(rule).rules().stream()
        .allMatch(r -> r.holds(name -> BigInteger.valueOf(abc[name.charAt(0) - 'A'])));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        // upstream's own examples
        "5 * x == 10                      ~ (5 * x) == 10",
        "x * 5 == 10                      ~ (x * 5) == 10",
        "5 * x <= 15; x + 1 <= 3          ~ (5 * x) <= 15; (x + 1) <= 3",
        "x == [1, 2, 3]                   ~ x == [1, 2, 3]",
        "x == [1, 2, 3] # This is a comment ~ x == [1, 2, 3]",
        "x ^ 2 == 9  # Another comment    ~ (x ^ 2) == 9",
        "A == 1; B == 2;                  ~ A == 1; B == 2",
        // precedence: | before ;, then comparison, %, +, *, ^
        "A == 1 | A == 2; B == 3          ~ A == 1 | A == 2; B == 3",
        "A == 1; B == 2 | B == 3          ~ A == 1; B == 2 | B == 3",
        "A % B * C == 0                   ~ (B * C) divides A",
        "A * B % C == 0                   ~ C divides (A * B)",
        "A % B + C == 0                   ~ (B + C) divides A",
        "A + B % C ^ 2 + D == 0           ~ ((C ^ 2) + D) divides (A + B)",
        "A + B * C ^ 2 <= D               ~ (A + (B * (C ^ 2))) <= D",
        "A + B + C * D * E == F           ~ (A + B + (C * D * E)) == F",
        "A % B==0                         ~ B divides A",
        "A%B ==0 | A <=B                  ~ B divides A | A <= B",
        "[2,4]^2 * A == [8, 2, 2]         ~ (([2, 4] ^ 2) * A) == [2, 8]",
        "A % [4, 2] == 0                  ~ [2, 4] divides A",
        "A == [ 7 ]                       ~ A == 7",
        // empty pieces, doubled bars
        ";; A == 1;; ; B == 2 ;           ~ A == 1; B == 2",
        "A == 1 || A == 2                 ~ A == 1 | A == 2",
        "A == 1 | A == 2 |; B == 3        ~ A == 1 | A == 2; B == 3",
        "A + + B == 2                     ~ (A + B) == 2",
        // whole constraints and terms in parentheses
        "( a == 5 )                       ~ a == 5",
        "( ( 5 * x ) == 10 )              ~ (5 * x) == 10",
        "(A == 1) | ((B == 2 | B == 3))   ~ A == 1 | B == 2 | B == 3",
        "(A * B) % (C * D) == 0           ~ (C * D) divides (A * B)",
        // a literal of any size
        "A <= 340282366920938463463374607431768211456 ~ A <= 340282366920938463463374607431768211456",
      })
  void readsWhatUpstreamReads(String text, String understood) {
    assertEquals(understood, Shown.rules(text));
  }

  @Test
  void newlinesAndCommentsStandAnywhere() {
    String text = "# head; A == 9\nA # the | left ;\n  %\r\n\tB *\r C\n== 0 # end";
    assertEquals("(B * C) divides A", Shown.rules(text));
    Rule rule = RuleSet.parse(text).rules().get(0);
    assertEquals("line 2: A % B * C == 0", rule.toString());
    assertEquals(1, rule.column());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "(A + B) * C == 20                ~ ((A + B) * C) == 20",
        "A >= 1; A < 2; A > 3; A != 4     ~ A >= 1; A < 2; A > 3; A != 4",
        "A - B - C + D == 0               ~ ((A + D) - (B + C)) == 0",
        "-A ^ 2 == -4                     ~ (0 - (A ^ 2)) == -4",
        "-2 * - - 3 == A                  ~ (-2 * 3) == A",
        "A - -B == 2                      ~ (A - (0 - B)) == 2",
        "A / B / C * D == 1               ~ (((A / B) / C) * D) == 1",
        "A * B / C == 1                   ~ ((A * B) / C) == 1",
        "ceildiv(A, B + 1) == 2           ~ (A ceildiv (B + 1)) == 2",
        "floordiv(A % B, C) == 2          ~ ((A % B) floordiv C) == 2",
        "min(A, B) <= max(1, A * B, C)    ~ min(A, B) <= max(1, (A * B), C)",
        "min(A) == 1                      ~ min(A) == 1",
        "pow2(A * B); pow2(A) | A == 3    ~ pow2 (A * B); pow2 A | A == 3",
        "A % B == 2                       ~ (A % B) == 2",
        "A % B * C <= D % 4               ~ (A % (B * C)) <= (D % 4)",
        "2 * (A % B) == 0                 ~ (2 * (A % B)) == 0",
        "(A % B) == 0                     ~ B divides A",
        "0 == A % B                       ~ B divides A",
        "A % B != 0                       ~ (A % B) != 0",
        "A == [-1, 0, 3]                  ~ A == [-1, 0, 3]",
        "A != [8, 16]                     ~ ((A - 8) * (A - 16)) != 0",
        "[8, 16] != A + 1                 ~ (((A + 1) - 8) * ((A + 1) - 16)) != 0",
        "const N = 2 * 3; A <= N * N      ~ A <= (6 * 6)",
        "const Z = 0; A % B == Z          ~ B divides A",
        "let t = A + B; t * t == 9        ~ ((A + B) * (A + B)) == 9",
        "let t = A % B; t + 1 == 9; t == 0 ~ ((A % B) + 1) == 9; B divides A",
      })
  void readsMore(String text, String understood) {
    assertEquals(understood, Shown.rules(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "let == 3; const <= 4              ~ let == 3; const <= 4",
        "var * let == min                  ~ (var * let) == min",
        "maximize == 2 | minimize + 3 <= 4 ~ maximize == 2 | (minimize + 3) <= 4",
        "maximize % step == 0              ~ step divides maximize",
        "in ^ 2 == max; pow2 == ceildiv    ~ (in ^ 2) == max; pow2 == ceildiv",
        "var var in 1..2; let let = var; let == 2 ~ var == 2",
      })
  void keywordsRemainNames(String text, String understood) {
    assertEquals(understood, Shown.rules(text));
  }

  /** Upstream reads parentheses as white space; only its own files mean that. */
  @Test
  void parenthesesOfUpstreamFilesDoNotGroup() {
    String text = "(A + B) * C == 20; (D";
    RuleSet upstream = RuleSet.parse("old.constrint", "(A + B) * C == 20; D <= (4");
    assertEquals("(A + (B * C)) == 20; D <= 4", Shown.rules(upstream));
    assertTrue(upstream.ignoresParentheses());
    assertThrows(RuleException.class, () -> RuleSet.parse("new.tiles", text));
    RuleSet extended = RuleSet.parse("new.constrint", "(A + B) * C == 20; A >= 2");
    assertEquals("((A + B) * C) == 20; A >= 2", Shown.rules(extended));
    assertFalse(extended.ignoresParentheses());
    for (String more :
        List.of("let a = 2", "const a = 2", "var A in 1..2", "maximize A", "min(A, B) <= 3")) {
      RuleSet grouped = RuleSet.parse("new.constrint", "(A + B) * C == 20;" + more);
      assertTrue(Shown.rules(grouped).startsWith("((A + B) * C) == 20"), more);
    }
    assertFalse(RuleSet.parse("old.constrint", "A == 2").ignoresParentheses());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        // rule ~ A ~ B ~ C ~ true?
        "A / B == 3              ~ 12 ~ 4 ~ 1 ~ true",
        "A / B == 3              ~ 13 ~ 4 ~ 1 ~ false",
        "A / B != 3              ~ 13 ~ 4 ~ 1 ~ false",
        "A / B / C == 1          ~ 12 ~ 4 ~ 3 ~ true",
        "A / B <= 100            ~ 0  ~ 0 ~ 1 ~ false",
        "ceildiv(A, B) == 4      ~ 13 ~ 4 ~ 1 ~ true",
        "ceildiv(A, B) == -3     ~ -13 ~ 4 ~ 1 ~ true",
        "floordiv(A, B) == -4    ~ -13 ~ 4 ~ 1 ~ true",
        "floordiv(A, B) == 3     ~ -13 ~ -4 ~ 1 ~ true",
        "A % B == 3              ~ -13 ~ 4 ~ 1 ~ true",
        "A % B == -1             ~ -13 ~ -4 ~ 1 ~ true",
        "A % B == A - B * floordiv(A, B) ~ -13 ~ -4 ~ 1 ~ true",
        "A % B == 0              ~ 0 ~ 7 ~ 1 ~ true",
        "A % B == 0              ~ 0 ~ 0 ~ 1 ~ false",
        "A % B == 0              ~ -12 ~ 4 ~ 1 ~ true",
        "A % B != 0              ~ 7 ~ 0 ~ 1 ~ false",
        "A ^ 0 == 1              ~ 0 ~ 1 ~ 1 ~ true",
        "A ^ 40 > B              ~ 1000 ~ 9223372036854775807 ~ 1 ~ true",
        "pow2(A)                 ~ 1 ~ 1 ~ 1 ~ true",
        "pow2(A)                 ~ 0 ~ 1 ~ 1 ~ false",
        "pow2(A)                 ~ -4 ~ 1 ~ 1 ~ false",
        "pow2(A * B)             ~ 12 ~ 3 ~ 1 ~ false",
        "max(A, B, C) - min(A, B, C) == 11 ~ 12 ~ 3 ~ 1 ~ true",
        // a set stands for one of its values, at each occurrence anew
        "A == [2, 3] * [2, 3]    ~ 6 ~ 1 ~ 1 ~ true",
        "A == [2, 3] ^ 2         ~ 6 ~ 1 ~ 1 ~ false",
        "A % [2, 3] == 0         ~ 9 ~ 1 ~ 1 ~ true",
        "A % ([2, 3] * 2) == 0   ~ 9 ~ 1 ~ 1 ~ false",
        "A <= [2, 5]             ~ 4 ~ 1 ~ 1 ~ true",
        "A >= [2, 5]             ~ 4 ~ 1 ~ 1 ~ true",
        "A != [2, 5]             ~ 5 ~ 1 ~ 1 ~ false",
        "A != [2, 5]             ~ 4 ~ 1 ~ 1 ~ true",
        "A / [2, 3] == 4         ~ 12 ~ 1 ~ 1 ~ true",
        "A / [2, 3] == 3         ~ 12 ~ 1 ~ 1 ~ false",
        "pow2(A + [0, 1])        ~ 7 ~ 1 ~ 1 ~ true",
        "let t = [1, 2]; A == t; B == t ~ 1 ~ 2 ~ 1 ~ true",
        "A == 1 | B == 2 | C == 3 ~ 0 ~ 0 ~ 3 ~ true",
        "A / B == 1 | C == 3     ~ 0 ~ 0 ~ 3 ~ true",
      })
  void means(String rule, long a, long b, long c, boolean truth) {
    assertEquals(truth, holds(rule, a, b, c), rule);
  }

  @Test
  void namesStandInOrderOfAppearance() {
    RuleSet rules =
        RuleSet.parse("const K = 4; B % A == K; var C in 1..3; let d = D; d == A | E == K");
    assertEquals(List.of("B", "A", "C", "D", "E"), rules.names());
    assertEquals(Map.of("K", 4L), rules.constants());
    assertEquals("1..3", rules.domain("C").toString());
    assertEquals(Domain.DEFAULT, rules.domain("A"));
  }

  @Test
  void declaresDomains() {
    RuleSet rules =
        RuleSet.parse(
            """
            const N = 64;
            var A in 1..N; var B in {32, 8, 16, 8}; var C in [3]; var D in 4..N step 8;
            var E in {1..3, 8, 16..N step 16}; var F in -2..2; var G in 0 .. 2 * N - 1
            """);
    assertEquals("1..64", rules.domain("A").toString());
    assertEquals("{8, 16, 32}", rules.domain("B").toString());
    assertEquals("3..3", rules.domain("C").toString());
    assertEquals("4..60 step 8", rules.domain("D").toString());
    assertEquals("{1, 2, 3, 8, 16, 32, 48, 64}", rules.domain("E").toString());
    assertEquals("-2..2", rules.domain("F").toString());
    assertEquals("0..127", rules.domain("G").toString());
    assertTrue(rules.domain("D").contains(12));
    assertFalse(rules.domain("D").contains(13));
    assertFalse(rules.domain("D").contains(68));
    assertEquals(8, rules.domain("D").size());
    assertEquals("1..32", rules.bind(Map.of("N", 32L)).domain("A").toString());
  }

  @Test
  void aSolutionLiesInItsDomains() {
    RuleSet rules = RuleSet.parse("var A in {0, 2}; A + B == 2");
    assertTrue(rules.holds(name -> BigInteger.valueOf(name.equals("A") ? 0 : 2)));
    assertFalse(rules.holds(name -> BigInteger.ONE));
    assertFalse(rules.holds(name -> BigInteger.valueOf(name.equals("A") ? 2 : 0)));
    BigInteger huge = BigInteger.ONE.shiftLeft(80);
    assertFalse(RuleSet.parse("A >= 3").holds(name -> huge));
    assertThrows(IllegalArgumentException.class, () -> rules.holds(name -> null));
  }

  @Test
  void bindsConstantsAndVariables() {
    RuleSet rules =
        RuleSet.parse("const N = 4; const M = N * N; var A in 1..N; A * B <= M; maximize A + M");
    assertEquals("(A * B) <= 16", Shown.rules(rules));
    RuleSet bound = rules.bind(Map.of("N", 5L));
    assertEquals("(A * B) <= 25", Shown.rules(bound));
    assertEquals(Map.of("N", 5L, "M", 25L), bound.constants());
    assertEquals("1..5", bound.domain("A").toString());
    assertEquals(
        BigInteger.valueOf(27),
        bound.objective().orElseThrow().value(n -> BigInteger.TWO).orElseThrow());
    RuleSet more = bound.bind(Map.of("B", 7L));
    assertEquals("(A * 7) <= 25", Shown.rules(more));
    assertEquals(List.of("A"), more.names());
    assertEquals("(A * -7) <= 9", Shown.rules(rules.bind(Map.of("B", -7L, "M", 9L))));
    String message =
        assertThrows(IllegalArgumentException.class, () -> rules.bind(Map.of("X", 1L)))
            .getMessage();
    assertEquals("no constant or variable 'X'; there: N, M, A, B", message);
    message =
        assertThrows(IllegalArgumentException.class, () -> rules.bind(Map.of("A", 9L)))
            .getMessage();
    assertEquals("A = 9 is not in its domain 1..4", message);
    RuleException empty = assertThrows(RuleException.class, () -> rules.bind(Map.of("N", 0L)));
    assertTrue(empty.getMessage().contains("the range 1..0 is empty"), empty.getMessage());
  }

  @Test
  void readsObjectives() {
    Objective objective = RuleSet.parse("A <= 3; maximize A * B - 1").objective().orElseThrow();
    assertTrue(objective.maximize());
    assertEquals("maximize A * B - 1", objective.toString());
    assertEquals(BigInteger.valueOf(8), objective.value(n -> BigInteger.valueOf(3)).orElseThrow());
    assertTrue(Objective.parse("minimize A / 2;").value(n -> BigInteger.ONE).isEmpty());
    assertFalse(RuleSet.parse("minimize (A + B) * 2").objective().orElseThrow().maximize());
    assertTrue(RuleSet.parse("maximize -A").objective().isPresent());
    assertEquals(List.of("A", "B"), RuleSet.parse("maximize A + B").names());
    assertTrue(RuleSet.parse("A == 1").objective().isEmpty());
  }

  @Test
  void anEmptyFileHasNoRules() {
    for (String text : List.of("", " \n # nothing\n", ";;\n;", "\ufeff")) {
      assertEquals(List.of(), RuleSet.parse(text).rules(), text);
    }
    assertEquals("A == 1", Shown.rules("\ufeffA == 1"));
  }
}
