package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.GpuSpec;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.MachineSpec;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.kernel.ShippedImages;
import dev.tilewright.schedule.Kernel;
import dev.tilewright.schedule.Prediction;
import dev.tilewright.schedule.Tile;
import dev.tilewright.schedule.TileSpace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The GPU's FFT convolution as the scheduler sees it: {@code cuda/fftconv/fftconv.tiles} says which
 * tiles are legal, {@link GpuFftTime} how long they take.
 */
final class GpuFftKernel implements Kernel<FftConv.Spec> {
  static final GpuFftKernel INSTANCE = new GpuFftKernel();

  private static final class Space {
    static final TileSpace TILES = TileSpace.resource("fftconv/fftconv.tiles");
  }

  private static final class Version {
    static final String HASH =
        ShippedImages.hash(
            "fftconv/fftconv_fwd_f16",
            "fftconv/fftconv_fwd_bf16",
            "fftconv/fftconv_fwd_f32",
            "fftconv/fftconv_long_f16",
            "fftconv/fftconv_long_bf16",
            "fftconv/fftconv_long_f32");
  }

  private GpuFftKernel() {}

  @Override
  public String name() {
    return "fftconv_fwd";
  }

  @Override
  public String version() {
    return Version.HASH;
  }

  @Override
  public TileSpace space() {
    return Space.TILES;
  }

  @Override
  public List<String> parameters() {
    return List.of("points", "outer", "pipelined", "passes");
  }

  @Override
  public Map<String, Long> constants(FftConv.Spec spec, MachineSpec machine) {
    GpuSpec gpu = gpu(machine);
    if (spec.sparse() != null) {
      throw new InvalidSpecException("sparse", spec.sparse(), "none on a GPU");
    }
    Map<String, Long> constants = new LinkedHashMap<>();
    constants.put("BATCH", spec.batch());
    constants.put("CHANNELS", spec.channels());
    constants.put("LENGTH", spec.length());
    constants.put("TAPS", spec.filterLength());
    constants.put("BYTES", (long) spec.dtype().bytes());
    constants.put("F16", spec.dtype() == DType.F16 ? 1L : 0L);
    constants.put("GATES", spec.pregate() || spec.postgate() ? 1L : 0L);
    constants.put("COMPUTE", (long) gpu.computeCapability());
    constants.put("SHARED_BYTES", gpu.sharedPerBlockOptin());
    return constants;
  }

  @Override
  public String problem(FftConv.Spec spec) {
    return CpuFftKernel.INSTANCE.problem(spec);
  }

  @Override
  public Prediction predict(FftConv.Spec spec, MachineSpec machine, Tile tile) {
    return new GpuFftTime(spec, gpu(machine), GpuFftShape.of(spec, tile)).prediction();
  }

  private static GpuSpec gpu(MachineSpec machine) {
    if (machine instanceof GpuSpec gpu) {
      return gpu;
    }
    throw new UnsupportedDeviceException(machine.name() + " is no GPU");
  }
}
