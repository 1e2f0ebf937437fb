package dev.tilewright.tune;

import dev.tilewright.schedule.Tile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** The tiles that are not tried yet, in the order of a {@link Strategy}. */
final class SearchOrder {
  private final Strategy strategy;
  private final Neighbours neighbours;
  private final Set<Tile> untried;
  private final Deque<Tile> near = new ArrayDeque<>();
  private Tile centre;

  /**
   * An order over all legal tiles.
   *
   * @param ranked the legal tiles, best predicted first
   * @param tried those of them that need no further try
   */
  SearchOrder(Strategy strategy, List<Tile> ranked, Collection<Tile> tried, long seed) {
    this.strategy = strategy;
    List<Tile> order = new ArrayList<>(ranked);
    if (strategy == Strategy.RANDOM && !order.isEmpty()) {
      Collections.shuffle(order.subList(1, order.size()), new Random(seed));
    }
    untried = new LinkedHashSet<>(order);
    untried.removeAll(Set.copyOf(tried));
    neighbours = strategy == Strategy.LOCAL ? new Neighbours(ranked) : null;
  }

  /**
   * Takes the next tile.
   *
   * @param best the fastest tile so far, null before there is one
   * @return null when every tile was tried
   */
  Tile next(Tile best) {
    if (strategy == Strategy.LOCAL && best != null) {
      if (!best.equals(centre)) {
        centre = best;
        near.clear();
        near.addAll(neighbours.of(best));
      }
      while (!near.isEmpty()) {
        Tile tile = near.poll();
        if (untried.remove(tile)) {
          return tile;
        }
      }
    }
    if (untried.isEmpty()) {
      return null;
    }
    Tile first = untried.iterator().next();
    untried.remove(first);
    return first;
  }
}
