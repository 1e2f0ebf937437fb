package dev.tilewright.schedule;

import dev.tilewright.DType;
import dev.tilewright.GpuSpec;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Occupancy;
import dev.tilewright.schedule.Prediction.Term;
import java.util.List;

/**
 * Time model of the fused recurrent kernel. A time step is a chain that nothing shortens: exchange
 * the state between blocks, read it, multiply, add the warps' partial sums, run the cell. Per step
 * and SM:
 *
 * <ul>
 *   <li>the part of R that the registers do not hold comes out of shared memory once for each group
 *       of warps along the batch;
 *   <li>each block reads its part of the state from the second-level cache: blocks × batch × K;
 *   <li>the matrix units do outputs × K × padded batch multiply-adds;
 *   <li>the warps that split the sum leave f32 partial sums in shared memory and add them;
 *   <li>blocks that split the sum do the same through the second-level cache, at the price of a
 *       second exchange;
 *   <li>what exceeds a thread's 255 registers is spilled and read back at each step.
 * </ul>
 *
 * What does not fit at once, heads or parts of the batch, runs in turn.
 */
final class RnnTime {
  /** Registers of addresses, indices and the cell's own state, by compiled prototypes. */
  private static final int OTHER_REGISTERS = 40;

  /** Instructions of the cell for one unit: five transcendental functions and their arithmetic. */
  private static final int CELL_INSTRUCTIONS = 60;

  /** Units and counts of a tile; outputs × sums is R of one head. */
  record Shape(
      long outputs,
      long sums,
      int tileBatch,
      int tileOutputs,
      int tileSums,
      int blocksHead,
      int blocksOutputs,
      int blocksSums,
      int blocksBatch,
      int loopsBatch,
      int loopsOutputs,
      int warpsSums,
      int warpsBatch,
      int cachedSums) {

    /** Warps of a block. */
    int warps() {
      long work = warpsSums * (long) warpsBatch * outputs;
      return (int) Math.max(1, work / ((long) blocksOutputs * loopsOutputs * tileOutputs));
    }

    /** Blocks of the grid. */
    int blocks() {
      return blocksOutputs * blocksSums * blocksBatch * blocksHead;
    }

    /** Sequences that one block works on at a time. */
    int batch() {
      return warpsBatch * loopsBatch * tileBatch;
    }
  }

  private final RnnProblem spec;
  private final GpuTime time;
  private final Shape shape;
  private final int warps;
  private final int registers;
  private final double passes;

  RnnTime(RnnProblem spec, GpuSpec gpu, Shape shape) {
    this.spec = spec;
    this.time = GpuTime.of(gpu);
    this.shape = shape;
    this.warps = shape.warps();
    this.registers = registers();
    this.passes =
        (double) spec.heads()
            / shape.blocksHead()
            * spec.paddedBatch()
            / ((double) shape.blocksBatch() * shape.batch());
  }

  /** Elements of R that one block works on. */
  private double blockElements() {
    return (double) shape.outputs() / shape.blocksOutputs() * shape.sums() / shape.blocksSums();
  }

  /** Elements of R that the registers of one block hold, once for each group along the batch. */
  private double cachedElements() {
    // FlashRNN's rule counts these without the loop over outputs, its kernel has one copy a loop.
    double cached =
        (double) shape.tileSums()
            * shape.tileOutputs()
            * shape.cachedSums()
            * shape.loopsOutputs()
            * warps
            / shape.warpsBatch();
    return Math.min(cached, blockElements());
  }

  /** Registers of a thread, as if there were no limit. */
  private int registers() {
    int bytes = spec.bytes();
    double ofR = cachedElements() * shape.warpsBatch() / warps * bytes / 4 / GpuSpec.WARP;
    double sums = (double) shape.tileBatch() * shape.tileOutputs() * shape.loopsBatch();
    double fragment = (double) shape.tileBatch() * shape.tileSums() * bytes / 4;
    return (int) Math.ceil(ofR + (sums + fragment) / GpuSpec.WARP) + OTHER_REGISTERS;
  }

  private int spilled() {
    return Math.max(0, registers - GpuSpec.MAX_REGS_PER_THREAD);
  }

  private Term exchange() {
    int chain = shape.blocksOutputs() * shape.blocksSums();
    if (chain == 1) {
      return time.latency(2 * GpuTime.BARRIER, "clocks of the block's barriers");
    }
    return time.exchange(shape.blocksSums() == 1 ? 1 : 2);
  }

  private Term state() {
    double state = (double) shape.sums() / shape.blocksSums() * shape.batch() * spec.bytes();
    double partial = 0;
    if (shape.blocksSums() > 1) {
      partial = 2.0 * shape.outputs() / shape.blocksOutputs() * shape.batch() * 4;
    }
    return time.l2((state + partial) * shape.blocks());
  }

  private Term matrixOfR() {
    double uncached = (blockElements() - cachedElements()) * spec.bytes() * shape.warpsBatch();
    // Each warp reads the state of its part of the sum, once for each loop over the outputs.
    double state =
        (double) warps
            / shape.warpsSums()
            / shape.warpsBatch()
            * shape.loopsOutputs()
            * shape.batch()
            * shape.sums()
            / shape.blocksSums()
            * spec.bytes();
    return time.shared(uncached + state);
  }

  private Term multiply() {
    double rate = spec.dtype() == DType.F32 ? 0.5 : 1;
    return time.matrix(blockElements() * shape.batch(), warps, rate);
  }

  private Term spills() {
    Term read = time.l2(4.0 * spilled() * GpuSpec.WARP * warps * shape.blocks());
    return new Term("spills", read.seconds(), read.amount(), read.of());
  }

  private Term chain() {
    double links =
        (double) shape.sums() / shape.blocksSums() / shape.warpsSums() / shape.tileSums();
    double independent = (double) shape.loopsBatch() * shape.loopsOutputs();
    double clocks = GpuTime.L2_LATENCY + links * GpuTime.MATRIX_LATENCY / Math.min(independent, 4);
    return time.latency(clocks, "clocks: the state's round trip, then dependent matrix products");
  }

  private Term sum() {
    double bytes = 4.0 * shape.outputs() / shape.blocksOutputs() * shape.batch();
    Term term = time.shared(2 * bytes * shape.warpsSums());
    return new Term("sum", term.seconds(), term.amount(), term.of());
  }

  private Term cell() {
    double cells =
        (double) spec.headDim()
            * shape.batch()
            / shape.blocksOutputs()
            / shape.blocksSums()
            / GpuSpec.WARP;
    // One warp runs its cells one after the other, at a handful of clocks an instruction.
    double perWarp = Math.ceil(cells / warps) * CELL_INSTRUCTIONS * 4;
    return new Term("cell", time.seconds(perWarp), perWarp, "clocks of the busiest warp");
  }

  /** Bytes that stream past: the input's share of the gates, and the states that are kept. */
  private Term dram() {
    double cells = (double) spec.heads() * spec.headDim() * spec.batch() * spec.steps();
    return time.dram(cells * (spec.cell().gates() + 1) * spec.bytes());
  }

  private double steps() {
    return spec.steps() * passes;
  }

  /** Predicted time of all steps. */
  double seconds() {
    double busy =
        exchange().seconds()
            + chain().seconds()
            + time.overlapped(List.of(state(), matrixOfR(), multiply(), spills()))
            + sum().seconds()
            + cell().seconds();
    double all = busy * steps();
    double dram = dram().seconds();
    return time.launch().seconds()
        + Math.max(all, dram)
        + time.fit().overlapLoss() * Math.min(all, dram);
  }

  /** The terms over all steps; their notes speak of one step. */
  List<Term> terms() {
    double steps = steps();
    return List.of(
        time.launch(),
        exchange().times(steps),
        chain().times(steps),
        state().times(steps),
        matrixOfR().times(steps),
        multiply().times(steps),
        spills().times(steps),
        sum().times(steps),
        cell().times(steps),
        dram());
  }

  /** Bytes of shared memory of a block: R without what is in registers, and the partial sums. */
  long sharedBytes() {
    double pad = 8;
    double ofR =
        (blockElements() - cachedElements()) * spec.bytes()
            + shape.outputs() * pad * spec.bytes() / shape.blocksOutputs() / shape.blocksSums();
    double sums =
        4.0 * shape.warpsSums() * shape.batch() * (shape.outputs() / shape.blocksOutputs() + pad);
    return (long) Math.ceil(Math.max(0, ofR) + sums);
  }

  /** Blocks of one SM; each SM gets at most one, since all exchange at every step. */
  Occupancy occupancy() {
    int threads = GpuSpec.WARP * warps;
    int regs = Math.min(registers, GpuSpec.MAX_REGS_PER_THREAD);
    try {
      return Occupancy.of(time.gpu(), threads, regs, 0, sharedBytes());
    } catch (InvalidSpecException e) {
      // The rules bound shared memory on average over the heads' blocks, this counts one block.
      return Occupancy.of(time.gpu(), threads, regs, 0, time.gpu().sharedPerBlockOptin());
    }
  }

  /** What binds the time, in words. */
  String bound() {
    StringBuilder text = new StringBuilder(GpuTime.longest(terms()));
    text.append("; ").append(shape.blocks()).append(" blocks on ").append(time.gpu().sms());
    text.append(" SMs, ").append(registers).append(" of ").append(GpuSpec.MAX_REGS_PER_THREAD);
    text.append(" registers a thread");
    if (spilled() > 0) {
      text.append(": ").append(spilled()).append(" are spilled");
    }
    if (passes > 1) {
      text.append("; ").append((long) Math.ceil(passes)).append(" passes in turn");
    }
    if (spec.paddedBatch() > spec.batch()) {
      int waste = 100 * (spec.paddedBatch() - spec.batch()) / spec.paddedBatch();
      text.append("; ").append(waste).append("% of the batch is padding");
    }
    return text.toString();
  }
}
