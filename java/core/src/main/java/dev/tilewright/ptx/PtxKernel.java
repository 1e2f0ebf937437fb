package dev.tilewright.ptx;

import java.util.List;

/** A kernel ({@code .entry}). */
public final class PtxKernel extends PtxRoutine {
  private Limits limits = Limits.NONE;
  private List<PtxVariable> shared = List.of();
  private long sharedBytes;
  private int dynamicSharedAlign = 1;

  /**
   * The performance-tuning directives of a kernel (ISA section 11.4); 0 and an empty list where one
   * is not given.
   *
   * @param maxntid the most threads of a block, per dimension
   * @param reqntid the block's exact extents
   * @param minnctapersm blocks that shall fit on a multiprocessor
   * @param maxnreg the most registers of a thread
   * @param reqnctapercluster the cluster's exact extents
   * @param maxclusterrank the most blocks of a cluster
   */
  public record Limits(
      List<Integer> maxntid,
      List<Integer> reqntid,
      int minnctapersm,
      int maxnreg,
      List<Integer> reqnctapercluster,
      int maxclusterrank) {
    static final Limits NONE = new Limits(List.of(), List.of(), 0, 0, List.of(), 0);

    /** Copies the lists. */
    public Limits {
      maxntid = List.copyOf(maxntid);
      reqntid = List.copyOf(reqntid);
      reqnctapercluster = List.copyOf(reqnctapercluster);
    }
  }

  PtxKernel(String name, Linkage linkage, int line) {
    super(name, linkage, line);
  }

  void limits(Limits limits) {
    this.limits = limits;
  }

  /** Lays out the shared memory: the variables that the kernel and what it calls use. */
  void layOutShared(List<PtxVariable> used) {
    shared = List.copyOf(used);
    for (PtxVariable variable : used) {
      if (variable.unsized()) {
        dynamicSharedAlign = Math.max(dynamicSharedAlign, variable.align());
      } else {
        sharedBytes = place(variable, sharedBytes);
      }
    }
    for (PtxVariable variable : used) {
      if (variable.unsized()) {
        place(variable, dynamicSharedOffset());
      }
    }
  }

  /** The limits that the kernel declares. */
  public Limits limits() {
    return limits;
  }

  /** The shared variables that the kernel and the functions it reaches use. */
  public List<PtxVariable> shared() {
    return shared;
  }

  /** The bytes of static shared memory. */
  public long sharedBytes() {
    return sharedBytes;
  }

  /** Where dynamic shared memory begins: every unsized variable lies there. */
  public long dynamicSharedOffset() {
    return alignUp(sharedBytes, dynamicSharedAlign);
  }
}
