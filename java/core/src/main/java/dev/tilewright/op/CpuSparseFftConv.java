package dev.tilewright.op;

import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.NativeMemory;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.cpu.CpuPool;
import dev.tilewright.jni.Native;
import java.lang.ref.Reference;
import java.util.Locale;

/**
 * The CPU's frequency-sparse FFT convolution. Rows go through the transform in pairs, which are
 * tasks of the pool when there are few heads; else a head is.
 */
final class CpuSparseFftConv implements FftConv {
  private final CpuDevice device;
  private final Spec spec;
  private final int level;
  private final CpuSparseTile tile;
  private final FftConvCall call;
  private final NativeMemory[] tables;
  private final PlanMemory memory = new PlanMemory();
  private final NativeMemory plan;
  private final long spectrumBytes;
  private final long pairs; // of rows of a head
  private final boolean pairTasks;
  private final CpuPool.Task filterTask = this::filterTask;
  private final CpuPool.Task headTask = this::headTask;
  private final CpuPool.Task pairTask = this::pairTask;
  private final CpuPool.Task backwardTask = this::backwardTask;

  private NativeMemory scratch;
  private long scratchBytes; // of one thread
  private NativeMemory spectrum; // of the filter that was set
  private NativeMemory callSpectrum; // of a filter given in the call, when tasks are pairs
  private boolean filterSet;
  private boolean closed;
  private long spectrumAddress;
  private long filterTarget;

  CpuSparseFftConv(CpuDevice device, Spec spec) {
    device.requireOpen();
    this.device = device;
    this.spec = spec;
    level = device.level().ordinal();
    tile = CpuSparseTile.choose(spec, device.level());
    call = new FftConvCall(device, spec);
    tables = new NativeMemory[(int) tile.split()];
    plan =
        memory.allocate(
            Native.tw_fftconv_sparse_plan_bytes(level, tile.points(), tile.split()),
            "sparse fftconv plan");
    pairs = (spec.batch() + 1) / 2;
    pairTasks = device.threads() > 1 && pairs > 1 && spec.channels() < 4L * device.threads();
    try {
      fillPlan();
      spectrumBytes = Native.tw_fftconv_sparse_spectrum_bytes(level, plan.address());
      scratchBytes = Native.tw_fftconv_sparse_scratch_bytes(level, plan.address(), false);
      scratch = memory.zeroed(scratchBytes * device.threads(), "sparse fftconv scratch");
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  private void fillPlan() {
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
  public Spec spec() {
    return spec;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public void setFilter(Stream stream, Tensor filter) {
    requireOpen();
    TensorCheck.stream(device, stream);
    call.k = call.filter("k", filter);
    if (spectrum == null) {
      spectrum = memory.zeroed(spectrumBytes * spec.channels(), "sparse fftconv spectrum");
    }
    filterSet = false;
    transformFilters(spectrum.address());
    filterSet = true;
    Reference.reachabilityFence(filter);
    Reference.reachabilityFence(this);
  }

  private void transformFilters(long target) {
    filterTarget = target;
    device.pool().run(spec.channels(), filterTask);
  }

  @Override
  public void forward(Stream stream, Args args) {
    requireOpen();
    call.forward(stream, args, filterSet);
    spectrumAddress = call.k == 0 ? spectrum.address() : 0;
    if (call.k != 0 && pairTasks) {
      if (callSpectrum == null) {
        callSpectrum = memory.zeroed(spectrumBytes * spec.channels(), "sparse fftconv spectrum");
      }
      transformFilters(callSpectrum.address());
      spectrumAddress = callSpectrum.address();
      call.k = 0;
    }
    if (pairTasks) {
      device.pool().run(spec.channels() * pairs, pairTask);
    } else {
      device.pool().run(spec.channels(), headTask);
    }
    Reference.reachabilityFence(args);
    Reference.reachabilityFence(this);
  }

  @Override
  public void backward(Stream stream, Args args) {
    requireOpen();
    call.backward(stream, args, filterSet);
    spectrumAddress = call.k == 0 ? spectrum.address() : 0;
    long bytes = Native.tw_fftconv_sparse_scratch_bytes(level, plan.address(), true);
    if (bytes > scratchBytes) {
      scratch = memory.replace(scratch, bytes * device.threads(), "sparse fftconv scratch");
      scratchBytes = bytes;
    }
    device.pool().run(spec.channels(), backwardTask);
    Reference.reachabilityFence(args);
    Reference.reachabilityFence(this);
  }

  private void filterTask(long head, int worker) {
    Native.tw_fftconv_sparse_filter(
        level,
        plan.address(),
        call.k + head * spec.filterLength() * Float.BYTES,
        filterTarget + head * spectrumBytes,
        scratch.address() + worker * scratchBytes);
  }

  private void headTask(long head, int worker) {
    forward(head, 0, spec.batch(), worker);
  }

  private void pairTask(long task, int worker) {
    long row = task % pairs * 2;
    forward(task / pairs, row, Math.min(row + 2, spec.batch()), worker);
  }

  private void forward(long head, long b0, long b1, int worker) {
    Native.tw_fftconv_sparse_forward(
        level,
        plan.address(),
        spec.batch(),
        spec.channels(),
        call.u,
        call.pregate,
        call.postgate,
        call.d,
        call.k,
        spectrumAddress,
        call.y,
        head,
        b0,
        b1,
        scratch.address() + worker * scratchBytes);
  }

  private void backwardTask(long head, int worker) {
    Native.tw_fftconv_sparse_backward(
        level,
        plan.address(),
        spec.batch(),
        spec.channels(),
        call.u,
        call.pregate,
        call.postgate,
        call.d,
        call.k,
        spectrumAddress,
        call.dy,
        call.du,
        call.dk,
        call.dd,
        call.dpregate,
        call.dpostgate,
        head,
        scratch.address() + worker * scratchBytes);
  }

  @Override
  public Stepper stepper() {
    throw new InvalidSpecException(
        "sparse", spec.sparse(), "null for a stepper: dropped frequencies need the whole sequence");
  }

  @Override
  public long workspaceBytes() {
    if (closed) {
      return 0;
    }
    long bytes = memory.bytes();
    for (NativeMemory table : tables) {
      bytes += table == null ? 0 : table.bytes();
    }
    return bytes;
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
            + "%d of %d transforms of %d points for two rows, %s a task",
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
        pairTasks ? "two rows" : "a head");
  }

  @Override
  public void close() {
    closed = true;
    memory.close();
  }

  private void requireOpen() {
    if (closed) {
      throw new InvalidSpecException("plan", "a closed plan", "an open plan");
    }
    device.requireOpen();
  }
}
