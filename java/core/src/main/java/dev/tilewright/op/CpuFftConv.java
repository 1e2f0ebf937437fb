package dev.tilewright.op;

import dev.tilewright.DType;
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
 * The CPU's FFT convolution: rows are tasks of the pool, computed by the native kernels.
 *
 * <p>When there are heads enough for every thread, a task is a head: its filter is transformed into
 * the thread's scratch and used for all its batch rows while it is in the cache. Else all filters
 * are transformed first and a task is a row.
 */
final class CpuFftConv implements FftConv {
  /** Below so many samples the pool's hand-over costs more than it saves. */
  private static final long INLINE_SAMPLES = 2048;

  private final CpuDevice device;
  private final Spec spec;
  private final int level;
  private final CpuFftTile tile;
  private final NativeMemory table;
  private final NativeMemory plan;
  private final long spectrumBytes;
  private final boolean inline;
  private final boolean rowTasks;
  private final CpuPool.Task filterTask = this::filterTask;
  private final CpuPool.Task headTask = this::headTask;
  private final CpuPool.Task rowTask = this::rowTask;
  private final CpuPool.Task backwardTask = this::backwardTask;

  private NativeMemory scratch;
  private long scratchBytes; // of one thread
  private NativeMemory spectrum; // of the filter that was set
  private NativeMemory callSpectrum; // of a filter given in the call, when tasks are rows
  private boolean filterSet;
  private boolean closed;

  // Addresses of the call in progress.
  private long u;
  private long k;
  private long pregate;
  private long postgate;
  private long d;
  private long y;
  private long dy;
  private long du;
  private long dk;
  private long dd;
  private long dpregate;
  private long dpostgate;
  private long spectrumAddress;
  private long filterTarget;

  CpuFftConv(CpuDevice device, Spec spec) {
    if (device.isClosed()) {
      throw new InvalidSpecException("device", "cpu is closed", "an open device");
    }
    this.device = device;
    this.spec = spec;
    level = device.level().ordinal();
    tile = CpuFftTile.choose(spec, device.level());
    table = CpuFftTables.get(device.level(), tile.points(), tile.radices(), true);
    plan = NativeMemory.allocate(Native.tw_fftconv_plan_bytes(), "fftconv plan");
    Native.tw_fftconv_plan_init(
        plan.address(),
        table.address(),
        spec.length(),
        spec.filterLength(),
        spec.mode().ordinal(),
        spec.dtype().ordinal(),
        tile.group());
    spectrumBytes = Native.tw_fftconv_spectrum_bytes(level, plan.address());
    long samples = spec.batch() * spec.channels() * spec.length();
    inline = samples <= INLINE_SAMPLES || device.threads() == 1;
    rowTasks = !inline && spec.batch() > 1 && spec.channels() < 4L * device.threads();
    scratchBytes = Native.tw_fftconv_scratch_bytes(level, plan.address(), false);
    scratch = zeroed(scratchBytes * device.threads(), "fftconv scratch");
  }

  private static NativeMemory zeroed(long bytes, String what) {
    NativeMemory memory = NativeMemory.allocate(bytes, what);
    Native.tw_fill(memory.address(), bytes / Float.BYTES, Float.BYTES, 0);
    return memory;
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
    k = filter("k", filter);
    if (spectrum == null) {
      spectrum = zeroed(spectrumBytes * spec.channels(), "fftconv spectrum");
    }
    filterSet = false;
    transformFilters(spectrum.address());
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
    checkCall(stream, args);
    TensorCheck.absent("dy", args.dy(), "it belongs to backward");
    inputs(args);
    y = sequence("y", args.y());
    checkApart("y", args.y(), args);
    if (k != 0 && rowTasks) {
      if (callSpectrum == null) {
        callSpectrum = zeroed(spectrumBytes * spec.channels(), "fftconv spectrum");
      }
      transformFilters(callSpectrum.address());
      spectrumAddress = callSpectrum.address();
      k = 0;
    }
    if (rowTasks) {
      run(spec.channels() * spec.batch(), rowTask);
    } else {
      run(spec.channels(), headTask);
    }
    Reference.reachabilityFence(args);
    Reference.reachabilityFence(this);
  }

  @Override
  public void backward(Stream stream, Args args) {
    checkCall(stream, args);
    TensorCheck.absent("y", args.y(), "it belongs to forward");
    inputs(args);
    dy = sequence("dy", args.dy());
    du = args.du() == null ? 0 : sequence("du", args.du());
    dk = args.dk() == null ? 0 : filter("dk", args.dk());
    dd = optional(spec.skip(), "dd", args.dd(), "the spec has no skip term");
    dpregate = optional(spec.pregate(), "dpregate", args.dpregate(), "the spec has no pregate");
    dpostgate =
        optional(spec.postgate(), "dpostgate", args.dpostgate(), "the spec has no postgate");
    if (du == 0 && dk == 0 && dd == 0 && dpregate == 0 && dpostgate == 0) {
      throw new InvalidSpecException(
          "args", "no gradient", "at least one of du, dk, dd, dpregate and dpostgate");
    }
    checkApart("du", args.du(), args);
    checkApart("dk", args.dk(), args);
    checkApart("dd", args.dd(), args);
    checkApart("dpregate", args.dpregate(), args);
    checkApart("dpostgate", args.dpostgate(), args);
    long bytes = Native.tw_fftconv_scratch_bytes(level, plan.address(), true);
    if (bytes > scratchBytes) {
      scratch.close();
      scratchBytes = bytes;
      scratch = zeroed(bytes * device.threads(), "fftconv scratch");
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
        k + head * spec.filterLength() * Float.BYTES,
        filterTarget + head * spectrumBytes,
        scratch.address() + worker * scratchBytes);
  }

  private void headTask(long head, int worker) {
    forward(head, head + 1, 0, spec.batch(), worker);
  }

  private void rowTask(long row, int worker) {
    long head = row / spec.batch();
    long batch = row % spec.batch();
    forward(head, head + 1, batch, batch + 1, worker);
  }

  private void forward(long h0, long h1, long b0, long b1, int worker) {
    Native.tw_fftconv_forward(
        level,
        plan.address(),
        spec.batch(),
        spec.channels(),
        u,
        pregate,
        postgate,
        d,
        k,
        spectrumAddress,
        y,
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
        u,
        pregate,
        postgate,
        d,
        k,
        spectrumAddress,
        dy,
        du,
        dk,
        dd,
        dpregate,
        dpostgate,
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
    requireFilter();
    throw new InvalidSpecException("stepper", "not yet", "forward");
  }

  @Override
  public long workspaceBytes() {
    return closed
        ? 0
        : table.bytes()
            + plan.bytes()
            + scratch.bytes()
            + (spectrum == null ? 0 : spectrum.bytes())
            + (callSpectrum == null ? 0 : callSpectrum.bytes());
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
        + (tile.group() > 0 ? ", " + tile.group() + " in flight" : "")
        + (inline ? ", on the caller's thread" : rowTasks ? ", a row a task" : ", a head a task");
  }

  @Override
  public void close() {
    closed = true;
    plan.close();
    scratch.close();
    if (spectrum != null) {
      spectrum.close();
    }
    if (callSpectrum != null) {
      callSpectrum.close();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new InvalidSpecException("plan", "a closed plan", "an open plan");
    }
  }

  private void requireFilter() {
    if (!filterSet) {
      throw new InvalidSpecException("k", null, "a filter, in args or by setFilter");
    }
  }

  private void checkCall(Stream stream, Args args) {
    requireOpen();
    TensorCheck.stream(device, stream);
    if (args == null) {
      throw new InvalidSpecException("args", null, "an FftConv.Args");
    }
  }

  /** What both passes read. */
  private void inputs(Args args) {
    u = sequence("u", args.u());
    pregate = gate(spec.pregate(), "pregate", args.pregate());
    postgate = gate(spec.postgate(), "postgate", args.postgate());
    if (spec.skip()) {
      d = TensorCheck.address(device, "d", args.d(), DType.F32, spec.channels());
    } else {
      TensorCheck.absent("d", args.d(), "the spec has no skip term");
      d = 0;
    }
    if (args.k() != null) {
      k = filter("k", args.k());
      spectrumAddress = 0;
    } else {
      requireFilter();
      k = 0;
      spectrumAddress = spectrum.address();
    }
  }

  private long gate(boolean wanted, String name, Tensor tensor) {
    if (wanted) {
      return sequence(name, tensor);
    }
    TensorCheck.absent(name, tensor, "the spec has no " + name);
    return 0;
  }

  private long optional(boolean possible, String name, Tensor tensor, String why) {
    if (!possible) {
      TensorCheck.absent(name, tensor, why);
    }
    if (tensor == null) {
      return 0;
    }
    return name.equals("dd")
        ? TensorCheck.address(device, name, tensor, DType.F32, spec.channels())
        : sequence(name, tensor);
  }

  private long sequence(String name, Tensor tensor) {
    return TensorCheck.address(
        device, name, tensor, spec.dtype(), spec.batch(), spec.channels(), spec.length());
  }

  private long filter(String name, Tensor tensor) {
    return TensorCheck.address(
        device, name, tensor, DType.F32, spec.channels(), spec.filterLength());
  }

  private static void checkApart(String name, Tensor out, Args args) {
    TensorCheck.apart(name, out, "u", args.u());
    TensorCheck.apart(name, out, "k", args.k());
    TensorCheck.apart(name, out, "pregate", args.pregate());
    TensorCheck.apart(name, out, "postgate", args.postgate());
    TensorCheck.apart(name, out, "d", args.d());
    TensorCheck.apart(name, out, "dy", args.dy());
  }
}
