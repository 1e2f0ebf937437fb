package dev.tilewright.ptx;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damaged PTX is refused with a place and a reason, or read; nothing else is thrown. */
final class PtxFuzzTest {
  private static final int SECONDS = Boolean.getBoolean("tilewright.deep") ? 60 : 5;

  /** For a hang, not for speed: other work may share the processor. */
  private static final Duration LIMIT = Duration.ofSeconds(120);

  private static final String[] PIECES = {
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    "|",
    "@",
    "!",
    "%r",
    "<",
    ">",
    ".reg",
    ".param",
    "=",
    "\"",
    "/*",
    "//",
    "\n",
    "0x",
    "0f",
    "-",
    "+",
    "?",
    ":",
    ".v4",
    ".b128",
    "_",
    "L1",
    "call",
    ".shared",
    ".align",
    "99999999999",
    ".loc 1 2 3",
    ".entry",
    ".func",
    "::",
    "#",
    "\u00e9",
    "&&",
    "generic(",
    ".callprototype",
    ".branchtargets",
    "<4294967296>",
    "[1099511627776]",
    "1e9",
  };

  @Test
  void mutatedModulesAreReadOrRefused() {
    List<String> seeds = seeds();
    long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    for (long round = 0; System.nanoTime() < end; round++) {
      Random random = new Random(round);
      String text = mutate(seeds.get(random.nextInt(seeds.size())), random);
      long seed = round;
      try {
        PtxModule module = PtxModule.parse("fuzz", text);
        module.kernels().forEach(k -> k.unsupported().ifPresent(e -> check(e, seed)));
      } catch (PtxException e) {
        check(e, seed);
      } catch (RuntimeException | Error e) {
        fail("seed " + seed + ": " + e + "\n" + text, e);
      }
    }
  }

  private static void check(PtxException e, long seed) {
    assertTrue(e.line() > 0 && e.column() > 0 && !e.reason().isBlank(), () -> "seed " + seed);
  }

  private static List<String> seeds() {
    List<String> samples = new ArrayList<>();
    for (InstructionForm form : InstructionTable.shared().rows()) {
      if (form.opcode() != Opcode.CALL) {
        samples.add(TableSamples.of(form).get(0));
      }
    }
    List<String> seeds = new ArrayList<>(List.of(PtxSamples.CALLS, PtxSamples.LINES));
    for (int at = 0; at < samples.size(); at += 40) {
      seeds.add(TableSamples.module(samples.subList(at, Math.min(at + 40, samples.size()))));
    }
    return seeds;
  }

  private static String mutate(String seed, Random random) {
    StringBuilder text = new StringBuilder(seed);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(text.length());
      int to = Math.min(text.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> text.delete(at, to);
        case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 2 -> text.setCharAt(at, (char) (32 + random.nextInt(96)));
        case 3 -> text.insert(random.nextInt(text.length()), text.substring(at, to));
        default -> text.replace(at, to, PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return text.toString();
  }

  /** Texts that trip up readers which recurse, or which look back over and over. */
  @Test
  void hugeAndDeepTextsTakeTimeInProportion() {
    int n = 300_000;
    List<String> bodies =
        List.of(
            "{".repeat(n),
            "mov.u32 r0, " + "(".repeat(n) + "1;",
            "mov.u32 r0, " + "-".repeat(n) + "1;",
            "mov.u32 r0, " + "1?".repeat(n) + "1;",
            "mov.u32 r0, " + "1+".repeat(n) + "1;",
            "mov.b32 r0, {" + "h0,".repeat(n) + "h0};",
            "add.s32" + ".sat".repeat(n) + " r0, r0, r0;",
            "call (r0), ".repeat(n),
            "}".repeat(n),
            "L:".repeat(n),
            ";".repeat(n),
            "{ .reg .b32 x; mov.b32 x, x; }\n".repeat(n / 10),
            "\"".repeat(n),
            "# ".repeat(n),
            ".loc 1 1 1, inlined_at 1 1 1\n".repeat(n / 10),
            "nosuch.b32 r0;".repeat(n / 10),
            ".reg .b32 %q<4000000000>; mov.b32 %q3999999999, 1;",
            ".local .b8 big[1000000][1000000];");
    for (String body : bodies) {
      assertTimeoutPreemptively(
          LIMIT,
          () -> {
            try {
              PtxModule.parse("huge", TableSamples.module(List.of(body)));
            } catch (PtxException e) {
              assertTrue(e.line() > 0);
            }
          },
          () -> body.substring(0, 20));
    }
  }

  @Test
  void tenMegabytesAreReadInSeconds() {
    String line = "fma.rn.f32 f0, f1, f2, 0f3F800000; // a remark of usual length\n";
    int lines = 10_000_000 / line.length();
    String text = TableSamples.module(List.of(line.repeat(lines)));
    PtxModule module = assertTimeoutPreemptively(LIMIT, () -> PtxModule.parse("big", text));
    assertTrue(module.kernels().get(0).body().size() > lines);
  }
}
