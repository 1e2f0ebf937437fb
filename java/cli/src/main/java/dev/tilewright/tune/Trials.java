package dev.tilewright.tune;

import dev.tilewright.schedule.Tile;

/** One problem on one device: its inputs and the oracle's results, which every tile shares. */
public interface Trials extends AutoCloseable {
  /** Largest {@link Trial#error} that passes. */
  double bound();

  /**
   * Plans the problem with this tile.
   *
   * @throws dev.tilewright.TilewrightException when the tile cannot run
   */
  Trial open(Tile tile);

  @Override
  void close();
}
