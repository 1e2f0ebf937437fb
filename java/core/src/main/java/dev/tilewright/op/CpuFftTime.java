package dev.tilewright.op;

import dev.tilewright.CpuLevel;
import dev.tilewright.CpuSpec;
import dev.tilewright.schedule.Prediction;
import dev.tilewright.schedule.Prediction.Term;
import java.util.List;
import java.util.Locale;

/**
 * The time that an FFT convolution takes on a CPU with a tile: passes and products a vector of
 * complex points, what leaves the caches, and the hand-over of tasks. The costs were fitted to
 * measured times of all tiles of 36 problems, see bench/NOTES.md.
 */
final class CpuFftTime {

  /** Bytes of the innermost recursion step of a convolution, see fftconv_kernels.cpp. */
  private static final double RESIDENT_BYTES = 24 << 10;

  /** A node of more bytes has its parts on more pages than the translation caches hold. */
  private static final double FAR_BYTES = 2 << 20;

  /** Extra cost of a pass over such a node, in misses. */
  private static final double FAR = 3;

  /** The first pass holds the split into parts too: radix 8 then spills and keeps 8 streams. */
  private static final double FIRST_RADIX8_MISSES = 1.5;

  /** A complex multiply-add while outputs are formed one at a time, against many at a time. */
  private static final double TWO_SIDED = 1.5;

  /** The product of a row's only block, which is formed between the passes, in multiply-adds. */
  private static final double FUSED = 1.5;

  /** Keeping one spectrum for the next group, in multiply-adds. */
  private static final double KEEP = 3;

  /** Seconds until the pool's threads have a call, and to claim a task. */
  private static final double CALL = 2e-6;

  private static final double TASK = 5e-8;

  /** Seconds to start a row, and a block's transform. */
  private static final double ROW = 4.8e-7;

  private static final double BLOCK = 9e-9;

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
        case X86_64 -> new Costs(5.1, 0.70, 1.25, 0.91, 0.81);
        case AVX2 -> new Costs(3.9, 0.89, 1.48, 0.91, 1.0);
        // Not measured: from instruction counts at the ports and the clock of Sapphire Rapids.
        case AVX512 -> new Costs(3.9, 1.00, 1.40, 0.91, 1.4);
      };
    }
  }

  private final FftConv.Spec spec;
  private final CpuSpec cpu;
  private final CpuFftTile tile;
  private final Costs costs;
  private final double blocks;
  private final double filterBlocks;
  private final double vectors; // of a block
  private final double inFlight; // blocks
  private final int threads;
  private final double tasksPerHead;
  private final double rows; // of the thread that has most
  private final double filters;

  CpuFftTime(FftConv.Spec spec, CpuSpec cpu, CpuFftTile tile) {
    this.spec = spec;
    this.cpu = cpu;
    this.tile = tile;
    costs = Costs.of(cpu.level());
    blocks = Math.ceil((double) spec.length() / tile.points());
    filterBlocks = filterBlocks();
    vectors = (double) tile.points() / CpuFftTile.lanes(cpu.level());
    inFlight = Math.min(tile.group(), blocks);
    threads = CpuFftKernel.inline(spec, cpu.cores()) ? 1 : cpu.cores();
    tasksPerHead = Math.ceil((double) spec.batch() / tile.rows());
    double rounds = Math.ceil(spec.channels() * tasksPerHead / threads);
    rows = rounds * Math.min(tile.rows(), spec.batch());
    filters = tasksPerHead == 1 ? rounds : Math.ceil((double) spec.channels() / threads);
  }

  double seconds() {
    return transforms() + products() + caches() + tasks();
  }

  Prediction prediction() {
    List<Term> terms =
        List.of(
            new Term(
                "transforms",
                transforms(),
                text(
                    "%.0f a row of %d points, %.0f a filter",
                    2 * blocks, tile.points(), filterBlocks)),
            new Term("products", products(), text("%.3g multiply-adds a point", multiplyAdds())),
            new Term(
                "caches",
                caches(),
                text(
                    "spectra of %.0f KiB in flight, L1 %d KiB, L2 %d KiB",
                    8 * tile.points() * (inFlight + filterBlocks) / 1024,
                    cpu.l1Bytes() >> 10,
                    cpu.l2Bytes() >> 10)),
            new Term(
                "tasks",
                tasks(),
                text(
                    "%.0f on %d thread%s",
                    spec.channels() * tasksPerHead, threads, threads == 1 ? "" : "s")));
    Term most = terms.get(0);
    for (Term term : terms) {
      most = term.seconds() > most.seconds() ? term : most;
    }
    return Prediction.of(seconds(), terms, bound(most));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String bound(Term term) {
    return switch (term.name()) {
      case "transforms", "products" -> "vector units (" + term.name() + ")";
      case "caches" -> "caches";
      default -> "calls and hand-over of tasks";
    };
  }

  /** Transforms of one thread: of blocks, forward and back, and of its filters. */
  private double count() {
    return rows * 2 * blocks + filters * filterBlocks;
  }

  private double transforms() {
    double sum = costs.move;
    int first = 0;
    for (long radices = tile.radices(cpu.level()); radices > 0; radices >>= 4) {
      int log = (int) (radices & 15);
      sum += log == 1 ? costs.pass / 2 : log == 3 ? costs.pass8 : log / 2 * costs.pass;
      first = first == 0 ? log : first;
    }
    sum += spills(first) ? costs.pass / 2 : 0;
    return 1e-9 * count() * vectors * sum + BLOCK * count();
  }

  private boolean spills(int first) {
    return first == 3 && cpu.level() != CpuLevel.AVX512;
  }

  private double products() {
    return 1e-9 * rows * blocks * vectors * multiplyAdds() * costs.product;
  }

  /** Complex multiply-adds a point. */
  private double multiplyAdds() {
    if (inFlight < blocks) {
      return filterBlocks + KEEP * (filterBlocks - 1) / inFlight;
    }
    if (blocks == 1) {
      return FUSED;
    }
    return spec.mode() == FftConv.Mode.CAUSAL
        ? Math.min((blocks + 1) / 2, filterBlocks)
        : TWO_SIDED * Math.min(blocks, filterBlocks);
  }

  /** Passes whose nodes, those of all blocks in flight together, leave the first cache. */
  private double caches() {
    double misses = 0;
    double node = 8.0 * tile.points();
    for (long radices = tile.radices(cpu.level()); radices > 0; radices >>= 4) {
      int log = (int) (radices & 15);
      if (inFlight * node > RESIDENT_BYTES) {
        misses += misses == 0 && spills(log) ? 1 + FIRST_RADIX8_MISSES : 1;
      }
      misses += node > FAR_BYTES ? FAR : 0;
      node /= 1 << log;
    }
    return 1e-9 * count() * vectors * misses * costs.miss;
  }

  private double tasks() {
    double handOver = threads == 1 ? 0 : tasksPerHead == 1 ? CALL : 2 * CALL;
    return rows * ROW + rows / Math.min(tile.rows(), spec.batch()) * TASK + handOver;
  }

  /** Blocks of filter spectra, as the native plan counts them. */
  private double filterBlocks() {
    long points = tile.points();
    if (spec.mode() == FftConv.Mode.CIRCULAR && blocks * points == spec.length()) {
      return blocks;
    }
    double behind = (CpuFftKernel.behind(spec) - 1) / points + 1;
    double ahead = (CpuFftKernel.ahead(spec) + points - 1) / points;
    return Math.min(blocks - 1, behind) + Math.min(blocks - 1, ahead) + 1;
  }
}
