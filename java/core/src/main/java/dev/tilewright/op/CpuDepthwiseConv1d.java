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
 * The CPU's short conv1d: ranges of channels and positions are tasks of the pool, computed by the
 * native kernels.
 *
 * <p>Sums for dw and dbias are kept in f64 per part, a fixed share of (batch entry, block of
 * positions) pairs. How many parts there are depends on the spec alone, so the number of threads
 * does not show in the result.
 */
final class CpuDepthwiseConv1d implements DepthwiseConv1d {
  /** Elements of one task: some tens of microseconds at the speed of memory. */
  private static final long TASK_ELEMENTS = 1 << 15;

  /** In BHL, blocks of positions are multiples of this: TW_CONV1D's chunk. */
  private static final long CHUNK = 2048;

  /** In BLH, channels of one task: rows are read in whole cache lines, several at a time. */
  private static final long BLH_CHANNELS = 64;

  /** Below so many products the pool's hand-over costs more than it saves. */
  private static final long INLINE_PRODUCTS = 1 << 16;

  /** Tasks that a backward pass aims at, when sums must be split for it. */
  private static final long WANTED_TASKS = 64;

  private final CpuDevice device;
  private final Spec spec;
  private final int level;
  private final int layout;
  private final int dtype;
  private final int kernel;
  private final long channelsPerTask;
  private final long channelGroups;
  private final long positionsPerTask;
  private final long positionBlocks;
  private final long parts;
  private final boolean inline;
  private final long scratchBytes;
  private final PlanMemory memory = new PlanMemory();
  private final NativeMemory scratch;
  private final CpuPool.Task forwardTask = this::forwardTask;
  private final CpuPool.Task backwardTask = this::backwardTask;
  private final CpuPool.Task sumTask = this::sumTask;

  private NativeMemory sums; // of every part, allocated when first needed
  private boolean closed;

  // Addresses of the call in progress.
  private long x;
  private long w;
  private long bias;
  private long y;
  private long dy;
  private long dx;
  private long dw;
  private long dbias;
  private long sumsAddress;

  CpuDepthwiseConv1d(CpuDevice device, Spec spec) {
    device.requireOpen();
    this.device = device;
    this.spec = spec;
    this.level = device.level().ordinal();
    this.layout = spec.layout().ordinal();
    this.dtype = spec.dtype().ordinal();
    this.kernel = spec.kernel();
    long length = spec.length();
    if (spec.layout() == Layout.BHL) {
      positionsPerTask = TASK_ELEMENTS / CHUNK * CHUNK;
      channelsPerTask = Math.max(1, Math.min(spec.channels(), TASK_ELEMENTS / length));
    } else {
      channelsPerTask = Math.min(spec.channels(), BLH_CHANNELS);
      positionsPerTask = Math.max(TASK_ELEMENTS / channelsPerTask, 4L * kernel);
    }
    channelGroups = ceilDiv(spec.channels(), channelsPerTask);
    positionBlocks = ceilDiv(length, positionsPerTask);
    parts = Math.min(spec.batch() * positionBlocks, ceilDiv(WANTED_TASKS, channelGroups));
    long elements = spec.batch() * spec.channels() * length;
    inline = elements <= INLINE_PRODUCTS / kernel;
    scratchBytes = Native.tw_conv1d_scratch_bytes(level, kernel);
    scratch = memory.allocate(scratchBytes * device.threads(), "conv1d scratch");
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
  public void forward(Stream stream, Args args) {
    checkCall(stream, args);
    x = sequence("x", args.x());
    w = taps("w", args.w());
    bias = bias(args.bias());
    y = sequence("y", args.y());
    TensorCheck.apart("y", args.y(), "x", args.x());
    runTasks(spec.batch() * positionBlocks * channelGroups, forwardTask);
    Reference.reachabilityFence(args);
    Reference.reachabilityFence(this);
  }

  @Override
  public void backward(Stream stream, Args args) {
    checkCall(stream, args);
    dy = sequence("dy", args.dy());
    dx = args.dx() == null ? 0 : sequence("dx", args.dx());
    dw = args.dw() == null ? 0 : taps("dw", args.dw());
    dbias = 0;
    if (args.dbias() != null) {
      if (!spec.bias()) {
        TensorCheck.absent("dbias", args.dbias(), "the spec has no bias");
      }
      dbias = TensorCheck.address(device, "dbias", args.dbias(), DType.F32, spec.channels());
    }
    if (dx == 0 && dw == 0 && dbias == 0) {
      throw new InvalidSpecException("args", "no gradient", "at least one of dx, dw and dbias");
    }
    w = dx == 0 ? 0 : taps("w", args.w());
    // Sums for the bias alone come from the same pass, which reads dy in the place of x.
    x = dw == 0 ? dy : sequence("x", args.x());
    if (dx != 0) {
      TensorCheck.apart("dx", args.dx(), "dy", args.dy());
      if (dw != 0) {
        TensorCheck.apart("dx", args.dx(), "x", args.x());
      }
    }
    sumsAddress = dw == 0 && dbias == 0 ? 0 : clearedSums();
    runTasks(channelGroups * (sumsAddress == 0 ? units() : parts), backwardTask);
    if (sumsAddress != 0) {
      runTasks(channelGroups, sumTask);
    }
    Reference.reachabilityFence(args);
    Reference.reachabilityFence(this);
  }

  /** (batch entry, block of positions) pairs. */
  private long units() {
    return spec.batch() * positionBlocks;
  }

  private long clearedSums() {
    long count = parts * spec.channels() * (kernel + 1);
    if (sums == null) {
      sums = memory.allocate(count * Double.BYTES, "conv1d sums");
    }
    Native.tw_fill(sums.address(), count, Double.BYTES, 0);
    return sums.address();
  }

  private void runTasks(long tasks, CpuPool.Task task) {
    if (!inline) {
      device.pool().run(tasks, task);
      return;
    }
    for (long i = 0; i < tasks; i++) {
      task.run(i, 0);
    }
  }

  private void forwardTask(long index, int worker) {
    long c0 = index % channelGroups * channelsPerTask;
    long unit = index / channelGroups;
    long t0 = unit % positionBlocks * positionsPerTask;
    Native.tw_conv1d_forward(
        level,
        layout,
        dtype,
        spec.channels(),
        spec.length(),
        kernel,
        spec.pad(),
        x,
        w,
        bias,
        y,
        unit / positionBlocks,
        c0,
        Math.min(spec.channels(), c0 + channelsPerTask),
        t0,
        Math.min(spec.length(), t0 + positionsPerTask),
        scratch.address() + worker * scratchBytes);
  }

  private void backwardTask(long index, int worker) {
    long c0 = index % channelGroups * channelsPerTask;
    long part = index / channelGroups;
    long of = sumsAddress == 0 ? units() : parts;
    long own =
        sumsAddress == 0 ? 0 : sumsAddress + part * spec.channels() * (kernel + 1) * Double.BYTES;
    long end = share(part + 1, of);
    for (long unit = share(part, of); unit < end; unit++) {
      long t0 = unit % positionBlocks * positionsPerTask;
      Native.tw_conv1d_backward(
          level,
          layout,
          dtype,
          spec.channels(),
          spec.length(),
          kernel,
          spec.pad(),
          x,
          w,
          dy,
          dx,
          own,
          unit / positionBlocks,
          c0,
          Math.min(spec.channels(), c0 + channelsPerTask),
          t0,
          Math.min(spec.length(), t0 + positionsPerTask),
          scratch.address() + worker * scratchBytes);
    }
  }

  /** First unit of a part: shares differ by one at most. */
  private long share(long part, long of) {
    long each = units() / of;
    return part * each + Math.min(part, units() % of);
  }

  private void sumTask(long group, int worker) {
    long c0 = group * channelsPerTask;
    long c1 = Math.min(spec.channels(), c0 + channelsPerTask);
    Native.tw_conv1d_sum(layout, spec.channels(), kernel, parts, sumsAddress, dw, dbias, c0, c1);
  }

  @Override
  public Stepper stepper() {
    requireOpen();
    if (spec.padding() != Padding.CAUSAL) {
      throw new InvalidSpecException("padding", spec.padding(), "CAUSAL for a stepper");
    }
    return new CpuStepper();
  }

  @Override
  public long workspaceBytes() {
    return memory.bytes();
  }

  @Override
  public String describe() {
    return "depthwise conv1d K="
        + kernel
        + " "
        + spec.padding()
        + " "
        + spec.layout()
        + " "
        + spec.dtype().label()
        + " on cpu: "
        + device.level().label()
        + ", "
        + device.threads()
        + " threads, tasks of "
        + channelsPerTask
        + " channels x "
        + Math.min(spec.length(), positionsPerTask)
        + " positions"
        + (inline ? ", on the caller's thread" : "");
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

  private void checkCall(Stream stream, Args args) {
    requireOpen();
    TensorCheck.stream(device, stream);
    if (args == null) {
      throw new InvalidSpecException("args", null, "a DepthwiseConv1d.Args");
    }
  }

  private long sequence(String name, Tensor tensor) {
    return spec.layout() == Layout.BHL
        ? TensorCheck.address(
            device, name, tensor, spec.dtype(), spec.batch(), spec.channels(), spec.length())
        : TensorCheck.address(
            device, name, tensor, spec.dtype(), spec.batch(), spec.length(), spec.channels());
  }

  private long taps(String name, Tensor tensor) {
    return TensorCheck.address(device, name, tensor, DType.F32, spec.channels(), kernel);
  }

  private long bias(Tensor tensor) {
    if (!spec.bias()) {
      TensorCheck.absent("bias", tensor, "the spec has no bias");
      return 0;
    }
    return TensorCheck.address(device, "bias", tensor, DType.F32, spec.channels());
  }

  private static long ceilDiv(long a, long b) {
    return (a + b - 1) / b;
  }

  /** A ring of the last K inputs, [K, B, H] in f32. */
  private final class CpuStepper implements Stepper {
    private final NativeMemory history;
    private final long perTask;
    private final CpuPool.Task task = this::stepTask;
    private long position;

    CpuStepper() {
      long row = Math.multiplyExact(spec.batch(), spec.channels());
      history = NativeMemory.allocate(row * kernel * Float.BYTES, "conv1d history");
      long products = spec.batch() * kernel;
      perTask = ceilDiv(INLINE_PRODUCTS, products * BLH_CHANNELS) * BLH_CHANNELS;
      reset();
    }

    @Override
    public void step(Stream stream, Args args) {
      checkCall(stream, args);
      x = TensorCheck.address(device, "x", args.x(), spec.dtype(), spec.batch(), spec.channels());
      w = taps("w", args.w());
      bias = bias(args.bias());
      y = TensorCheck.address(device, "y", args.y(), spec.dtype(), spec.batch(), spec.channels());
      history.address();
      long tasks = ceilDiv(spec.channels(), perTask);
      if (tasks == 1) {
        stepTask(0, 0);
      } else {
        device.pool().run(tasks, task);
      }
      position++;
      Reference.reachabilityFence(args);
      Reference.reachabilityFence(CpuDepthwiseConv1d.this);
    }

    private void stepTask(long index, int worker) {
      long c0 = index * perTask;
      Native.tw_conv1d_step(
          level,
          dtype,
          spec.batch(),
          spec.channels(),
          kernel,
          (int) (position % kernel),
          x,
          w,
          bias,
          y,
          history.address(),
          c0,
          Math.min(spec.channels(), c0 + perTask),
          scratch.address() + worker * scratchBytes);
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public long workspaceBytes() {
      return history.isClosed() ? 0 : history.bytes();
    }

    @Override
    public void reset() {
      Native.tw_fill(history.address(), history.bytes() / Float.BYTES, Float.BYTES, 0);
      position = 0;
    }

    @Override
    public void close() {
      history.close();
    }
  }
}
