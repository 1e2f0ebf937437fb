package dev.tilewright.op;

import dev.tilewright.InvalidSpecException;
import dev.tilewright.NativeMemory;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.jni.Native;
import java.util.Locale;

/** The CPU's frequency-sparse FFT convolution, whose rows go through the transform in pairs. */
final class CpuSparseFftConv extends CpuFftPlan {
  /** Below so many samples the pool's hand-over costs more than it saves. */
  private static final long INLINE_SAMPLES = 2048;

  private final CpuSparseTile tile;
  private final NativeMemory[] tables;

  CpuSparseFftConv(CpuDevice device, Spec spec) {
    super(device, spec);
    tile = CpuSparseTile.choose(spec, device.level());
    tables = new NativeMemory[(int) tile.split()];
    try {
      NativeMemory plan =
          memory.allocate(
              Native.tw_fftconv_sparse_plan_bytes(level, tile.points(), tile.split()),
              "sparse fftconv plan");
      fill(plan);
      start(plan, rowsPerTask(device), inline(device));
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  private boolean inline(CpuDevice device) {
    return device.threads() == 1
        || spec.batch() * spec.channels() * spec.length() <= INLINE_SAMPLES;
  }

  /** A pair, when there are few heads; else all of a head's. */
  private long rowsPerTask(CpuDevice device) {
    return spec.channels() < 4L * device.threads() ? 2 : spec.batch();
  }

  @Override
  long tableBytes() {
    long bytes = 0;
    for (NativeMemory table : tables) {
      bytes += table == null ? 0 : table.bytes();
    }
    return bytes;
  }

  private void fill(NativeMemory plan) {
    short[] words = spec.sparse().words();
    try (NativeMemory kept = NativeMemory.allocate(2L * words.length, "sparse pattern")) {
      Native.tw_write(kept.address(), words, 0, words.length);
      Native.tw_fftconv_sparse_plan_init(
          plan.address(),
          spec.length(),
          spec.filterLength(),
          spec.dtype().ordinal(),
          tile.points(),
          tile.split(),
          kept.address());
      for (int residue = 0; residue < tables.length; residue++) {
        if (keeps(residue)) {
          double turns = (double) residue / tile.split();
          tables[residue] = CpuFftTables.get(device.level(), tile.points(), tile.radices(), turns);
          Native.tw_fftconv_sparse_plan_child(
              plan.address(), residue, tables[residue].address(), kept.address());
        }
      }
    }
  }

  private boolean keeps(int residue) {
    for (long f = residue; f < spec.sparse().transformLength(); f += tile.split()) {
      if (spec.sparse().keeps(f)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Stepper stepper() {
    throw new InvalidSpecException(
        "sparse", spec.sparse(), "null for a stepper: dropped frequencies need the whole sequence");
  }

  @Override
  public String describe() {
    int children = 0;
    for (NativeMemory table : tables) {
      children += table == null ? 0 : 1;
    }
    return String.format(
        Locale.ROOT,
        "fftconv L=%d Lk=%d %s keeping %.4g %% of %d frequencies on cpu: %s, %d threads, "
            + "%d of %d transforms of %d points for two rows, %s",
        spec.length(),
        spec.filterLength(),
        spec.dtype().label(),
        100 * spec.sparse().keptFraction(),
        spec.sparse().transformLength(),
        device.level().label(),
        device.threads(),
        children,
        tile.split(),
        tile.points(),
        taskLabel());
  }
}
