package dev.tilewright.bench.peers;

import dev.tilewright.bench.RnnShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One way to search a shape's tiles. A tile is an array, in the order of the upstream search (paper
 * names forward/backward): rows of the instruction's tile (tdb), its columns (tdg/tdh), heads a
 * block (FMTC), blocks over outputs (FRTCG/BRTCH), blocks over the reduction (FRTCH/BRTCG), blocks
 * over the batch (FBTCB), loop over the batch (FWLCB), loop over outputs (FWLCG/BWLCH), warps over
 * the reduction (FWTCH/BWTCG), warps over the batch (FWTCB), tiles kept in registers (FWRCH/BWRCG).
 */
public interface TileSearch {
  /** Takes tiles; the array is the caller's again afterwards. */
  interface Visitor {
    void visit(long[] tile);
  }

  /** Shows every tile once, in any order. */
  void all(RnnShape shape, Visitor visitor);

  /**
   * The first tile by the upstream order: each parameter as large as the ones before it let it be,
   * the blocks over the reduction and the loop over outputs as small. Null when there is none.
   */
  long[] first(RnnShape shape);

  /** All tiles, sorted. */
  default long[][] sorted(RnnShape shape) {
    List<long[]> tiles = new ArrayList<>();
    all(shape, tile -> tiles.add(tile.clone()));
    long[][] sorted = tiles.toArray(long[][]::new);
    Arrays.sort(sorted, Arrays::compare);
    return sorted;
  }
}
