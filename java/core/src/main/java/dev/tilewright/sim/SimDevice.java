package dev.tilewright.sim;

import dev.tilewright.DType;
import dev.tilewright.GpuDevice;
import dev.tilewright.GpuEvent;
import dev.tilewright.GpuModule;
import dev.tilewright.GpuSpec;
import dev.tilewright.GpuStream;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A simulated GPU as a device of the library: {@code Device.open("sim:h100")}. Kernels run from PTX
 * on the processor, with checks; what they find is thrown as {@link SimFindingException} by the
 * next call that synchronises, and can be read by {@link #findings}.
 *
 * <p>Work of a stream runs on the thread that waits for it and no earlier, so that a missing event
 * or a missing wait shows. What kernels print goes to {@code System.out}.
 *
 * <p>Options stand behind the name, {@code sim:h100,checks=off,seed=7,limit=5}, or in the system
 * properties {@code tilewright.sim.checks}, {@code .seed}, {@code .limit} and {@code .counters}:
 * whether faults are looked for (on), the schedule's seed (0), after how many seconds a kernel is
 * stopped (60), and whether {@link Counters} are kept (off) for {@link #lastReport}.
 */
public final class SimDevice implements GpuDevice {
  private static final int KEPT_FINDINGS = 10_000;

  private final String name;
  private final GpuSpec chip;
  private final Launch.Options options;
  private final SimStream stream;
  private final Set<SimStream> streams = new LinkedHashSet<>();
  private final List<Finding> findings = new ArrayList<>();
  private final List<Finding> untold = new ArrayList<>();
  private final List<RuntimeException> failures = new ArrayList<>();
  private Report lastReport;
  private volatile boolean closed;

  final SimMachine machine;
  final SimMemory memory;
  final SimQueue queue = new SimQueue(this::fail);

  /**
   * A device of any chip, the shipped ones or one's own.
   *
   * @param name what {@link #name} returns and messages say
   * @param options how kernels are run
   */
  public SimDevice(String name, GpuSpec chip, Launch.Options options) {
    this.name = name;
    this.chip = chip;
    this.options = options;
    this.machine = new SimMachine(chip);
    this.memory = new SimMemory(machine.memory(), name);
    this.stream = new SimStream(this, true);
    streams.add(stream);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public GpuSpec spec() {
    return chip;
  }

  /** How kernels are run. */
  public Launch.Options options() {
    return options;
  }

  @Override
  public GpuStream stream() {
    return stream;
  }

  @Override
  public GpuStream newStream() {
    requireOpen();
    SimStream made = new SimStream(this, false);
    synchronized (streams) {
      streams.add(made);
    }
    return made;
  }

  void forget(SimStream closed) {
    synchronized (streams) {
      streams.remove(closed);
    }
  }

  @Override
  public GpuEvent newEvent() {
    requireOpen();
    return new SimEvent(this);
  }

  SimEvent own(GpuEvent event) {
    if (!(event instanceof SimEvent own) || own.device() != this) {
      throw new InvalidSpecException("event", event, "an event of " + name);
    }
    return own;
  }

  @Override
  public long allocate(long bytes) {
    return allocate(bytes, null);
  }

  @Override
  public long allocate(long bytes, Object owner) {
    requireOpen();
    return memory.allocate(bytes, owner);
  }

  @Override
  public void free(long address) {
    requireOpen();
    if (address != 0) {
      memory.retire(address);
      finish();
      memory.free(address);
      throwFailures();
    }
  }

  @Override
  public Tensor empty(DType dtype, long... shape) {
    requireOpen();
    return Tensor.allocate(this, dtype, shape);
  }

  @Override
  public Tensor wrap(long address, DType dtype, long... shape) {
    requireOpen();
    return Tensor.foreign(this, address, dtype, shape);
  }

  @Override
  public void copyToDevice(long to, ByteBuffer from) {
    finish();
    stream.copyToDevice(to, from);
    synchronize();
  }

  @Override
  public void copyToHost(ByteBuffer to, long from) {
    finish();
    stream.copyToHost(to, from);
    synchronize();
  }

  @Override
  public void fill(long address, int value, long bytes) {
    finish();
    stream.fill(address, value, bytes);
    synchronize();
  }

  @Override
  public GpuModule load(String image, byte[] bytes) {
    requireOpen();
    return SimImage.load(this, image, bytes);
  }

  @Override
  public void synchronize() {
    finish();
    throwFailures();
  }

  /** Runs what is on all streams. */
  void finish() {
    requireOpen();
    List<SimStream> all;
    synchronized (streams) {
      all = List.copyOf(streams);
    }
    all.forEach(s -> queue.run(queue.end(s.line)));
  }

  void run(SimKernel kernel, Launch launch) {
    Report report = machine.launch(kernel.module().loaded, launch, options);
    if (!report.stdout().isEmpty()) {
      System.out.print(report.stdout());
      System.out.flush();
    }
    synchronized (findings) {
      lastReport = report;
      untold.addAll(report.findings());
      for (Finding finding : report.findings()) {
        if (findings.size() < KEPT_FINDINGS) {
          findings.add(finding);
        }
      }
    }
  }

  private void fail(RuntimeException e) {
    synchronized (findings) {
      failures.add(e);
    }
  }

  /** Throws what went wrong since it was called last. */
  void throwFailures() {
    RuntimeException first = null;
    synchronized (findings) {
      if (!untold.isEmpty()) {
        first = new SimFindingException(name, untold);
        untold.clear();
      }
      for (RuntimeException failure : failures) {
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
      }
      failures.clear();
    }
    if (first != null) {
      throw first;
    }
  }

  /** All findings so far, those that were thrown too; does not wait for streams. */
  public List<Finding> findings() {
    synchronized (findings) {
      return List.copyOf(findings);
    }
  }

  /** Forgets all findings so far: none of them is thrown any more. */
  public void clearFindings() {
    synchronized (findings) {
      findings.clear();
      untold.clear();
    }
  }

  /** What the kernel that ran last did, or null when none ran. */
  public Report lastReport() {
    synchronized (findings) {
      return lastReport;
    }
  }

  boolean isClosed() {
    return closed;
  }

  void requireOpen() {
    if (closed) {
      throw new InvalidSpecException("device", name + " is closed", "an open device");
    }
  }

  /**
   * Runs what is on all streams and lets the device go, with its memory; closing again does
   * nothing.
   *
   * @throws SimFindingException when kernels had faults that were not thrown yet; the device is
   *     closed all the same
   */
  @Override
  public void close() {
    if (!closed) {
      try {
        synchronize();
      } finally {
        closed = true;
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
