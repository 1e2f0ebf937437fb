package dev.tilewright.op;

import dev.tilewright.CpuLevel;
import dev.tilewright.DType;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.NativeMemory;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.cpu.CpuPool;
import dev.tilewright.jni.Native;
import java.lang.ref.Reference;

/**
 * Decoding on the CPU: every step computes directly what the tokens of its base block give; at the
 * end of a base block one scale of the native decoder adds what older blocks give.
 */
final class CpuFftConvStepper implements FftConv.Stepper {
  /**
   * Blocks of a scale in one of the next, log2, at most. With 16 there are fewer transforms, but
   * the spectra that are read for every block no longer stay in the caches.
   */
  private static final int MAX_RADIX_BITS = 3;

  /** Groups of rows of a token, and samples of a block, that are worth a task of their own. */
  private static final long GROUPS_PER_TASK = 64;

  private static final long SAMPLES_PER_TASK = 2048;

  /** Of the transforms, in turns. */
  private static final double RIGHT_ANGLE = 0.25;

  private final CpuDevice device;
  private final FftConv.Spec spec;
  private final int level;
  private final long rows;
  private final long groups;
  private final long base;
  private final long[] scales;
  private final PlanMemory memory = new PlanMemory();
  private final NativeMemory stepper;
  private final NativeMemory scratch;
  private final long scratchBytes; // of one thread
  private final CpuPool.Task tokenTask = this::tokenTask;
  private final CpuPool.Task blockTask = this::blockTask;
  private long position;
  private boolean closed;

  // The step in progress.
  private long u;
  private long pregate;
  private long postgate;
  private long d;
  private long y;
  private long rowsPerTask;

  /**
   * @param taps address of the filter [H, Lk], read only here
   */
  CpuFftConvStepper(CpuDevice device, FftConv.Spec spec, long taps) {
    this.device = device;
    this.spec = spec;
    level = device.level().ordinal();
    rows = spec.batch() * spec.channels();
    groups = ceilDiv(rows, lanes(device.level()));
    base = 8L * lanes(device.level()); // the smallest transform
    scales = scales(spec, base);
    stepper = memory.allocate(Native.tw_fftconv_step_bytes(), "fftconv stepper");
    try {
      long self = stepper.address();
      init(self);
      scratchBytes = Math.max(NativeMemory.ALIGNMENT, Native.tw_fftconv_step_scratch_bytes(self));
      scratch = memory.zeroed(scratchBytes * device.threads(), "fftconv stepper's scratch");
      device
          .pool()
          .run(
              spec.channels(),
              (head, worker) ->
                  Native.tw_fftconv_step_filter(
                      level, self, taps, spec.filterLength(), head, scratchOf(worker)));
    } catch (RuntimeException | Error e) {
      memory.close();
      throw e;
    }
  }

  private void init(long self) {
    Native.tw_fftconv_step_init(
        self,
        spec.batch(),
        spec.channels(),
        spec.length(),
        spec.filterLength(),
        spec.dtype().ordinal(),
        base);
    for (long points : scales) {
      long radices = CpuFftTile.radices(device.level(), points);
      Native.tw_fftconv_step_scale(
          self, CpuFftTables.get(device.level(), points, radices, RIGHT_ANGLE).address());
    }
    Native.tw_fftconv_step_layout(level, self);
    NativeMemory filter =
        memory.zeroed(Native.tw_fftconv_step_filter_bytes(self), "fftconv stepper's filter");
    NativeMemory state =
        memory.zeroed(Native.tw_fftconv_step_state_bytes(self), "fftconv stepper's state");
    Native.tw_fftconv_step_bind(self, filter.address(), state.address());
  }

  /**
   * The blocks of each scale, smallest first: as few as the radix allows, of equal steps. The last
   * one reaches back over the rest of the filter.
   */
  static long[] scales(FftConv.Spec spec, long base) {
    long taps = Math.min(spec.length(), spec.filterLength());
    if (spec.length() <= base || taps == 1) {
      return new long[0];
    }
    int bits = Long.SIZE - Long.numberOfLeadingZeros(ceilDiv(taps, base) - 1);
    int count = Math.max(1, (bits + MAX_RADIX_BITS - 1) / MAX_RADIX_BITS);
    long[] scales = new long[count];
    long points = base;
    for (int i = 0; i < count; i++) {
      scales[i] = points;
      points <<= (bits + count - 1 - i) / count;
    }
    return scales;
  }

  @Override
  public void step(Stream stream, FftConv.Args args) {
    requireOpen();
    TensorCheck.stream(device, stream);
    if (args == null) {
      throw new InvalidSpecException("args", null, "an FftConv.Args");
    }
    TensorCheck.absent("k", args.k(), "a stepper keeps the filter that was set");
    u = token("u", args.u());
    pregate = gate(spec.pregate(), "pregate", args.pregate());
    postgate = gate(spec.postgate(), "postgate", args.postgate());
    if (spec.skip()) {
      d = TensorCheck.address(device, "d", args.d(), DType.F32, spec.channels());
    } else {
      TensorCheck.absent("d", args.d(), "the spec has no skip term");
      d = 0;
    }
    y = token("y", args.y());
    if (position >= spec.length()) {
      throw new InvalidSpecException("position", position, "0 to " + (spec.length() - 1));
    }
    if (groups < 2 * GROUPS_PER_TASK) {
      token(0, groups);
    } else {
      device.pool().run(ceilDiv(groups, GROUPS_PER_TASK), tokenTask);
    }
    position++;
    if (scales.length > 0 && position % base == 0 && position < spec.length()) {
      endBlock();
    }
    Reference.reachabilityFence(args);
    Reference.reachabilityFence(this);
  }

  private void endBlock() {
    int scale = scales.length - 1;
    while (position % scales[scale] != 0) {
      scale--;
    }
    rowsPerTask = ceilDiv(SAMPLES_PER_TASK, scales[scale]);
    if (rows < 2 * rowsPerTask) {
      block(0, rows, 0);
    } else {
      device.pool().run(ceilDiv(rows, rowsPerTask), blockTask);
    }
  }

  private void tokenTask(long index, int worker) {
    token(index * GROUPS_PER_TASK, Math.min(groups, (index + 1) * GROUPS_PER_TASK));
  }

  private void token(long g0, long g1) {
    Native.tw_fftconv_step_token(
        level, stepper.address(), position, u, pregate, postgate, d, y, g0, g1);
  }

  private void blockTask(long index, int worker) {
    block(index * rowsPerTask, Math.min(rows, (index + 1) * rowsPerTask), worker);
  }

  private void block(long r0, long r1, int worker) {
    Native.tw_fftconv_step_block(level, stepper.address(), position, r0, r1, scratchOf(worker));
  }

  private long scratchOf(int worker) {
    return scratch.address() + worker * scratchBytes;
  }

  private long gate(boolean wanted, String name, Tensor tensor) {
    if (wanted) {
      return token(name, tensor);
    }
    TensorCheck.absent(name, tensor, "the spec has no " + name);
    return 0;
  }

  private long token(String name, Tensor tensor) {
    return TensorCheck.address(device, name, tensor, spec.dtype(), spec.batch(), spec.channels());
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public long workspaceBytes() {
    return memory.bytes();
  }

  @Override
  public void reset() {
    requireOpen();
    Native.tw_fftconv_step_reset(stepper.address());
    position = 0;
  }

  @Override
  public void close() {
    closed = true;
    memory.close();
  }

  private void requireOpen() {
    if (closed) {
      throw new InvalidSpecException("stepper", "a closed stepper", "an open stepper");
    }
    device.requireOpen();
  }

  private static int lanes(CpuLevel level) {
    return 4 << level.ordinal();
  }

  private static long ceilDiv(long a, long b) {
    return (a + b - 1) / b;
  }
}
