package dev.tilewright.op;

import dev.tilewright.GpuSpec;
import dev.tilewright.Occupancy;
import dev.tilewright.schedule.GpuTime;
import dev.tilewright.schedule.GpuTime.BlockWork;
import dev.tilewright.schedule.Prediction;
import dev.tilewright.schedule.Prediction.Term;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Time model of the GPU's convolution, the filter's spectrum at hand: one launch of blocks that
 * convolve rows, with two outer passes around it for long rows. Counts are those of the kernels in
 * {@code cuda/fftconv}: products of 16 × 8 × 16 on tensor cores, 20 bytes a point through shared
 * memory, instructions by their compiled loops.
 */
final class GpuFftTime {
  private static final int REGISTERS = 128;
  private static final int REGISTERS_F32 = 168;

  /** Multiply-adds of one matrix instruction. */
  private static final double MMA = 16 * 8 * 16;

  /** Clocks of a warp's chain through one plane: eight dependent products and what is between. */
  private static final int PLANE_CLOCKS = 600;

  private final FftConv.Spec spec;
  private final GpuTime time;
  private final GpuFftShape shape;

  GpuFftTime(FftConv.Spec spec, GpuSpec gpu, GpuFftShape shape) {
    this.spec = spec;
    this.time = GpuTime.of(gpu);
    this.shape = shape;
  }

  Prediction prediction() {
    Prediction rows = rows();
    if (shape.outer() == 1 || !rows.possible()) {
      return rows;
    }
    Prediction split = outerPass(shape.bytes(), gates(spec.pregate()));
    Prediction join = outerPass(shape.bytes() * (spec.skip() ? 2 : 1), gates(spec.postgate()));
    Map<String, Term> terms = new LinkedHashMap<>();
    double seconds = 0;
    for (Prediction pass : List.of(split, rows, join)) {
      seconds += pass.seconds();
      for (Term term : pass.terms()) {
        terms.merge(term.name(), term, GpuFftTime::sum);
      }
    }
    String longest =
        terms.values().stream().max(Comparator.comparingDouble(Term::seconds)).get().name();
    String bound =
        String.format(
            Locale.ROOT,
            "%s; three launches, the outer two take %.0f %%",
            longest,
            100 * (1 - rows.seconds() / seconds));
    return new Prediction(seconds, new ArrayList<>(terms.values()), bound, rows.occupancy());
  }

  private static Term sum(Term a, Term b) {
    return new Term(a.name(), a.seconds() + b.seconds(), a.amount() + b.amount(), a.of());
  }

  private double gates(boolean gate) {
    return gate ? shape.bytes() : 0;
  }

  /** The launch that convolves the rows of blocks. */
  private Prediction rows() {
    boolean complex = shape.outer() > 1;
    double passes = Math.ceil((double) spec.batch() / shape.parts() / shape.passRows());
    int planes = shape.planes();
    double tiles = Math.max(1, planes / 16);
    double points = planes * 256.0;
    int warps = shape.threads() / GpuSpec.WARP;
    boolean reloads = planes > warps;
    int parts = shape.sampleParts();
    double factors = parts == 2 ? 3 : 1; // products of parts for one product
    double outerProducts = 16 * tiles * tiles * (complex ? 16 : 8);
    double planeBytes = 2048 * parts + 2048; // its matrices and its spectrum
    double outerBytes = 1024 * tiles * tiles * parts;
    double samples =
        complex ? 4 * shape.bytes() * points : spec.length() * shape.passRows() * rowBytes();
    Occupancy occupancy =
        Occupancy.of(
            time.gpu(),
            shape.threads(),
            shape.bytes() == 4 ? REGISTERS_F32 : REGISTERS,
            0,
            shape.sharedBytes(spec.pregate() || spec.postgate()));
    BlockWork work =
        new BlockWork(
            warps,
            passes * factors * (planes * (reloads ? 260 : 200) + 16 * (14 * tiles * tiles + 30)),
            passes * factors * MMA * (outerProducts + 32.0 * planes),
            0,
            passes * parts * points * (complex ? 24 : 20 + 2 * (gates(spec.pregate()))),
            (reloads ? passes : 1) * (planes * planeBytes + 2 * outerBytes),
            passes * samples + 8.0 * points / shape.passRows(),
            passes
                * (shape.pipelined()
                    ? PLANE_CLOCKS + GpuTime.BARRIER
                    : GpuTime.DRAM_LATENCY
                        + 4 * GpuTime.BARRIER
                        + PLANE_CLOCKS * ((double) planes / warps + 1)));
    return time.kernel(spec.channels() * shape.outer() * shape.parts(), work, occupancy);
  }

  /** Bytes of device memory a sample: u and y, the gates, and u once more for the skip term. */
  private double rowBytes() {
    return 2 * shape.bytes() + gates(spec.pregate()) + gates(spec.postgate());
  }

  /**
   * One of the outer passes: 64 columns of one row a block.
   *
   * @param realBytes a sample on the real side
   * @param gateBytes a sample of a gate
   */
  private Prediction outerPass(double realBytes, double gateBytes) {
    int tiles = (shape.outer() + 15) / 16;
    double columns = 64;
    double points = columns * shape.outer();
    double real = columns * Math.ceil((double) spec.length() / shape.points());
    double used = Math.ceil(real / columns / 16);
    BlockWork work =
        new BlockWork(
            4,
            4 * (tiles * used * 12.0 + tiles * 260.0 + 40),
            MMA * 4 * 4 * tiles * used,
            0,
            points * 12,
            tiles * used * 1024 + points * 4,
            real * (realBytes + gateBytes) + points * 2 * shape.bytes(),
            2 * GpuTime.DRAM_LATENCY + GpuTime.BARRIER + tiles * (used * 8 + 60.0));
    Occupancy occupancy =
        Occupancy.of(
            time.gpu(), 128, tiles > 8 ? 168 : 64, 0, 32L * tiles * 144 * shape.sampleParts());
    long blocks = spec.batch() * spec.channels() * (shape.points() / 64);
    return time.kernel(blocks, work, occupancy);
  }
}
