package dev.tilewright.tune;

import dev.tilewright.TilewrightException;
import dev.tilewright.schedule.Tile;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Tiles whose times are a formula plus noise, on a clock that moves as they "run". */
final class SimulatedTrials implements Trials {
  final List<Tile> opened = new ArrayList<>();
  long now;
  int open;

  private final ToDoubleFunction<Tile> nanos;
  private final double noise;
  private final Random random = new Random(7);

  /** Times in nanoseconds; NaN: the result is wrong; infinite: the tile cannot be planned. */
  SimulatedTrials(ToDoubleFunction<Tile> nanos, double noise) {
    this.nanos = nanos;
    this.noise = noise;
  }

  /** Tiles over two parameters, each 1 to n. */
  static List<Tile> grid(int n) {
    List<Tile> tiles = new ArrayList<>();
    for (long a = 1; a <= n; a++) {
      for (long b = 1; b <= n; b++) {
        tiles.add(tile(a, b));
      }
    }
    return tiles;
  }

  static Tile tile(long a, long b) {
    return Tile.parse("A=" + a + ",B=" + b);
  }

  @Override
  public double bound() {
    return 1e-6;
  }

  @Override
  public Trial open(Tile tile) {
    double time = nanos.applyAsDouble(tile);
    opened.add(tile);
    if (Double.isInfinite(time)) {
      throw new TilewrightException("no room\nfor " + tile);
    }
    open++;
    return new Trial() {
      private boolean closed;

      @Override
      public double error() {
        now += 1_000_000;
        return Double.isNaN(time) ? 0.5 : 1e-7;
      }

      @Override
      public void run() {
        throw new AssertionError("only nanos() is called");
      }

      @Override
      public long nanos(int calls) {
        if (closed) {
          throw new AssertionError("closed");
        }
        long took = Math.round(calls * time * (1 + noise * random.nextDouble()));
        now += took;
        return took;
      }

      @Override
      public void close() {
        open -= closed ? 0 : 1;
        closed = true;
      }
    };
  }

  @Override
  public void close() {}
}
