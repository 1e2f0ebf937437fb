package dev.tilewright.tune;

import dev.tilewright.schedule.Tile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which legal tiles lie one parameter step from another. A step takes one parameter to the next
 * value up or down that any legal tile has; the other parameters move only where the constraints
 * leave no tile that keeps them, and as few of them as can be.
 */
final class Neighbours {
  /** Tiles that change equally little for one step; the best predicted ones are kept. */
  private static final int MOST_OF_A_STEP = 3;

  private final List<Tile> tiles;
  private final String[] parameters;
  private final int[][] steps; // of each tile: index of each parameter's value among all values

  /** Takes the legal tiles, best predicted first. */
  Neighbours(List<Tile> tiles) {
    this.tiles = tiles;
    parameters =
        tiles.isEmpty() ? new String[0] : tiles.get(0).values().keySet().toArray(new String[0]);
    steps = new int[tiles.size()][parameters.length];
    for (int p = 0; p < parameters.length; p++) {
      String name = parameters[p];
      long[] values = tiles.stream().mapToLong(t -> t.get(name)).distinct().sorted().toArray();
      for (int i = 0; i < steps.length; i++) {
        steps[i][p] = Arrays.binarySearch(values, tiles.get(i).get(name));
      }
    }
  }

  /** The neighbours, those that change least first. */
  Set<Tile> of(Tile tile) {
    Set<Tile> found = new LinkedHashSet<>();
    int centre = tiles.indexOf(tile);
    if (centre < 0) {
      return found;
    }
    List<Set<Tile>> byMoves = new ArrayList<>();
    for (int p = 0; p <= parameters.length; p++) {
      byMoves.add(new LinkedHashSet<>());
    }
    for (int p = 0; p < parameters.length; p++) {
      for (int direction : new int[] {1, -1}) {
        step(steps[centre], p, direction, byMoves);
      }
    }
    byMoves.forEach(found::addAll);
    return found;
  }

  private void step(int[] from, int parameter, int direction, List<Set<Tile>> byMoves) {
    int fewest = parameters.length + 1;
    List<Tile> nearest = new ArrayList<>();
    for (int i = 0; i < steps.length; i++) {
      if (steps[i][parameter] != from[parameter] + direction) {
        continue;
      }
      int moved = 0;
      for (int p = 0; p < parameters.length; p++) {
        moved += steps[i][p] != from[p] ? 1 : 0;
      }
      if (moved < fewest) {
        fewest = moved;
        nearest.clear();
      }
      if (moved == fewest && nearest.size() < MOST_OF_A_STEP) {
        nearest.add(tiles.get(i));
      }
    }
    if (!nearest.isEmpty()) {
      byMoves.get(fewest).addAll(nearest);
    }
  }
}
