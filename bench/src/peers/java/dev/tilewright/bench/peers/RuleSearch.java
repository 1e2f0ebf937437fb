package dev.tilewright.bench.peers;

import dev.tilewright.bench.RnnShape;
import dev.tilewright.constrint.Order;
import dev.tilewright.constrint.Query;
import dev.tilewright.constrint.RuleSet;
import dev.tilewright.constrint.Solver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Our solver, through its public API, from the rule files as they stand beside the kernels. */
final class RuleSearch implements TileSearch {
  private static final List<String> FORWARD =
      List.of(
          "TILE_BATCH",
          "TILE_GATE",
          "BLOCKS_HEAD",
          "BLOCKS_GATE",
          "BLOCKS_HIDDEN",
          "BLOCKS_BATCH",
          "LOOPS_BATCH",
          "LOOPS_GATE",
          "WARPS_HIDDEN",
          "WARPS_BATCH",
          "CACHED_HIDDEN");
  private static final List<String> BACKWARD =
      List.of(
          "TILE_BATCH",
          "TILE_HIDDEN",
          "BLOCKS_HEAD",
          "BLOCKS_HIDDEN",
          "BLOCKS_GATE",
          "BLOCKS_BATCH",
          "LOOPS_BATCH",
          "LOOPS_HIDDEN",
          "WARPS_GATE",
          "WARPS_BATCH",
          "CACHED_GATE");

  private final String forward = text("rnn_fwd.tiles");
  private final String backward = text("rnn_bwd.tiles");

  /** Null where each search reads its rules. */
  private final Map<Boolean, RuleSet> read;

  /**
   * @param readBefore whether a search starts with rules that were read, not from their text
   */
  RuleSearch(boolean readBefore) {
    read = readBefore ? Map.of(false, RuleSet.parse(forward), true, RuleSet.parse(backward)) : null;
  }

  private static String text(String file) {
    try (InputStream in = Solver.class.getResourceAsStream("/dev/tilewright/tiles/rnn/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void all(RnnShape shape, Visitor visitor) {
    Solver solver = solver(shape);
    List<String> names = shape.backward() ? BACKWARD : FORWARD;
    int[] at = names.stream().mapToInt(solver.variables()::indexOf).toArray();
    long[] tile = new long[RnnShape.PARAMETERS];
    solver.forEach(
        Query.all(),
        values -> {
          for (int i = 0; i < tile.length; i++) {
            tile[i] = values[at[i]];
          }
          visitor.visit(tile);
          return true;
        });
  }

  @Override
  public long[] first(RnnShape shape) {
    List<String> names = shape.backward() ? BACKWARD : FORWARD;
    Query query = Query.first();
    for (String name : names) {
      boolean smallest = name.equals(names.get(4)) || name.equals(names.get(7));
      query = query.order(name, smallest ? Order.SMALLEST : Order.LARGEST);
    }
    return solver(shape).solve(query).solutions().stream()
        .map(solution -> names.stream().mapToLong(solution::get).toArray())
        .findFirst()
        .orElse(null);
  }

  private Solver solver(RnnShape shape) {
    RuleSet rules =
        read != null
            ? read.get(shape.backward())
            : RuleSet.parse(shape.backward() ? backward : forward);
    Map<String, Long> constants = new LinkedHashMap<>();
    constants.put("NUM_SM", (long) RnnShape.SMS);
    constants.put("MAX_THREADS", RnnShape.MAX_WARPS * 32L);
    constants.put("REGISTERS", (long) RnnShape.REGISTERS);
    constants.put("SHARED_BYTES", (long) RnnShape.SHARED);
    constants.put("HEAD_DIM", (long) shape.hidden());
    constants.put("NUM_HEADS", (long) shape.heads());
    constants.put("BATCH", (long) shape.batch());
    constants.put("GATES", (long) RnnShape.GATES);
    constants.put("DTYPE_BYTES", 2L);
    constants.put("ACC_BYTES", 4L);
    constants.put("PAD", 8L);
    constants.put(shape.backward() ? "TILE_GATE" : "TILE_HIDDEN", (long) RnnShape.DEPTH);
    return Solver.of(rules, constants);
  }
}
