package dev.tilewright.ptx;

import java.util.List;

/** A device function ({@code .func}), or the declaration of one that the system provides. */
public final class PtxFunction extends PtxRoutine {
  private List<PtxParam> returns = List.of();
  private boolean defined;

  PtxFunction(String name, Linkage linkage, int line) {
    super(name, linkage, line);
  }

  void returns(List<PtxParam> returns) {
    this.returns = List.copyOf(returns);
    for (PtxParam param : returns) {
      param.variable().ifPresent(v -> place(v, param.offset()));
    }
  }

  void defined() {
    defined = true;
  }

  /**
   * The parameters it returns. Their offsets count from the begin of the returned ones, apart from
   * the passed ones.
   */
  public List<PtxParam> returns() {
    return returns;
  }

  /** Whether the module holds its code: false for {@code vprintf} and others of the system. */
  public boolean isDefined() {
    return defined;
  }
}
