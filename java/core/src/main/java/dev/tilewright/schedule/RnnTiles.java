package dev.tilewright.schedule;

import dev.tilewright.DType;
import dev.tilewright.GpuSpec;
import dev.tilewright.MachineSpec;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.constrint.Order;
import dev.tilewright.constrint.Query;
import dev.tilewright.schedule.Prediction.Term;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fused recurrent kernel, forward or backward: one persistent grid that keeps the recurrent
 * matrix R on chip for all time steps. Rules of FlashRNN (arXiv 2412.07752) in {@code
 * cuda/rnn/*.tiles}; {@link RnnTime} is the time model.
 */
public final class RnnTiles implements Kernel<RnnProblem> {
  /** Elements of padding of a row in shared memory, against bank conflicts. */
  private static final long PAD = 8;

  /** The rules were written for at most this much shared memory. */
  private static final long MOST_SHARED = 227_000;

  /** Shared memory that the kernel uses for other things. */
  private static final long OTHER_SHARED = 1024;

  private final boolean backward;
  private final TileSpace space;

  /** The parameters in the order of {@link RnnTime.Shape}, without the depth. */
  private final List<String> names;

  /** Read once a process. */
  private static final class Forward {
    static final RnnTiles KERNEL = new RnnTiles(false);
  }

  private static final class Backward {
    static final RnnTiles KERNEL = new RnnTiles(true);
  }

  private RnnTiles(boolean backward) {
    this.backward = backward;
    this.space = TileSpace.resource(backward ? "rnn/rnn_bwd.tiles" : "rnn/rnn_fwd.tiles");
    this.names =
        List.of(
            "TILE_BATCH",
            "TILE_" + outputs(),
            "BLOCKS_HEAD",
            "BLOCKS_" + outputs(),
            "BLOCKS_" + sums(),
            "BLOCKS_BATCH",
            "LOOPS_BATCH",
            "LOOPS_" + outputs(),
            "WARPS_" + sums(),
            "WARPS_BATCH",
            "CACHED_" + sums());
  }

  /** The forward kernel, {@code rnn_fwd}. */
  public static RnnTiles forward() {
    return Forward.KERNEL;
  }

  /** The backward kernel, {@code rnn_bwd}. */
  public static RnnTiles backward() {
    return Backward.KERNEL;
  }

  @Override
  public String name() {
    return backward ? "rnn_bwd" : "rnn_fwd";
  }

  @Override
  public TileSpace space() {
    return space;
  }

  @Override
  public String problem(RnnProblem spec) {
    return spec.toString();
  }

  /** Name of the dimension that the grid's blocks and a warp's loops split: the outputs. */
  private String outputs() {
    return backward ? "HIDDEN" : "GATE";
  }

  /** Name of the dimension that is summed over. */
  private String sums() {
    return backward ? "GATE" : "HIDDEN";
  }

  @Override
  public List<String> parameters() {
    return names;
  }

  /**
   * {@inheritDoc} The order is FlashRNN's: all heads at once, as many blocks over the outputs as
   * possible, the sum split as little as possible, most of R in registers.
   */
  @Override
  public Query query() {
    return Query.all()
        .order("BLOCKS_HEAD", Order.LARGEST)
        .order("BLOCKS_" + outputs(), Order.LARGEST)
        .order("BLOCKS_" + sums(), Order.SMALLEST)
        .order("BLOCKS_BATCH", Order.LARGEST)
        .order("LOOPS_BATCH", Order.LARGEST)
        .order("LOOPS_" + outputs(), Order.SMALLEST)
        .order("WARPS_" + sums(), Order.LARGEST)
        .order("WARPS_BATCH", Order.LARGEST)
        .order("CACHED_" + sums(), Order.LARGEST);
  }

  @Override
  public Map<String, Long> constants(RnnProblem spec, MachineSpec machine) {
    GpuSpec gpu = gpu(spec, machine);
    long bytes = spec.bytes();
    Map<String, Long> constants = new LinkedHashMap<>();
    constants.put("NUM_SM", (long) gpu.sms());
    constants.put("MAX_THREADS", gpu.maxThreadsPerBlock() / 4L);
    constants.put("REGISTERS", gpu.regsPerSm() * 4L / bytes);
    constants.put("SHARED_BYTES", Math.min(gpu.sharedPerBlockOptin() - OTHER_SHARED, MOST_SHARED));
    constants.put("HEAD_DIM", (long) spec.headDim());
    constants.put("NUM_HEADS", (long) spec.heads());
    constants.put("BATCH", (long) spec.paddedBatch());
    constants.put("GATES", (long) spec.cell().gates());
    constants.put("DTYPE_BYTES", bytes);
    constants.put("ACC_BYTES", 4L);
    constants.put("PAD", PAD);
    if (spec.dtype() == DType.F32) {
      constants.put("TILE_" + sums(), 8L); // tf32 has one shape: 16 × 16 × 8
      constants.put("TILE_BATCH", 16L);
      constants.put("TILE_" + outputs(), 16L);
    } else {
      constants.put("TILE_" + sums(), 16L);
    }
    return constants;
  }

  private GpuSpec gpu(RnnProblem spec, MachineSpec machine) {
    if (!(machine instanceof GpuSpec gpu)) {
      throw new UnsupportedDeviceException(
          name() + " is a GPU kernel; " + machine.name() + " is none: name a GPU");
    }
    boolean turing = gpu.computeCapability() >= 75 && spec.dtype() == DType.F16;
    if (gpu.computeCapability() < 80 && !turing) {
      throw new UnsupportedDeviceException(
          name()
              + " in "
              + spec.dtype().label()
              + " needs matrix units of compute capability 8.0; "
              + gpu.name()
              + " has "
              + gpu.computeCapability() / 10.0
              + (gpu.computeCapability() >= 75 ? ": use f16" : ": use another GPU"));
    }
    return gpu;
  }

  @Override
  public double seconds(RnnProblem spec, MachineSpec machine, Tile tile) {
    return new RnnTime(spec, gpu(spec, machine), shape(spec, tile)).seconds();
  }

  @Override
  public Prediction predict(RnnProblem spec, MachineSpec machine, Tile tile) {
    GpuSpec gpu = gpu(spec, machine);
    RnnTime time = new RnnTime(spec, gpu, shape(spec, tile));
    double seconds = time.seconds();
    List<Term> terms = time.terms();
    return new Prediction(seconds, terms, time.bound(), Optional.of(time.occupancy()));
  }

  private RnnTime.Shape shape(RnnProblem spec, Tile tile) {
    int depth = spec.dtype() == DType.F32 ? 8 : 16;
    long gateRows = (long) spec.cell().gates() * spec.headDim();
    return new RnnTime.Shape(
        backward ? spec.headDim() : gateRows,
        backward ? gateRows : spec.headDim(),
        tile.getInt(names.get(0)),
        tile.getInt(names.get(1)),
        depth,
        tile.getInt(names.get(2)),
        tile.getInt(names.get(3)),
        tile.getInt(names.get(4)),
        tile.getInt(names.get(5)),
        tile.getInt(names.get(6)),
        tile.getInt(names.get(7)),
        tile.getInt(names.get(8)),
        tile.getInt(names.get(9)),
        tile.getInt(names.get(10)));
  }
}
