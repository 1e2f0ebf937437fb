package dev.tilewright.op;

import dev.tilewright.CpuSpec;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.MachineSpec;
import dev.tilewright.NativeLibrary;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.jni.Native;
import dev.tilewright.schedule.Kernel;
import dev.tilewright.schedule.Prediction;
import dev.tilewright.schedule.Tile;
import dev.tilewright.schedule.TileSpace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The CPU's FFT convolution as the scheduler sees it: {@code fftconv.tiles} says which tiles are
 * legal, {@link CpuFftTime} how long they take.
 */
final class CpuFftKernel implements Kernel<FftConv.Spec> {
  static final CpuFftKernel INSTANCE = new CpuFftKernel();

  /** Below so many samples the pool's hand-over costs more than it saves. */
  private static final long INLINE_SAMPLES = 2048;

  /** The file, read when the first plan is made and not when the class is. */
  private static final class Space {
    static final TileSpace TILES = TileSpace.resource("cpu/fftconv.tiles");
  }

  private CpuFftKernel() {}

  @Override
  public String name() {
    return "fftconv_cpu";
  }

  /** That of all native kernels: what was measured before any of them changed is measured again. */
  @Override
  public String version() {
    NativeLibrary.require();
    return Long.toHexString(Native.tw_build());
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

  /** Lags 0 .. behind - 1 of the filter can matter. */
  static long behind(FftConv.Spec spec) {
    long taps = spec.filterLength();
    return switch (spec.mode()) {
      case CAUSAL -> Math.min(taps, spec.length());
      case CIRCULAR -> spec.length();
      case BIDIRECTIONAL -> Math.min((taps + 1) / 2, spec.length());
    };
  }

  /** Lags -ahead .. -1 of the filter can matter. */
  static long ahead(FftConv.Spec spec) {
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
        "B=%d,H=%d,L=%d,Lk=%d,mode=%s,dtype=%s%s",
        spec.batch(),
        spec.channels(),
        spec.length(),
        spec.filterLength(),
        spec.mode().name().toLowerCase(Locale.ROOT),
        spec.dtype().label(),
        spec.pregate() || spec.postgate() ? ",gated=true" : "");
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
  public Prediction predict(FftConv.Spec spec, MachineSpec machine, Tile tile) {
    return new CpuFftTime(spec, cpu(machine), tile(tile)).prediction();
  }

  @Override
  public double seconds(FftConv.Spec spec, MachineSpec machine, Tile tile) {
    return new CpuFftTime(spec, cpu(machine), tile(tile)).seconds();
  }

  private static CpuSpec cpu(MachineSpec machine) {
    if (machine instanceof CpuSpec cpu) {
      return cpu;
    }
    throw new UnsupportedDeviceException(
        "fftconv_cpu has no tiles for " + machine.model() + "; it runs on a CPU");
  }
}
