package dev.tilewright.bench.peers;

import dev.tilewright.bench.RnnShape;

/**
 * Loops after the rules were reduced on paper, the least work we know of: the warps are the product
 * of three small factors, heads cancel out of rule 15, and rules 10, 11, 12 and 15 together are an
 * interval of the tiles in registers, so nothing is tried in vain. A change of a rule means doing
 * the algebra again. The loops follow the upstream order.
 */
final class ReducedLoops implements TileSearch {
  @Override
  public void all(RnnShape shape, Visitor visitor) {
    run(shape, visitor, false);
  }

  @Override
  public long[] first(RnnShape shape) {
    return run(shape, null, true);
  }

  private static long[] run(RnnShape s, Visitor visitor, boolean first) {
    int outputs = s.outputs();
    int depth = s.reduced() / RnnShape.DEPTH;
    if (depth * RnnShape.DEPTH != s.reduced()) {
      return null;
    }
    long[] tile = new long[RnnShape.PARAMETERS];
    for (int rows = 32; rows >= 8; rows /= 2) {
      int columns = RnnShape.TILE / rows;
      if (s.batch() % rows != 0 || outputs % columns != 0) {
        continue;
      }
      tile[0] = rows;
      tile[1] = columns;
      int batch = s.batch() / rows;
      int width = outputs / columns;
      for (int heads = s.heads(); heads >= 1; heads--) {
        if (s.heads() % heads != 0) {
          continue;
        }
        tile[2] = heads;
        for (int o = Math.min(RnnShape.SMS / heads, width); o >= 1; o--) {
          if (width % o != 0) {
            continue;
          }
          tile[3] = o;
          for (int r = 1; heads * o * r <= RnnShape.SMS && r <= depth; r++) {
            if (depth % r != 0) {
              continue;
            }
            tile[4] = r;
            for (int b = Math.min(batch, RnnShape.SMS / (heads * o * r)); b >= 1; b--) {
              if (batch % b != 0) {
                continue;
              }
              tile[5] = b;
              if (inner(s, tile, width / o, depth / r, batch / b, visitor, first)) {
                return tile;
              }
            }
          }
        }
      }
    }
    return null;
  }

  /** The loops inside a block; true when the first tile was asked for and found. */
  private static boolean inner(
      RnnShape s, long[] tile, int width, int depth, int batch, Visitor visitor, boolean first) {
    for (int loop = Math.min(RnnShape.MAX_LOOP_BATCH, batch); loop >= 1; loop--) {
      if (batch % loop != 0) {
        continue;
      }
      tile[6] = loop;
      for (int share = RnnShape.MAX_WARPS; share >= 1; share--) {
        if (width % share != 0) {
          continue;
        }
        tile[7] = width / share;
        for (int w = Math.min(RnnShape.MAX_WARPS / share, depth); w >= 1; w--) {
          if (depth % w != 0) {
            continue;
          }
          tile[8] = w;
          int warpsBatch = Math.min(RnnShape.MAX_WARPS / (share * w), batch / loop);
          for (int wb = warpsBatch; wb >= 1; wb--) {
            if (batch / loop % wb != 0) {
              continue;
            }
            tile[9] = wb;
            if (registers(s, tile, share * w, depth / w, visitor, first)) {
              return true;
            }
          }
        }
      }
    }
    return false;
  }

  /** Rules 10, 11, 12 and 15 bound the tiles in registers from above and below. */
  private static boolean registers(
      RnnShape s, long[] tile, int warps, int most, Visitor visitor, boolean first) {
    long n = s.outputs();
    long one = (long) RnnShape.DEPTH * tile[1] * warps; // registers of one tile
    long blocks = tile[3] * tile[4] * tile[5];
    long allWarps = warps * tile[9];
    long accumulators =
        allWarps * RnnShape.TILE * tile[6] * 2 + allWarps * tile[0] * RnnShape.DEPTH;
    long high = Math.min(most, Math.floorDiv(RnnShape.REGISTERS - accumulators, one));
    long matrix = 2 * n * tile[5] * s.reduced() + 2 * n * 8 * tile[5] + 64;
    long step = 2 * one * blocks;
    high = Math.min(high, (matrix - 1) / step);
    long full = tile[5] * tile[9] * tile[6] * tile[0];
    long sums = 4 * tile[8] * tile[4] * full * (n + 8 * tile[3]);
    long excess = matrix + sums - RnnShape.SHARED * blocks;
    long low = excess <= 0 ? 1 : Math.max(1, (excess + step - 1) / step);
    for (long c = high; c >= low; c--) {
      tile[10] = c;
      if (first) {
        return true;
      }
      visitor.visit(tile);
    }
    return false;
  }
}
