package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import java.util.List;

/**
 * barrier.cluster, mapa and getctarank (ISA sections 9.7.13.4, 9.7.9.23, 9.7.9.24) for clusters of
 * one block, the only ones that run.
 */
final class ClusterOps {
  private ClusterOps() {}

  static Op decode(Decoder d, Instruction i) {
    return switch (i.opcode()) {
      case BARRIER_CLUSTER_ARRIVE -> new Arrive();
      case BARRIER_CLUSTER_WAIT -> new Wait();
      case GETCTARANK -> Lanes.scalar(d, i.destination(), List.of(i.source(0)), (a, b, c, e) -> 0);
      default -> new Map(d, i);
    };
  }

  /** mapa: the address of the same variable in a block of the cluster. */
  private static final class Map extends Op {
    private final Op move;
    private final int rank;

    Map(Decoder d, Instruction i) {
      move = Lanes.scalar(d, i.destination(), List.of(i.source(0)), (a, b, c, e) -> a);
      rank = d.intSource(i.source(1));
    }

    @Override
    void run(Warp w, int mask) {
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        int other = w.ints[rank][lane];
        if (other != 0) {
          String where = "the cluster has one block, and none of rank " + other;
          w.block.checker.outOfBounds(w, this, lane, other, 0, where);
        }
      }
      move.run(w, mask);
    }
  }

  private static final class Arrive extends Op {
    @Override
    void run(Warp w, int mask) {
      w.block.cluster.arrive(w, this, mask);
    }
  }

  /** Waits until all threads of the cluster that have not left arrived. */
  static final class Wait extends SyncOp {
    @Override
    boolean arrive(Warp w, Path path) {
      path.pc++;
      w.block.cluster.await(w, this, path);
      return true;
    }

    @Override
    boolean retry(Warp w, Path path) {
      return false;
    }

    @Override
    boolean giveUp(Warp w, Path path) {
      return false;
    }
  }
}
