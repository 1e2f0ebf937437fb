package dev.tilewright.tune;

/** In which order tiles are tried. The model's pick always comes first. */
public enum Strategy {
  /** Best predicted time first, until the budget ends. */
  MODEL,
  /** As {@link #MODEL}, but every legal tile unless a budget is given. */
  EXHAUSTIVE,
  /** A seeded random order. */
  RANDOM,
  /** One parameter step from the best so far; from the model's order when none of those is left. */
  LOCAL
}
