package dev.tilewright.constrint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The tile spaces of the fused recurrent kernel: every tile that loops written by hand find, and as
 * first the tile that FlashRNN's solver picks (arXiv 2412.07752; its answers were recorded from its
 * own runs).
 */
final class RnnTilesTest {
  private static final List<String> FORWARD =
      List.of(
          "TILE_BATCH",
          "TILE_GATE",
          "BLOCKS_GATE",
          "BLOCKS_HIDDEN",
          "BLOCKS_BATCH",
          "BLOCKS_HEAD",
          "LOOPS_BATCH",
          "LOOPS_GATE",
          "WARPS_HIDDEN",
          "WARPS_BATCH",
          "CACHED_HIDDEN",
          "NUM_WARPS");

  private static final List<String> BACKWARD =
      List.of(
          "TILE_BATCH",
          "TILE_HIDDEN",
          "BLOCKS_HIDDEN",
          "BLOCKS_GATE",
          "BLOCKS_BATCH",
          "BLOCKS_HEAD",
          "LOOPS_BATCH",
          "LOOPS_HIDDEN",
          "WARPS_GATE",
          "WARPS_BATCH",
          "CACHED_GATE",
          "NUM_WARPS");

  private static final RuleSet FORWARD_RULES = rules("rnn_fwd.tiles");
  private static final RuleSet BACKWARD_RULES = rules("rnn_bwd.tiles");

  private static RuleSet rules(String name) {
    String path = "/dev/tilewright/tiles/rnn/" + name;
    try (InputStream in = RuleSet.class.getResourceAsStream(path)) {
      return RuleSet.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(path, e);
    }
  }

  private static Solver solver(RnnLoops loops) {
    return Solver.of(loops.backward() ? BACKWARD_RULES : FORWARD_RULES, loops.constants());
  }

  /** FlashRNN's order: all heads, many blocks over the outputs, few over the reduction, … */
  private static Query upstream(boolean backward) {
    return Query.first()
        .order(backward ? "TILE_GATE" : "TILE_HIDDEN", Order.LARGEST)
        .order("TILE_BATCH", Order.LARGEST)
        .order(backward ? "TILE_HIDDEN" : "TILE_GATE", Order.LARGEST)
        .order("BLOCKS_HEAD", Order.LARGEST)
        .order(backward ? "BLOCKS_HIDDEN" : "BLOCKS_GATE", Order.LARGEST)
        .order(backward ? "BLOCKS_GATE" : "BLOCKS_HIDDEN", Order.SMALLEST)
        .order("BLOCKS_BATCH", Order.LARGEST)
        .order("LOOPS_BATCH", Order.LARGEST)
        .order(backward ? "LOOPS_HIDDEN" : "LOOPS_GATE", Order.SMALLEST)
        .order(backward ? "WARPS_GATE" : "WARPS_HIDDEN", Order.LARGEST)
        .order("WARPS_BATCH", Order.LARGEST)
        .order(backward ? "CACHED_GATE" : "CACHED_HIDDEN", Order.LARGEST);
  }

  @ParameterizedTest
  @CsvSource({
    "64, 12, 16, 3177, 5724",
    "768, 1, 16, 14787, 30027",
    "1024, 1, 8, 1249, 2245",
    "2048, 1, 8, 633, 1042",
    "2560, 1, 8, 16, 16",
    "512, 4, 8, -1, -1",
    "256, 3, 16, -1, -1",
    "96, 8, 64, -1, -1"
  })
  void findsTheTilesThatLoopsFind(long dim, long heads, long batch, long forward, long backward) {
    for (boolean back : new boolean[] {false, true}) {
      RnnLoops loops = RnnLoops.h100(back, dim, heads, batch);
      Set<List<Long>> expected = new HashSet<>();
      long count =
          loops.forEach(
              (a, b, c, d, e, f, g, h, i, j, k, w) ->
                  expected.add(Arrays.asList(a, b, c, d, e, f, g, h, i, j, k, w)));
      assertEquals(count, expected.size());
      long known = back ? backward : forward;
      if (known >= 0) {
        assertEquals(known, count);
      }
      Solver solver = solver(loops);
      int[] index =
          (back ? BACKWARD : FORWARD)
              .stream().mapToInt(name -> solver.variables().indexOf(name)).toArray();
      Set<List<Long>> found = new HashSet<>();
      Result result =
          solver.forEach(
              Query.all(),
              values -> found.add(Arrays.stream(index).mapToObj(v -> values[v]).toList()));
      assertTrue(result.complete());
      assertEquals(count, result.count());
      assertEquals(expected, found);
      assertEquals(count, solver.solve(Query.count()).count());
      assertEquals(count, solver.all(upstream(back)).distinct().count());
    }
  }

  @ParameterizedTest
  @CsvSource({
    // kind, dim, heads, batch, then tile batch, tile out, blocks out, blocks in, warps, cached: fw,
    // bw
    "h100, 64, 12, 16, 16 16 8 1 4 1, 16 16 4 1 8 2",
    "h100, 256, 3, 16, 16 16 32 1 4 4, 16 16 16 1 8 8",
    "h100, 512, 4, 8, 8 32 32 1 4 8, 8 32 16 1 8 16",
    "h100, 768, 1, 16, 16 16 96 1 4 12, 16 16 48 1 8 24",
    "h100, 1024, 1, 8, 8 32 128 1 8 8, 8 32 32 1 8 30",
    "h100, 2048, 1, 8, 8 32 128 1 4 30, 8 32 64 2 8 30",
    "h100, 2560, 1, 8, 8 32 64 2 1 49, 8 32 16 8 1 49",
    "elman, 512, 1, 8, 8 32 16 1 8 4, 8 32 16 1 8 4",
    "fp32, 768, 1, 16, 16 16 96 1 4 24, 16 16 48 1 8 48",
    "a100, 768, 1, 16, 16 16 96 1 4 12, 16 16 48 1 8 24",
    "a100, 1536, 1, 8, 8 32 96 1 4 24, 8 32 48 1 8 30"
  })
  void picksWhatUpstreamPicks(
      String kind, long dim, long heads, long batch, String forward, String backward) {
    for (boolean back : new boolean[] {false, true}) {
      RnnLoops loops = RnnLoops.h100(back, dim, heads, batch);
      loops =
          switch (kind) {
            case "a100" -> loops.a100();
            case "fp32" -> loops.fp32();
            case "elman" -> loops.gates(1);
            default -> loops;
          };
      Result result = solver(loops).solve(upstream(back));
      assertTrue(result.satisfiable());
      assertTrue(result.complete());
      Solution first = result.solutions().get(0);
      List<String> names = back ? BACKWARD : FORWARD;
      StringBuilder shown = new StringBuilder();
      Map<String, Long> bound = new HashMap<>(loops.constants());
      bound.putAll(first.values());
      for (int i : new int[] {0, 1, 2, 3, 8, 10}) {
        shown.append(i == 0 ? "" : " ").append(bound.get(names.get(i)));
      }
      assertEquals(back ? backward : forward, shown.toString());
      assertEquals(heads, bound.get("BLOCKS_HEAD"));
      for (int i : new int[] {4, 6, 7, 9}) {
        assertEquals(1, bound.get(names.get(i)), names.get(i));
      }
    }
  }

  @Test
  void namesWhatForbidsTheLargestModelOnTheA100() {
    for (boolean back : new boolean[] {false, true}) {
      RnnLoops loops = RnnLoops.h100(back, 2048, 1, 8).a100();
      Solver solver = solver(loops);
      Result result = solver.solve(upstream(back).explain());
      assertFalse(result.satisfiable());
      assertTrue(result.complete());
      assertFalse(result.conflict().isEmpty());
      assertEquals(result.conflict(), solver.whyNot(Query.all()));
      // Shared memory is among the reasons, and without any one of them there are tiles.
      assertTrue(
          result.conflict().stream().anyMatch(rule -> rule.text().contains("HEAD_BYTES")),
          result.conflict()::toString);
      assertMinimal(solver.rules(), result.conflict());
    }
  }

  private static void assertMinimal(RuleSet rules, List<Rule> conflict) {
    for (Rule left : conflict) {
      List<Rule> rest = conflict.stream().filter(rule -> rule != left).toList();
      // Not refuted: for most of them a solution is found, for one that takes longer than a test
      // may.
      Conflict judge = new Conflict(rules, Query.first().nodes(1 << 14));
      assertFalse(judge.unsatisfiable(rest), left::toString);
    }
  }
}
