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

/**
 * What the CPU's dense and frequency-sparse convolutions share: the filter's spectra, scratch, and
 * the tasks of the pool.
 *
 * <p>The plan says how many rows of a head are a task. When that is all of them, the task
 * transforms the head's filter into the thread's scratch and uses it for its rows while it is in
 * the cache. Else all filters are transformed first.
 */
abstract sealed class CpuFftPlan implements FftConv permits CpuFftConv, CpuSparseFftConv {
  final CpuDevice device;
  final Spec spec;
  final int level;
  final PlanMemory memory = new PlanMemory();
  private final FftConvCall call;
  private final CpuPool.Task filterTask = this::filterTask;
  private final CpuPool.Task rowsTask = this::rowsTask;
  private final CpuPool.Task backwardTask = this::backwardTask;

  private NativeMemory plan;
  private long spectrumBytes; // of one head
  private boolean inline;
  private long rowsPerTask;
  private long tasksPerHead;
  private NativeMemory scratch;
  private long scratchBytes; // of one thread
  private NativeMemory spectrum; // of the filter that was set
  private NativeMemory callSpectrum; // of a filter given in the call, when heads are shared
  private boolean filterSet;
  private boolean closed;

  // The call in progress.
  private long spectrumAddress;
  private long filterTarget;

  CpuFftPlan(CpuDevice device, Spec spec) {
    device.requireOpen();
    this.device = device;
    this.spec = spec;
    level = device.level().ordinal();
    call = new FftConvCall(device, spec);
  }

  /**
   * Allocates what a native plan needs to run.
   *
   * @param rowsPerTask batch rows of a head that are one task
   * @param inline whether calls run on the caller's thread alone
   */
  final void start(NativeMemory plan, long rowsPerTask, boolean inline) {
    this.plan = plan;
    this.inline = inline;
    this.rowsPerTask = inline ? spec.batch() : rowsPerTask;
    tasksPerHead = (spec.batch() + this.rowsPerTask - 1) / this.rowsPerTask;
    spectrumBytes = Native.tw_fftconv_spectrum_bytes(level, plan.address());
    scratchBytes = Native.tw_fftconv_scratch_bytes(level, plan.address(), false);
    scratch = memory.zeroed(scratchBytes * device.threads(), "fftconv scratch");
  }

  /** Bytes of the tables that the plan uses and shares with others. */
  abstract long tableBytes();

  /** Keeps what a plan needs of a filter beside its spectra. */
  void keepFilter(Tensor filter) {}

  /** What a task is, for {@link #describe}. */
  final String taskLabel() {
    if (inline) {
      return "on the caller's thread";
    }
    return tasksPerHead == 1
        ? "a head a task"
        : rowsPerTask == 1 ? "a row a task" : rowsPerTask + " rows a task";
  }

  @Override
  public final Spec spec() {
    return spec;
  }

  @Override
  public final Device device() {
    return device;
  }

  @Override
  public final void setFilter(Stream stream, Tensor filter) {
    requireOpen();
    TensorCheck.stream(device, stream);
    call.k = call.filter("k", filter);
    if (spectrum == null) {
      spectrum = memory.zeroed(spectrumBytes * spec.channels(), "fftconv spectrum");
    }
    filterSet = false;
    transformFilters(spectrum.address());
    keepFilter(filter);
    filterSet = true;
    Reference.reachabilityFence(filter);
    Reference.reachabilityFence(this);
  }

  private void transformFilters(long target) {
    filterTarget = target;
    run(spec.channels(), filterTask);
  }

  /** Refuses when no filter was set. */
  final void requireFilter() {
    FftConvCall.requireFilter(filterSet);
  }

  @Override
  public final void forward(Stream stream, Args args) {
    requireOpen();
    call.forward(stream, args, filterSet);
    spectrumAddress = call.k == 0 ? spectrum.address() : 0;
    if (call.k != 0 && tasksPerHead > 1) {
      if (callSpectrum == null) {
        callSpectrum = memory.zeroed(spectrumBytes * spec.channels(), "fftconv spectrum");
      }
      transformFilters(callSpectrum.address());
      spectrumAddress = callSpectrum.address();
      call.k = 0;
    }
    run(spec.channels() * tasksPerHead, rowsTask);
    Reference.reachabilityFence(args);
    Reference.reachabilityFence(this);
  }

  @Override
  public final void backward(Stream stream, Args args) {
    requireOpen();
    call.backward(stream, args, filterSet);
    spectrumAddress = call.k == 0 ? spectrum.address() : 0;
    long bytes = Native.tw_fftconv_scratch_bytes(level, plan.address(), true);
    if (bytes > scratchBytes) {
      scratch = memory.replace(scratch, bytes * device.threads(), "fftconv scratch");
      scratchBytes = bytes;
    }
    run(spec.channels(), backwardTask);
    Reference.reachabilityFence(args);
    Reference.reachabilityFence(this);
  }

  private void run(long tasks, CpuPool.Task task) {
    if (!inline) {
      device.pool().run(tasks, task);
      return;
    }
    for (long i = 0; i < tasks; i++) {
      task.run(i, 0);
    }
  }

  private void filterTask(long head, int worker) {
    Native.tw_fftconv_filter(
        level,
        plan.address(),
        call.k + head * spec.filterLength() * Float.BYTES,
        filterTarget + head * spectrumBytes,
        scratchOf(worker));
  }

  private void rowsTask(long index, int worker) {
    long first = index % tasksPerHead * rowsPerTask;
    forward(index / tasksPerHead, first, Math.min(spec.batch(), first + rowsPerTask), worker);
  }

  private void forward(long head, long b0, long b1, int worker) {
    Native.tw_fftconv_forward(
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
        scratchOf(worker));
  }

  private void backwardTask(long head, int worker) {
    Native.tw_fftconv_backward(
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
        scratchOf(worker));
  }

  private long scratchOf(int worker) {
    return scratch.address() + worker * scratchBytes;
  }

  @Override
  public final long workspaceBytes() {
    return closed ? 0 : tableBytes() + memory.bytes();
  }

  @Override
  public final void close() {
    closed = true;
    memory.close();
  }

  final void requireOpen() {
    if (closed) {
      throw new InvalidSpecException("plan", "a closed plan", "an open plan");
    }
    device.requireOpen();
  }
}
