package dev.tilewright.op;

import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.NativeMemory;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.cpu.CpuPool;
import dev.tilewright.jni.Native;
import dev.tilewright.schedule.Schedule;
import dev.tilewright.schedule.Scheduler;
import java.lang.ref.Reference;

/**
 * The CPU's FFT convolution: rows are tasks of the pool, computed by the native kernels.
 *
 * <p>The tile says how many rows of a head are a task. When that is all of them, the task
 * transforms the head's filter into the thread's scratch and uses it for its rows while it is in
 * the cache. Else all filters are transformed first.
 */
final class CpuFftConv implements FftConv {
  private final CpuDevice device;
  private final Spec spec;
  private final int level;
  private final CpuFftTile tile;
  private final NativeMemory table;
  private final PlanMemory memory = new PlanMemory();
  private final NativeMemory plan;
  private final long spectrumBytes;
  private final boolean inline;
  private final long tasksPerHead;
  private final CpuPool.Task filterTask = this::filterTask;
  private final CpuPool.Task rowsTask = this::rowsTask;
  private final CpuPool.Task backwardTask = this::backwardTask;

  private NativeMemory scratch;
  private long scratchBytes; // of one thread
  private NativeMemory spectrum; // of the filter that was set
  private NativeMemory taps; // that filter, for steppers; causal plans only
  private NativeMemory callSpectrum; // of a filter given in the call, when tasks are rows
  private boolean filterSet;
  private boolean closed;

  private final FftConvCall call;
  private long spectrumAddress;
  private long filterTarget;

  /** A plan with the scheduler's tile. */
  CpuFftConv(CpuDevice device, Spec spec) {
    this(device, spec, Scheduler.shared().schedule(CpuFftKernel.INSTANCE, spec, device.spec()));
  }

  private CpuFftConv(CpuDevice device, Spec spec, Schedule schedule) {
    this(device, spec, CpuFftKernel.tile(schedule.tile()));
  }

  /**
   * @param tile legal for the spec
   */
  CpuFftConv(CpuDevice device, Spec spec, CpuFftTile tile) {
    device.requireOpen();
    this.device = device;
    this.spec = spec;
    call = new FftConvCall(device, spec);
    level = device.level().ordinal();
    this.tile = tile;
    table = CpuFftTables.get(device.level(), tile.points(), tile.radices(device.level()), 0.25);
    plan = memory.allocate(Native.tw_fftconv_plan_bytes(), "fftconv plan");
    Native.tw_fftconv_plan_init(
        plan.address(),
        table.address(),
        spec.length(),
        spec.filterLength(),
        spec.mode().ordinal(),
        spec.dtype().ordinal(),
        tile.group());
    spectrumBytes = Native.tw_fftconv_spectrum_bytes(level, plan.address());
    inline = CpuFftKernel.inline(spec, device.threads());
    tasksPerHead = inline ? 1 : (spec.batch() + tile.rows() - 1) / tile.rows();
    scratchBytes = Native.tw_fftconv_scratch_bytes(level, plan.address(), false);
    try {
      scratch = memory.zeroed(scratchBytes * device.threads(), "fftconv scratch");
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
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
      spectrum = memory.zeroed(spectrumBytes * spec.channels(), "fftconv spectrum");
    }
    filterSet = false;
    transformFilters(spectrum.address());
    if (spec.mode() == Mode.CAUSAL) {
      if (taps == null) {
        taps = memory.allocate(filter.bytes(), "fftconv filter");
      }
      Native.tw_copy(filter.address(), taps.address(), taps.bytes());
    }
    filterSet = true;
    Reference.reachabilityFence(filter);
    Reference.reachabilityFence(this);
  }

  private void transformFilters(long target) {
    filterTarget = target;
    run(spec.channels(), filterTask);
  }

  @Override
  public void forward(Stream stream, Args args) {
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
  public void backward(Stream stream, Args args) {
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
        scratch.address() + worker * scratchBytes);
  }

  private void rowsTask(long task, int worker) {
    long head = task / tasksPerHead;
    long first = task % tasksPerHead * tile.rows();
    long last = tasksPerHead == 1 ? spec.batch() : Math.min(spec.batch(), first + tile.rows());
    forward(head, head + 1, first, last, worker);
  }

  private void forward(long h0, long h1, long b0, long b1, int worker) {
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
        h0,
        h1,
        b0,
        b1,
        scratch.address() + worker * scratchBytes);
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
        head + 1,
        scratch.address() + worker * scratchBytes);
  }

  @Override
  public Stepper stepper() {
    requireOpen();
    if (spec.mode() != Mode.CAUSAL) {
      throw new InvalidSpecException("mode", spec.mode(), "CAUSAL for a stepper");
    }
    FftConvCall.requireFilter(filterSet);
    return new CpuFftConvStepper(device, spec, taps.address());
  }

  @Override
  public long workspaceBytes() {
    return closed ? 0 : table.bytes() + memory.bytes();
  }

  @Override
  public String describe() {
    long blocks = (spec.length() + tile.points() - 1) / tile.points();
    return "fftconv "
        + spec.mode()
        + " L="
        + spec.length()
        + " Lk="
        + spec.filterLength()
        + " "
        + spec.dtype().label()
        + " on cpu: "
        + device.level().label()
        + ", "
        + device.threads()
        + " threads, "
        + blocks
        + " blocks of "
        + tile.points()
        + " points"
        + (tile.group() < blocks ? ", " + tile.group() + " in flight" : "")
        + ", radix "
        + (1 << tile.radix())
        + (inline ? ", on the caller's thread" : ", " + rowsOfTask());
  }

  private String rowsOfTask() {
    return tasksPerHead == 1
        ? "a head a task"
        : tile.rows() == 1 ? "a row a task" : tile.rows() + " rows a task";
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
