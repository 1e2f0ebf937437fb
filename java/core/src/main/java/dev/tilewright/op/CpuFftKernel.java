package dev.tilewright.op;

import dev.tilewright.CpuLevel;
import dev.tilewright.CpuSpec;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.MachineSpec;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.schedule.Kernel;
import dev.tilewright.schedule.Prediction;
import dev.tilewright.schedule.Prediction.Term;
import dev.tilewright.schedule.Tile;
import dev.tilewright.schedule.TileSpace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The CPU's FFT convolution as the scheduler sees it. Its time model counts what the kernels do a
 * vector of complex points: passes, products, and what leaves the first cache. The costs were
 * fitted to measured times, see bench/NOTES.md.
 */
final class CpuFftKernel implements Kernel<FftConv.Spec> {
  static final CpuFftKernel INSTANCE = new CpuFftKernel();

  /** Bytes of the innermost recursion step of a convolution, see fftconv_kernels.cpp. */
  private static final double RESIDENT_BYTES = 24 << 10;

  /** A complex multiply-add while outputs are formed one at a time, against many at a time. */
  private static final double TWO_SIDED = 1.5;

  /** Seconds until the pool's threads have a call, and to claim a task. */
  private static final double CALL = 2e-6;

  private static final double TASK = 5e-8;

  /** Seconds of a call of the native function. */
  private static final double ROW = 4e-7;

  /** Below so many samples the pool's hand-over costs more than it saves. */
  private static final long INLINE_SAMPLES = 2048;

  /** The file, read when the first plan is made and not when the class is. */
  private static final class Space {
    static final TileSpace TILES = TileSpace.resource("cpu/fftconv.tiles");
  }

  /**
   * Nanoseconds a vector of complex points.
   *
   * @param move first and last levels: to and from natural order, and inside the parts
   * @param pass one pass of radix 4
   * @param pass8 one pass of radix 8
   * @param product one complex multiply-add
   * @param miss one pass beyond the first cache, over one inside it
   */
  private record Costs(double move, double pass, double pass8, double product, double miss) {
    static Costs of(CpuLevel level) {
      return switch (level) {
        case X86_64 -> new Costs(5.0, 0.80, 1.50, 0.93, 0.85);
        case AVX2 -> new Costs(3.6, 1.07, 1.77, 0.97, 0.85);
        // Not measured: from instruction counts at the ports and the clock of Sapphire Rapids.
        case AVX512 -> new Costs(3.6, 1.20, 1.70, 0.95, 1.20);
      };
    }
  }

  private CpuFftKernel() {}

  @Override
  public String name() {
    return "fftconv_cpu";
  }

  @Override
  public TileSpace space() {
    return Space.TILES;
  }

  @Override
  public List<String> parameters() {
    return List.of("points", "group", "radix", "rows");
  }

  @Override
  public Map<String, Long> constants(FftConv.Spec spec, MachineSpec machine) {
    CpuSpec cpu = cpu(machine);
    if (spec.sparse() != null) {
      throw new InvalidSpecException(
          "sparse", spec.sparse(), "none: its tiles are of another kind");
    }
    Map<String, Long> constants = new LinkedHashMap<>();
    constants.put("BATCH", spec.batch());
    constants.put("CHANNELS", spec.channels());
    constants.put("LENGTH", spec.length());
    constants.put("BEHIND", behind(spec));
    constants.put("AHEAD", ahead(spec));
    constants.put("STREAMS", spec.mode() == FftConv.Mode.CIRCULAR ? 0L : 1L);
    constants.put("LANES", (long) CpuFftTile.lanes(cpu.level()));
    constants.put("L2_BYTES", cpu.l2Bytes());
    constants.put("THREADS", (long) cpu.cores());
    return constants;
  }

  private static long behind(FftConv.Spec spec) {
    long taps = spec.filterLength();
    return switch (spec.mode()) {
      case CAUSAL -> Math.min(taps, spec.length());
      case CIRCULAR -> spec.length();
      case BIDIRECTIONAL -> Math.min((taps + 1) / 2, spec.length());
    };
  }

  private static long ahead(FftConv.Spec spec) {
    return switch (spec.mode()) {
      case CAUSAL -> 0;
      case CIRCULAR -> spec.length() - 1;
      case BIDIRECTIONAL -> Math.min(spec.filterLength() / 2, spec.length() - 1);
    };
  }

  @Override
  public String problem(FftConv.Spec spec) {
    return String.format(
        Locale.ROOT,
        "B=%d,H=%d,L=%d,Lk=%d,mode=%s,dtype=%s",
        spec.batch(),
        spec.channels(),
        spec.length(),
        spec.filterLength(),
        spec.mode().name().toLowerCase(Locale.ROOT),
        spec.dtype().label());
  }

  /** Whether a problem is so small that the calling thread computes it alone. */
  static boolean inline(FftConv.Spec spec, int threads) {
    return threads == 1 || spec.batch() * spec.channels() * spec.length() <= INLINE_SAMPLES;
  }

  static CpuFftTile tile(Tile tile) {
    return new CpuFftTile(
        tile.get("points"), tile.get("group"), tile.getInt("radix"), tile.get("rows"));
  }

  @Override
  public Prediction predict(FftConv.Spec spec, MachineSpec machine, Tile values) {
    CpuSpec cpu = cpu(machine);
    CpuFftTile tile = tile(values);
    Costs costs = Costs.of(cpu.level());
    double points = tile.points();
    double blocks = Math.ceil(spec.length() / points);
    double filterBlocks = filterBlocks(spec, tile.points(), blocks);
    boolean streaming = tile.group() < blocks;
    double vectors = points / CpuFftTile.lanes(cpu.level());

    double transform = vectors * (costs.move + passes(cpu.level(), tile, costs));
    double row = 2 * blocks * transform;
    double filter = filterBlocks * transform;

    double products = blocks * vectors * products(spec, blocks, filterBlocks, tile) * costs.product;

    double inFlight = streaming ? tile.group() : blocks;
    double beyond = passesBeyondL1(cpu.level(), tile, inFlight) * vectors * costs.miss;

    // One task after the other on each thread; then the filters on their own, when tasks share one.
    int threads = inline(spec, cpu.cores()) ? 1 : cpu.cores();
    double tasksPerHead = Math.ceil((double) spec.batch() / tile.rows());
    double rounds = Math.ceil(spec.channels() * tasksPerHead / threads);
    double rows = rounds * Math.min(tile.rows(), spec.batch());
    double heads = tasksPerHead == 1 ? rounds : Math.ceil((double) spec.channels() / threads);

    double transforms = 1e-9 * (rows * row + heads * filter);
    double multiply = 1e-9 * rows * products;
    double caches = 1e-9 * beyond * (rows * 2 * blocks + heads * filterBlocks);
    double tasks =
        rows * ROW + rounds * TASK + (threads == 1 ? 0 : tasksPerHead == 1 ? CALL : 2 * CALL);
    double spectra = 8 * points * (inFlight + filterBlocks);
    List<Term> terms =
        List.of(
            new Term(
                "transforms",
                transforms,
                String.format(
                    Locale.ROOT,
                    "%.0f of %.0f points a row, %.0f a filter",
                    2 * blocks,
                    points,
                    filterBlocks)),
            new Term(
                "products",
                multiply,
                String.format(
                    Locale.ROOT,
                    "%.3g multiply-adds a point",
                    multiply == 0
                        ? 0
                        : multiply / (1e-9 * rows * blocks * vectors * costs.product))),
            new Term(
                "caches",
                caches,
                String.format(
                    Locale.ROOT,
                    "spectra of %.0f KiB in flight, L1 %d KiB, L2 %d KiB",
                    spectra / 1024,
                    cpu.l1Bytes() >> 10,
                    cpu.l2Bytes() >> 10)),
            new Term(
                "tasks",
                tasks,
                String.format(
                    Locale.ROOT,
                    "%.0f on %d thread%s",
                    spec.channels() * tasksPerHead,
                    threads,
                    threads == 1 ? "" : "s")));
    Term most = terms.get(0);
    for (Term term : terms) {
      most = term.seconds() > most.seconds() ? term : most;
    }
    return Prediction.of(transforms + multiply + caches + tasks, terms, bound(most));
  }

  private static String bound(Term term) {
    return switch (term.name()) {
      case "transforms", "products" -> "vector units (" + term.name() + ")";
      case "caches" -> "caches";
      default -> "calls and hand-over of tasks";
    };
  }

  /** Nanoseconds of a vector in all passes. */
  private static double passes(CpuLevel level, CpuFftTile tile, Costs costs) {
    double sum = 0;
    int first = 0;
    for (long radices = tile.radices(level); radices > 0; radices >>= 4) {
      int log = (int) (radices & 15);
      sum += log == 1 ? costs.pass / 2 : log == 3 ? costs.pass8 : log / 2 * costs.pass;
      first = first == 0 ? log : first;
    }
    // The first pass holds the split into parts too: radix 8 does not fit 16 registers.
    return first == 3 && level != CpuLevel.AVX512 ? sum + costs.pass : sum;
  }

  /** Blocks of filter spectra, as the native plan counts them. */
  private static double filterBlocks(FftConv.Spec spec, long points, double blocks) {
    if (spec.mode() == FftConv.Mode.CIRCULAR && blocks * points == spec.length()) {
      return blocks;
    }
    double behind = (behind(spec) - 1) / points + 1;
    double ahead = (ahead(spec) + points - 1) / points;
    return Math.min(blocks - 1, behind) + Math.min(blocks - 1, ahead) + 1;
  }

  /** Complex multiply-adds a vector; what keeping spectra for the next group costs counts too. */
  private static double products(
      FftConv.Spec spec, double blocks, double filterBlocks, CpuFftTile tile) {
    if (tile.group() < blocks) {
      return filterBlocks + 2.0 * (filterBlocks - 1) / tile.group();
    }
    if (blocks == 1) {
      return 0; // formed between the passes, in registers
    }
    return spec.mode() == FftConv.Mode.CAUSAL
        ? Math.min((blocks + 1) / 2, filterBlocks)
        : TWO_SIDED * Math.min(blocks, filterBlocks);
  }

  /** Passes whose nodes, those of all blocks in flight together, leave the first cache. */
  private static int passesBeyondL1(CpuLevel level, CpuFftTile tile, double inFlight) {
    int beyond = 0;
    double node = tile.points();
    for (long radices = tile.radices(level); radices > 0; radices >>= 4) {
      beyond += 8 * inFlight * node > RESIDENT_BYTES ? 1 : 0;
      node /= 1 << (radices & 15);
    }
    return beyond;
  }

  private static CpuSpec cpu(MachineSpec machine) {
    if (machine instanceof CpuSpec cpu) {
      return cpu;
    }
    throw new UnsupportedDeviceException(
        "fftconv_cpu has no tiles for " + machine.model() + "; it runs on a CPU");
  }
}
