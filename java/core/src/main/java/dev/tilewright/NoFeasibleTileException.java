package dev.tilewright;

import java.util.List;

/** No tile satisfies the constraints of a kernel on this machine. */
public final class NoFeasibleTileException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> conflict;

  /**
   * Says which constraints conflict.
   *
   * @param problem what was to be scheduled
   * @param conflict the smallest set of constraints that cannot hold together
   */
  public NoFeasibleTileException(String problem, List<String> conflict) {
    super(problem + ": no tile satisfies " + String.join("; ", conflict));
    this.conflict = List.copyOf(conflict);
  }

  /** The same fault again, with a stack trace of its own, for a caller that asked later. */
  public NoFeasibleTileException(NoFeasibleTileException first) {
    super(first.getMessage(), first);
    this.conflict = first.conflict();
  }

  /** The smallest set of constraints that cannot hold together. */
  public List<String> conflict() {
    return conflict == null ? List.of() : conflict;
  }
}
