package dev.tilewright.constrint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Mutated rule files: each is refused with a {@link RuleException} or solved within its limits, and
 * what is found is a solution. Five seconds, or a minute with -Pdeep.
 */
class RuleFuzzTest {
  private static final long SECONDS = Boolean.getBoolean("tilewright.deep") ? 60 : 5;

  /** Far more than any file may take, also on a busy machine. */
  private static final long HANG_MILLIS = 30_000;

  private static final String EVERYTHING =
      """
      # all of the language
      const N = 24; const M = N * 2 - 1;
      var A in 1..N; var B in {8, 16, 32}; var D in -4..20 step 3;
      let t = A * B + [1, 2];
      t % (C + 1) == 0; A / 2 >= 3 | B < C ^ 2;
      ceildiv(A, C) <= max(B, D, 3); floordiv(t, 7) != 5; min(A, C) > 0;
      pow2(C); A % 5 == 2 | (A != [3, 4]); -D + 2 <= A - -B;
      M <= 2 * (A + B); C <= 100; maximize A * C - D
      """;

  private static final String UPSTREAM =
      """
      REAL == 2976; REAL <= HIDDEN; SQ == HIDDEN ^ 2;
      HIDDEN % TILES == 0; 2 * HIDDEN % (TILES * 32) == 0;
      WB * 8 * 1 == 8; BLOCKS <= 108 | BLOCKS == [132, 144];
      BLOCKS == TILES * TH * 1;
      2 * SQ + 4 * TH * HIDDEN + 64 == USED; USED <= 165000 * BLOCKS
      """;

  private static final List<String> WORDS =
      List.of(
          "==",
          "<=",
          ">=",
          "<",
          ">",
          "!=",
          "%",
          "+",
          "-",
          "*",
          "/",
          "^",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          ",",
          ";",
          "|",
          "..",
          "=",
          "#",
          "\n",
          " ",
          "0",
          "1",
          "2",
          "7",
          "1000",
          "64",
          "4294967296",
          "9223372036854775807",
          "9223372036854775808",
          "A",
          "B",
          "C",
          "N",
          "t",
          "let",
          "const",
          "var",
          "in",
          "step",
          "min(",
          "max(",
          "ceildiv(",
          "floordiv(",
          "pow2(",
          "maximize",
          "minimize",
          "== 0",
          "[1,2,3]",
          "^ 3",
          "A %",
          "let q = ",
          "\u00e9",
          "\u0000",
          "\ud83d\ude00");

  private final AtomicReference<String> current = new AtomicReference<>("");
  private final AtomicLong started = new AtomicLong();
  private final AtomicLong read = new AtomicLong();
  private final AtomicLong cases = new AtomicLong();

  @Test
  void onlyDocumentedExceptionsAndNoHang() throws Exception {
    long seed = Boolean.getBoolean("tilewright.deep") ? System.nanoTime() : 4;
    List<String> files = List.of(EVERYTHING, UPSTREAM, tiles("rnn/rnn_fwd.tiles"));
    AtomicReference<Throwable> failure = new AtomicReference<>();
    started.set(System.nanoTime());
    Thread worker = new Thread(() -> fuzz(new SplittableRandom(seed), files, failure), "rule-fuzz");
    worker.setDaemon(true);
    worker.start();
    while (worker.isAlive()) {
      worker.join(500);
      if ((System.nanoTime() - started.get()) / 1_000_000 > HANG_MILLIS) {
        StackTraceElement[] stack = worker.getStackTrace();
        fail("a hang, seed " + seed + ":\n" + current.get() + "\n" + Arrays.toString(stack));
      }
    }
    if (failure.get() != null) {
      throw new AssertionError("seed " + seed + ", file:\n" + current.get(), failure.get());
    }
    assertTrue(cases.get() > 20 && read.get() > 0, cases + " files, " + read + " read");
  }

  private void fuzz(
      SplittableRandom random, List<String> files, AtomicReference<Throwable> failure) {
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    try {
      while (System.nanoTime() < end) {
        String text = mutated(files.get(random.nextInt(files.size())), files, random);
        current.set(text);
        started.set(System.nanoTime());
        cases.incrementAndGet();
        check(text);
      }
    } catch (Throwable e) { // StackOverflowError and OutOfMemoryError are what this looks for
      failure.set(e);
    }
  }

  private void check(String text) {
    RuleSet rules;
    try {
      rules = RuleSet.parse(text);
    } catch (RuleException e) {
      assertTrue(e.line() >= 1 && e.column() >= 1 && !e.getMessage().isBlank());
      return;
    }
    read.incrementAndGet();
    Solver solver = Solver.of(rules);
    for (Query kind : List.of(Query.first(), Query.all().limit(20), Query.count())) {
      Query query = kind.nodes(2000).time(Duration.ofMillis(50));
      Result result = solver.solve(query);
      assertEquals(result.satisfiable(), result.count() > 0);
      for (Solution solution : result.solutions()) {
        Map<String, Long> values = solution.values();
        assertTrue(
            rules.holds(name -> BigInteger.valueOf(values.get(name))), () -> values.toString());
      }
      if (!result.satisfiable() && result.complete()) {
        solver.whyNot(query);
      }
    }
    if (rules.objective().isPresent()) {
      solver.solve(Query.best().nodes(2000).time(Duration.ofMillis(50)));
    }
  }

  /** A few random edits: of characters, of words, of pieces of other files. */
  private static String mutated(String file, List<String> files, SplittableRandom random) {
    StringBuilder text = new StringBuilder(file);
    int edits = 1 + random.nextInt(random.nextBoolean() ? 2 : 12);
    for (int i = 0; i < edits && !text.isEmpty(); i++) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + 1 + random.nextInt(8));
      switch (random.nextInt(7)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, word(random));
        case 2 -> text.replace(at, end, word(random));
        case 3 -> text.insert(at, text.substring(at, end).repeat(1 + random.nextInt(40)));
        case 4 -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
        case 5 -> replaceToken(text, random);
        default -> {
          String other = files.get(random.nextInt(files.size()));
          int from = random.nextInt(other.length());
          text.insert(at, other, from, Math.min(other.length(), from + random.nextInt(60)));
        }
      }
    }
    return text.toString();
  }

  /** Puts a word in place of another one, so that many results are still rules. */
  private static void replaceToken(StringBuilder text, SplittableRandom random) {
    Lexer lexer = new Lexer(text.toString(), false);
    List<Token> tokens = new ArrayList<>();
    for (Token token = lexer.next(); token.kind() != Token.Kind.END; token = lexer.next()) {
      tokens.add(token);
    }
    if (!tokens.isEmpty()) {
      Token one = tokens.get(random.nextInt(tokens.size()));
      Token other = tokens.get(random.nextInt(tokens.size()));
      text.replace(one.start(), one.end(), random.nextBoolean() ? other.text() : word(random));
    }
  }

  private static String word(SplittableRandom random) {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  private static String tiles(String name) throws IOException {
    try (InputStream in = RuleSet.class.getResourceAsStream("/dev/tilewright/tiles/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
