package dev.tilewright.bench.peers;

import dev.tilewright.bench.RnnShape;

/**
 * What one writes by hand for this one rule set: nested loops over divisors, a rule checked as soon
 * as all it names is known. The loops follow the upstream order, so the first tile found is the
 * first.
 */
final class DivisorLoops implements TileSearch {
  @Override
  public void all(RnnShape shape, Visitor visitor) {
    new Walk(shape, visitor).run();
  }

  @Override
  public long[] first(RnnShape shape) {
    Walk walk = new Walk(shape, null);
    return walk.run() ? walk.tile : null;
  }

  private static final class Walk {
    private static final int ACCUMULATOR_BYTES = 4;
    private static final int BYTES = 2;
    private static final int PADDING = 8;

    final long n;
    final long reduced;
    final int batch;
    final int heads;
    final int[] outputs;
    final int[] depths;
    final int[] batches;
    final int[] headCounts;
    final Visitor visitor;
    final long[] tile = new long[RnnShape.PARAMETERS];

    Walk(RnnShape s, Visitor visitor) {
      n = s.outputs();
      reduced = s.reduced();
      batch = s.batch();
      heads = s.heads();
      outputs = Divisors.of(s.outputs());
      depths = Divisors.of(s.reduced());
      batches = Divisors.of(batch);
      headCounts = Divisors.of(heads);
      this.visitor = visitor;
    }

    /** True when the first tile was asked for and found. */
    boolean run() {
      for (int rows = 32; rows >= 8; rows /= 2) {
        int columns = RnnShape.TILE / rows;
        if (batch % rows != 0 || n % columns != 0) {
          continue;
        }
        tile[0] = rows;
        tile[1] = columns;
        for (int h = headCounts.length - 1; h >= 0; h--) {
          tile[2] = headCounts[h];
          for (int i = outputs.length - 1; i >= 0; i--) {
            tile[3] = outputs[i];
            if (tile[2] * tile[3] <= RnnShape.SMS
                && n % (tile[3] * columns) == 0
                && blocksOverDepth()) {
              return true;
            }
          }
        }
      }
      return false;
    }

    private boolean blocksOverDepth() {
      for (int r : depths) {
        tile[4] = r;
        if (tile[2] * tile[3] * r > RnnShape.SMS) {
          break;
        }
        if (reduced % (r * RnnShape.DEPTH) != 0) {
          continue;
        }
        for (int i = batches.length - 1; i >= 0; i--) {
          tile[5] = batches[i];
          if (tile[2] * tile[3] * r * tile[5] <= RnnShape.SMS
              && batch % (tile[5] * tile[0]) == 0
              && loops()) {
            return true;
          }
        }
      }
      return false;
    }

    private boolean loops() {
      for (int loop = RnnShape.MAX_LOOP_BATCH; loop >= 1; loop--) {
        tile[6] = loop;
        if (batch % (tile[5] * loop * tile[0]) != 0) {
          continue;
        }
        for (int over : outputs) {
          tile[7] = over;
          if (n < over * tile[3] * tile[1]) {
            break;
          }
          if (n % (over * tile[3] * tile[1]) == 0 && warps()) {
            return true;
          }
        }
      }
      return false;
    }

    private boolean warps() {
      long perWarp = tile[3] * tile[7] * tile[1];
      for (int i = depths.length - 1; i >= 0; i--) {
        long w = depths[i];
        if (w * n > RnnShape.MAX_WARPS * perWarp || reduced % (tile[4] * w * RnnShape.DEPTH) != 0) {
          continue;
        }
        tile[8] = w;
        for (int k = batches.length - 1; k >= 0; k--) {
          long wb = batches[k];
          tile[9] = wb;
          if (batch % (tile[5] * wb * tile[6] * tile[0]) == 0
              && w * wb * n % perWarp == 0
              && w * wb * n / perWarp <= RnnShape.MAX_WARPS
              && registers(w * wb * n / perWarp)) {
            return true;
          }
        }
      }
      return false;
    }

    private boolean registers(long warps) {
      long blocks = tile[3] * tile[4] * tile[5];
      long full = tile[5] * tile[9] * tile[6] * tile[0];
      long accumulators =
          warps * tile[0] * tile[1] * tile[6] * (ACCUMULATOR_BYTES / BYTES)
              + warps * tile[0] * RnnShape.DEPTH;
      long matrix = BYTES * n * tile[5] * reduced + BYTES * n * PADDING * tile[5] + 64;
      long sums =
          ACCUMULATOR_BYTES * tile[8] * tile[4] * full * n
              + ACCUMULATOR_BYTES * tile[8] * tile[3] * tile[4] * full * PADDING;
      for (long c = reduced / (tile[4] * tile[8] * RnnShape.DEPTH); c >= 1; c--) {
        long product = RnnShape.DEPTH * tile[1] * c * warps;
        if (product % tile[9] != 0) {
          continue;
        }
        long inRegisters = product / tile[9];
        long inShared = matrix - BYTES * inRegisters * blocks;
        if (inRegisters + accumulators > RnnShape.REGISTERS || inShared < 1) {
          continue;
        }
        if (tile[2] * (inShared + sums) > (long) RnnShape.SHARED * tile[2] * blocks) {
          break; // fewer tiles in registers need more shared memory
        }
        tile[10] = c;
        if (visitor == null) {
          return true;
        }
        visitor.visit(tile);
      }
      return false;
    }
  }
}
