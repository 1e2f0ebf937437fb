package dev.tilewright.schedule;

import dev.tilewright.GpuSpec;
import dev.tilewright.Occupancy;
import dev.tilewright.schedule.Prediction.Term;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The terms that time models of GPU kernels are made of. A kernel states what it moves and
 * computes; this class says how long each resource of the machine is busy with it and how the times
 * add up. More work of any kind never takes less time. Immutable.
 *
 * <p>The form follows Hong and Kim (ISCA 2009) and the closed forms of recent tile pickers: the
 * busiest resource plus a share of the second busiest, whole waves of blocks and a cheaper last
 * one. Absolute times are off by 10 to 30 %; what matters is the order of tiles.
 */
public final class GpuTime {
  /** Warp instructions that the four schedulers of an SM issue in a clock. */
  private static final int ISSUE = 4;

  /** Bytes that the shared memory of an SM moves in a clock: 32 banks of 4 bytes. */
  public static final int SHARED_BYTES_PER_CLOCK = 128;

  /** Clocks of a round trip to the second-level cache (arXiv 2402.13499: 260 to 280). */
  public static final int L2_LATENCY = 270;

  /** Clocks of a load that misses all caches (arXiv 2402.13499: 480 to 740 by board). */
  public static final int DRAM_LATENCY = 600;

  /** Clocks from one {@code mma.sync} to the next that needs its result (arXiv 2402.13499). */
  public static final int MATRIX_LATENCY = 33;

  /** Clocks of a barrier of one block. */
  public static final int BARRIER = 30;

  private final GpuSpec gpu;
  private final GpuFit fit;

  private final String dramNote;
  private final String l2Note;
  private final String f32Note;
  private final String exchangeNote;

  /** Times on a machine, with coefficients of one's own. */
  public GpuTime(GpuSpec gpu, GpuFit fit) {
    this.gpu = gpu;
    this.fit = fit;
    dramNote =
        "B at "
            + Math.round(100 * fit.dramShare())
            + "% of "
            + Math.round(gpu.dramGBps())
            + " GB/s";
    l2Note = "B at " + Math.round(gpu.l2BytesPerClock()) + " B a clock";
    f32Note = "multiply-adds an SM at " + gpu.f32Lanes() + " a clock";
    exchangeNote = "of " + Math.round(fit.exchangeSeconds() * 1e7) / 10.0 + " us";
  }

  /** Times on a machine, with the coefficients of its architecture. */
  public static GpuTime of(GpuSpec gpu) {
    GpuTime known = last;
    if (known == null || known.gpu != gpu && !known.gpu.equals(gpu)) {
      known = new GpuTime(gpu, GpuFit.of(gpu));
      last = known;
    }
    return known;
  }

  /** The one that {@link #of} made last: a model asks for it once a tile, of one machine. */
  private static volatile GpuTime last;

  /** The machine. */
  public GpuSpec gpu() {
    return gpu;
  }

  /** The coefficients. */
  public GpuFit fit() {
    return fit;
  }

  /** Seconds of some clocks. */
  public double seconds(double clocks) {
    return clocks / (gpu.clockMHz() * 1e6);
  }

  /** Launching one kernel. */
  public Term launch() {
    return new Term("launch", fit.launchSeconds(), "one kernel");
  }

  /** Moving bytes between device memory and the chip. */
  public Term dram(double bytes) {
    return new Term("dram", bytes / (fit.dramShare() * gpu.dramGBps() * 1e9), bytes, dramNote);
  }

  /** Reading bytes from the second-level cache, all SMs together. */
  public Term l2(double bytes) {
    return new Term("l2", seconds(bytes / gpu.l2BytesPerClock()), bytes, l2Note);
  }

  /** Moving bytes through the shared memory of the busiest SM, free of bank conflicts. */
  public Term shared(double bytesOfSm) {
    return new Term(
        "shared",
        seconds(bytesOfSm / SHARED_BYTES_PER_CLOCK),
        bytesOfSm,
        "B an SM at " + SHARED_BYTES_PER_CLOCK + " B a clock");
  }

  /**
   * Matrix instructions of the busiest SM.
   *
   * @param fmaOfSm multiply-adds, those of padding included
   * @param warpsOfSm warps that issue them; fewer than four leave matrix units idle
   * @param rate share of the f16 rate that the element type has: 1 for f16 and bf16, ½ for tf32
   */
  public Term matrix(double fmaOfSm, int warpsOfSm, double rate) {
    double used = Math.min(1, warpsOfSm / 4.0);
    double perClock = gpu.f16FmaPerClock() * fit.matrixShare() * rate * used;
    return new Term(
        "matrix",
        seconds(fmaOfSm / perClock),
        fmaOfSm,
        used < 1
            ? "multiply-adds an SM with too few warps for its matrix units"
            : "multiply-adds an SM");
  }

  /** Multiply-adds in f32 of the busiest SM. */
  public Term f32(double fmaOfSm) {
    return new Term("f32", seconds(fmaOfSm / gpu.f32Lanes()), fmaOfSm, f32Note);
  }

  /** Issuing warp instructions of all kinds on the busiest SM. */
  public Term issue(double warpInstructionsOfSm) {
    return new Term(
        "issue",
        seconds(warpInstructionsOfSm / ISSUE),
        warpInstructionsOfSm,
        "warp instructions an SM at " + ISSUE + " a clock");
  }

  /**
   * Waiting that nothing hides.
   *
   * @param why what follows the number of clocks: {@code clocks of a barrier}
   */
  public Term latency(double clocks, String why) {
    return new Term("latency", seconds(clocks), clocks, why);
  }

  /** Exchanges between all blocks of a cooperative grid. */
  public Term exchange(double count) {
    return new Term("exchange", count * fit.exchangeSeconds(), count, exchangeNote);
  }

  /** Time of resources that work at the same time: the busiest and a share of the second. */
  public double overlapped(List<Term> terms) {
    double first = 0;
    double second = 0;
    for (Term term : terms) {
      if (term.seconds() > first) {
        second = first;
        first = term.seconds();
      } else if (term.seconds() > second) {
        second = term.seconds();
      }
    }
    return first + fit.overlapLoss() * second;
  }

  /**
   * What one block of an ordinary kernel does.
   *
   * @param warps warps of the block
   * @param warpInstructions instructions of all its warps
   * @param matrixFma multiply-adds of f16 matrix instructions
   * @param f32Fma multiply-adds in f32
   * @param sharedBytes bytes through shared memory, bank conflicts included
   * @param l2Bytes bytes from the second-level cache
   * @param dramBytes bytes that this block alone brings from or to device memory
   * @param latencyClocks clocks that one warp waits for its own results, from start to end
   */
  public record BlockWork(
      int warps,
      double warpInstructions,
      double matrixFma,
      double f32Fma,
      double sharedBytes,
      double l2Bytes,
      double dramBytes,
      double latencyClocks) {}

  /**
   * Time of an ordinary kernel of equal blocks. Whole waves fill every SM with as many blocks as
   * fit; the last wave is shared out evenly, so an SM holds fewer.
   *
   * @param blocks blocks of the grid, at least 1
   * @param occupancy how many fit an SM; impossible when none does
   */
  public Prediction kernel(long blocks, BlockWork work, Occupancy occupancy) {
    int resident = occupancy.blocksPerSm();
    if (resident < 1) {
      return Prediction.impossible("a block does not fit: " + occupancy.limitedBy());
    }
    long perWave = (long) gpu.sms() * resident;
    long full = blocks / perWave;
    long rest = blocks % perWave;
    long tail = (rest + gpu.sms() - 1) / gpu.sms();
    double busy =
        full * overlapped(wave(work, resident)) + (rest == 0 ? 0 : overlapped(wave(work, tail)));
    List<Term> terms = new ArrayList<>();
    terms.add(launch());
    List<Term> whole = wave(work, resident);
    List<Term> last = rest == 0 ? List.of() : wave(work, tail);
    for (int i = 0; i < whole.size(); i++) {
      double seconds = full * whole.get(i).seconds() + (rest == 0 ? 0 : last.get(i).seconds());
      Term one = (full > 0 ? whole : last).get(i);
      terms.add(new Term(one.name(), seconds, one.amount(), one.of()));
    }
    Term dram = dram(work.dramBytes() * blocks);
    terms.add(dram);
    double more = Math.max(busy, dram.seconds());
    double less = Math.min(busy, dram.seconds());
    long waves = full + (rest == 0 ? 0 : 1);
    return new Prediction(
        fit.launchSeconds() + more + fit.overlapLoss() * less,
        terms,
        longest(terms)
            + "; waves of blocks: "
            + waves
            + ", blocks an SM: "
            + resident
            + ", limited by "
            + occupancy.limitedBy(),
        Optional.of(occupancy));
  }

  private List<Term> wave(BlockWork work, long resident) {
    return List.of(
        issue(resident * work.warpInstructions()),
        matrix(resident * work.matrixFma(), (int) Math.min(1024, resident * work.warps()), 1),
        f32(resident * work.f32Fma()),
        shared(resident * work.sharedBytes()),
        l2(resident * work.l2Bytes() * gpu.sms()),
        latency(work.latencyClocks(), "clocks of one warp from start to end"));
  }

  /** Name of the longest term. */
  static String longest(List<Term> terms) {
    return terms.stream()
        .max(Comparator.comparingDouble(Term::seconds))
        .map(Term::name)
        .orElse("nothing");
  }
}
