package dev.tilewright.bench.peers;

import dev.tilewright.bench.RnnShape;
import org.chocosolver.solver.Model;
import org.chocosolver.solver.Settings;
import org.chocosolver.solver.Solver;
import org.chocosolver.solver.search.strategy.Search;
import org.chocosolver.solver.search.strategy.selectors.values.IntDomainMax;
import org.chocosolver.solver.search.strategy.selectors.values.IntDomainMin;
import org.chocosolver.solver.search.strategy.selectors.variables.InputOrder;
import org.chocosolver.solver.search.strategy.strategy.AbstractStrategy;
import org.chocosolver.solver.variables.IntVar;

/**
 * choco-solver with a model tuned by hand: every variable that must divide a constant has that
 * constant's divisors as its domain, every divisibility is a product with a quotient variable, the
 * rules are reduced on paper as in {@link ReducedLoops}, and all of it fits 32 bits.
 */
final class ChocoSearch implements TileSearch {
  private static final int PADDING = 8;

  @Override
  public void all(RnnShape shape, Visitor visitor) {
    if (shape.reduced() % RnnShape.DEPTH != 0) {
      return;
    }
    Tiles tiles = new Tiles(shape);
    Solver solver = tiles.model.getSolver();
    solver.setSearch(tiles.order(shape));
    long[] tile = new long[RnnShape.PARAMETERS];
    while (solver.solve()) {
      visitor.visit(tiles.read(tile));
    }
  }

  @Override
  public long[] first(RnnShape shape) {
    if (shape.reduced() % RnnShape.DEPTH != 0) {
      return null;
    }
    Tiles tiles = new Tiles(shape);
    Solver solver = tiles.model.getSolver();
    solver.setSearch(tiles.order(shape));
    return solver.solve() ? tiles.read(new long[RnnShape.PARAMETERS]) : null;
  }

  private static final class Tiles {
    final Model model = new Model("tiles", Settings.prod());
    final IntVar rows;
    final IntVar columns;
    final IntVar heads;
    final IntVar outputs;
    final IntVar reduction;
    final IntVar blocksBatch;
    final IntVar loopBatch;
    final IntVar loopOutputs;
    final IntVar warpsReduction;
    final IntVar warpsBatch;
    final IntVar registers;
    final IntVar[] all;

    Tiles(RnnShape s) {
      int n = s.outputs();
      int depth = s.reduced() / RnnShape.DEPTH;
      int batch = s.batch() / 8;
      rows = model.intVar("rows", new int[] {8, 16, 32});
      columns = model.intVar("columns", new int[] {8, 16, 32});
      heads = model.intVar("heads", Divisors.upTo(RnnShape.SMS, s.heads()));
      outputs = model.intVar("outputs", Divisors.upTo(RnnShape.SMS, n));
      reduction = model.intVar("reduction", Divisors.upTo(RnnShape.SMS, depth));
      blocksBatch = model.intVar("blocksBatch", Divisors.upTo(RnnShape.SMS, batch));
      loopBatch = model.intVar("loopBatch", Divisors.upTo(RnnShape.MAX_LOOP_BATCH, batch));
      loopOutputs = model.intVar("loopOutputs", Divisors.of(n));
      warpsReduction = model.intVar("warpsReduction", Divisors.upTo(RnnShape.MAX_WARPS, depth));
      warpsBatch = model.intVar("warpsBatch", Divisors.upTo(RnnShape.MAX_WARPS, batch));
      registers = model.intVar("registers", 1, depth);
      all =
          new IntVar[] {
            rows,
            columns,
            heads,
            outputs,
            reduction,
            blocksBatch,
            loopBatch,
            loopOutputs,
            warpsReduction,
            warpsBatch,
            registers
          };
      model.times(rows, columns, RnnShape.TILE).post();
      // rules 1 and 3: outputs · columns · loopOutputs · share = n, warps = share · wr · wb
      IntVar share = model.intVar("share", Divisors.upTo(RnnShape.MAX_WARPS, n));
      IntVar width = product(outputs, columns, Divisors.of(n));
      IntVar rest = product(loopOutputs, share, Divisors.of(n));
      model.times(width, rest, n).post();
      IntVar shareWarps = product(share, warpsReduction, 1, RnnShape.MAX_WARPS);
      IntVar warps = product(shareWarps, warpsBatch, 1, RnnShape.MAX_WARPS);
      // rules 2 and 10
      IntVar slices = product(reduction, warpsReduction, Divisors.of(depth));
      IntVar most = model.intVar("most", Divisors.of(depth));
      model.times(slices, most, depth).post();
      model.arithm(registers, "<=", most).post();
      // rule 5
      IntVar outer = product(blocksBatch, warpsBatch, Divisors.of(batch));
      IntVar full = product(outer, loopBatch, Divisors.of(batch));
      IntVar fullRows = product(full, rows, Divisors.of(s.batch()));
      // rule 7
      IntVar grid = product(outputs, reduction, 1, RnnShape.SMS);
      IntVar blocks = product(grid, blocksBatch, 1, RnnShape.SMS);
      model.arithm(blocks, "*", heads, "<=", RnnShape.SMS).post();
      memory(s, shareWarps, warps, slices, fullRows, blocks);
    }

    /** Rules 9 and 11 to 15. */
    private void memory(
        RnnShape s,
        IntVar shareWarps,
        IntVar warps,
        IntVar slices,
        IntVar fullRows,
        IntVar blocks) {
      int n = s.outputs();
      int depth = RnnShape.DEPTH;
      IntVar warpTiles = product(registers, shareWarps, 1, RnnShape.REGISTERS / depth / 8);
      IntVar held = product(warpTiles, columns, 1, RnnShape.REGISTERS / depth);
      IntVar sums = product(warps, loopBatch, 1, RnnShape.MAX_WARPS * RnnShape.MAX_LOOP_BATCH);
      IntVar inputs = product(warps, rows, 1, RnnShape.MAX_WARPS * 32);
      model
          .scalar(
              new IntVar[] {held, sums, inputs},
              new int[] {depth, 2 * RnnShape.TILE, depth},
              "<=",
              RnnShape.REGISTERS)
          .post();
      int matrix = 2 * n * s.reduced() + 2 * n * PADDING;
      int largest = matrix / 2 / depth * blocksBatch.getUB() + 1;
      IntVar kept = product(held, blocks, 1, largest);
      model
          .scalar(new IntVar[] {blocksBatch, kept}, new int[] {matrix, -2 * depth}, ">=", 1 - 64)
          .post();
      // heads cancel out of rule 15
      int shared = RnnShape.SHARED * RnnShape.SMS;
      IntVar sliceRows = product(slices, fullRows, 1, shared / 4 / n + 1);
      IntVar padded = product(sliceRows, outputs, 1, shared / 4 / PADDING);
      model
          .scalar(
              new IntVar[] {blocksBatch, kept, sliceRows, padded, blocks},
              new int[] {matrix, -2 * depth, 4 * n, 4 * PADDING, -RnnShape.SHARED},
              "<=",
              -64)
          .post();
    }

    private IntVar product(IntVar a, IntVar b, int[] values) {
      IntVar c = model.intVar(a.getName() + "*" + b.getName(), values);
      model.times(a, b, c).post();
      return c;
    }

    /** With bounds alone for its domain, which is faster here than bit sets. */
    private IntVar product(IntVar a, IntVar b, int low, int high) {
      int most = (int) Math.min(high, (long) a.getUB() * b.getUB());
      IntVar c = model.intVar(a.getName() + "*" + b.getName(), low, most, true);
      model.times(a, b, c).post();
      return c;
    }

    /** The upstream order: static, one variable after the other. */
    AbstractStrategy<?>[] order(RnnShape s) {
      AbstractStrategy<?>[] order = new AbstractStrategy<?>[all.length];
      for (int i = 0; i < all.length; i++) {
        boolean smallest = all[i] == reduction || all[i] == loopOutputs;
        order[i] =
            Search.intVarSearch(
                new InputOrder<>(model),
                smallest ? new IntDomainMin() : new IntDomainMax(),
                all[i]);
      }
      return order;
    }

    long[] read(long[] tile) {
      for (int i = 0; i < tile.length; i++) {
        tile[i] = all[i].getValue();
      }
      return tile;
    }
  }
}
