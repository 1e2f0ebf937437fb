package dev.tilewright.sim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The findings of a run: of each kind and instruction the first. */
final class Findings {
  private static final int MOST = 1000;

  private record Key(FindingKind kind, int line) {}

  private final Map<Key, Finding> all = new LinkedHashMap<>();

  synchronized void add(Finding finding) {
    if (all.size() < MOST) {
      all.putIfAbsent(new Key(finding.kind(), finding.ptxLine()), finding);
    }
  }

  /** Whether another finding of the kind at the line would tell nothing new. */
  synchronized boolean isKnown(FindingKind kind, int line) {
    return all.size() >= MOST || all.containsKey(new Key(kind, line));
  }

  synchronized List<Finding> list() {
    return List.copyOf(all.values());
  }
}
