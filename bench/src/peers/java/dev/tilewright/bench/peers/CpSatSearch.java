package dev.tilewright.bench.peers;

import com.google.ortools.Loader;
import com.google.ortools.sat.CpModel;
import com.google.ortools.sat.CpSolver;
import com.google.ortools.sat.CpSolverSolutionCallback;
import com.google.ortools.sat.CpSolverStatus;
import com.google.ortools.sat.DecisionStrategyProto.DomainReductionStrategy;
import com.google.ortools.sat.DecisionStrategyProto.VariableSelectionStrategy;
import com.google.ortools.sat.IntVar;
import com.google.ortools.sat.LinearArgument;
import com.google.ortools.sat.LinearExpr;
import com.google.ortools.sat.SatParameters;
import com.google.ortools.util.Domain;
import dev.tilewright.bench.RnnShape;
import java.util.Arrays;

/**
 * OR-Tools CP-SAT with the model of {@link ChocoSearch}; one thread, as enumerating all solutions
 * demands. Fastest here are no linear relaxation, no presolve and the fixed upstream order, with
 * which the first solution found is the upstream's.
 */
final class CpSatSearch implements TileSearch {
  private static final int PADDING = 8;

  CpSatSearch() {
    Loader.loadNativeLibraries();
  }

  @Override
  public void all(RnnShape shape, Visitor visitor) {
    if (shape.reduced() % RnnShape.DEPTH != 0) {
      return;
    }
    Tiles tiles = new Tiles(shape);
    CpSolver solver = solver();
    solver.getParameters().setEnumerateAllSolutions(true);
    long[] tile = new long[RnnShape.PARAMETERS];
    CpSolverStatus status =
        solver.solve(
            tiles.model,
            new CpSolverSolutionCallback() {
              @Override
              public void onSolutionCallback() {
                for (int i = 0; i < tile.length; i++) {
                  tile[i] = value(tiles.all[i]);
                }
                visitor.visit(tile);
              }
            });
    if (status != CpSolverStatus.OPTIMAL && status != CpSolverStatus.INFEASIBLE) {
      throw new IllegalStateException("CP-SAT ended with " + status);
    }
  }

  @Override
  public long[] first(RnnShape shape) {
    if (shape.reduced() % RnnShape.DEPTH != 0) {
      return null;
    }
    Tiles tiles = new Tiles(shape);
    CpSolver solver = solver();
    CpSolverStatus status = solver.solve(tiles.model);
    if (status == CpSolverStatus.INFEASIBLE) {
      return null;
    }
    if (status != CpSolverStatus.OPTIMAL) {
      throw new IllegalStateException("CP-SAT ended with " + status);
    }
    return Arrays.stream(tiles.all).mapToLong(solver::value).toArray();
  }

  private static CpSolver solver() {
    CpSolver solver = new CpSolver();
    solver
        .getParameters()
        .setNumWorkers(1)
        .setLinearizationLevel(0)
        .setCpModelPresolve(false)
        .setSearchBranching(SatParameters.SearchBranching.FIXED_SEARCH);
    return solver;
  }

  private static final class Tiles {
    final CpModel model = new CpModel();
    final IntVar[] all;

    Tiles(RnnShape s) {
      int n = s.outputs();
      int depth = s.reduced() / RnnShape.DEPTH;
      int batch = s.batch() / 8;
      IntVar rows = variable("rows", 8, 16, 32);
      IntVar columns = variable("columns", 8, 16, 32);
      IntVar heads = variable("heads", Divisors.upTo(RnnShape.SMS, s.heads()));
      IntVar outputs = variable("outputs", Divisors.upTo(RnnShape.SMS, n));
      IntVar reduction = variable("reduction", Divisors.upTo(RnnShape.SMS, depth));
      IntVar blocksBatch = variable("blocksBatch", Divisors.upTo(RnnShape.SMS, batch));
      IntVar loopBatch = variable("loopBatch", Divisors.upTo(RnnShape.MAX_LOOP_BATCH, batch));
      IntVar loopOutputs = variable("loopOutputs", Divisors.of(n));
      IntVar warpsReduction = variable("warpsReduction", Divisors.upTo(RnnShape.MAX_WARPS, depth));
      IntVar warpsBatch = variable("warpsBatch", Divisors.upTo(RnnShape.MAX_WARPS, batch));
      IntVar registers = model.newIntVar(1, depth, "registers");
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
      equal(RnnShape.TILE, rows, columns);
      // rules 1 and 3
      IntVar share = variable("share", Divisors.upTo(RnnShape.MAX_WARPS, n));
      IntVar width = product(Divisors.of(n), outputs, columns);
      IntVar rest = product(Divisors.of(n), loopOutputs, share);
      equal(n, width, rest);
      IntVar shareWarps = product(RnnShape.MAX_WARPS, share, warpsReduction);
      IntVar warps = product(RnnShape.MAX_WARPS, shareWarps, warpsBatch);
      // rules 2 and 10
      IntVar slices = product(Divisors.of(depth), reduction, warpsReduction);
      IntVar most = variable("most", Divisors.of(depth));
      equal(depth, slices, most);
      model.addLessOrEqual(registers, most);
      // rule 5
      IntVar outer = product(Divisors.of(batch), blocksBatch, warpsBatch);
      IntVar full = product(Divisors.of(batch), outer, loopBatch);
      IntVar fullRows = product(Divisors.of(s.batch()), full, rows);
      // rule 7
      IntVar grid = product(RnnShape.SMS, outputs, reduction);
      IntVar blocks = product(RnnShape.SMS, grid, blocksBatch);
      product(RnnShape.SMS, blocks, heads);
      // rules 9 and 11 to 15, heads cancelled out of 15
      int d = RnnShape.DEPTH;
      IntVar warpTiles = product(RnnShape.REGISTERS / d / 8, registers, shareWarps);
      IntVar held = product(RnnShape.REGISTERS / d, warpTiles, columns);
      IntVar sums = product(RnnShape.MAX_WARPS * RnnShape.MAX_LOOP_BATCH, warps, loopBatch);
      IntVar inputs = product(RnnShape.MAX_WARPS * 32, warps, rows);
      model.addLessOrEqual(
          LinearExpr.weightedSum(
              new LinearArgument[] {held, sums, inputs}, new long[] {d, 2 * RnnShape.TILE, d}),
          RnnShape.REGISTERS);
      long matrix = 2L * n * s.reduced() + 2L * n * PADDING;
      IntVar kept = product(matrix / 2 / d * batch + 1, held, blocks);
      model.addGreaterOrEqual(
          LinearExpr.weightedSum(
              new LinearArgument[] {blocksBatch, kept}, new long[] {matrix, -2 * d}),
          1 - 64);
      long shared = (long) RnnShape.SHARED * RnnShape.SMS;
      IntVar sliceRows = product(shared / 4 / n + 1, slices, fullRows);
      IntVar padded = product(shared / 4 / PADDING, sliceRows, outputs);
      model.addLessOrEqual(
          LinearExpr.weightedSum(
              new LinearArgument[] {blocksBatch, kept, sliceRows, padded, blocks},
              new long[] {matrix, -2 * d, 4L * n, 4 * PADDING, -RnnShape.SHARED}),
          -64);
      order();
    }

    private IntVar variable(String name, int... values) {
      return model.newIntVarFromDomain(
          Domain.fromValues(Arrays.stream(values).asLongStream().toArray()), name);
    }

    private void equal(long product, IntVar a, IntVar b) {
      model.addMultiplicationEquality(LinearExpr.constant(product), a, b);
    }

    private IntVar product(int[] values, IntVar a, IntVar b) {
      IntVar c = variable(a.getName() + "*" + b.getName(), values);
      model.addMultiplicationEquality(c, a, b);
      return c;
    }

    private IntVar product(long high, IntVar a, IntVar b) {
      IntVar c = model.newIntVar(1, high, a.getName() + "*" + b.getName());
      model.addMultiplicationEquality(c, a, b);
      return c;
    }

    /** The upstream order: static, one variable after the other. */
    private void order() {
      for (int i = 0; i < all.length; i++) {
        boolean smallest = i == 4 || i == 7;
        model.addDecisionStrategy(
            new IntVar[] {all[i]},
            VariableSelectionStrategy.CHOOSE_FIRST,
            smallest
                ? DomainReductionStrategy.SELECT_MIN_VALUE
                : DomainReductionStrategy.SELECT_MAX_VALUE);
      }
    }
  }
}
