package dev.tilewright.bench.peers;

/** The ways to search, by the names of the command line. */
final class TileSearches {
  private TileSearches() {}

  static TileSearch of(String name) {
    return switch (name) {
      case "ours" -> new RuleSearch(false);
      case "ours-read" -> new RuleSearch(true);
      case "choco" -> new ChocoSearch();
      case "cpsat" -> new CpSatSearch();
      case "loops" -> new DivisorLoops();
      case "loops-reduced" -> new ReducedLoops();
      default -> throw new IllegalArgumentException("unknown way to search: " + name);
    };
  }
}
