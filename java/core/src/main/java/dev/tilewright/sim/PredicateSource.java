package dev.tilewright.sim;

/**
 * A predicate that is read, perhaps as its complement.
 *
 * @param index its place in the frame
 * @param flip -1 for the complement
 */
record PredicateSource(int index, int flip) {
  int read(Warp warp) {
    return warp.predicates[index] ^ flip;
  }

  int defined(Warp warp) {
    return warp.frame.predicatesDefined[index];
  }
}
