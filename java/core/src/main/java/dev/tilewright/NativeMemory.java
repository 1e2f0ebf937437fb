package dev.tilewright;

import dev.tilewright.jni.Native;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One block of native host memory that is freed when it is closed. Tensors and plans keep their
 * memory in it.
 *
 * <p>A block that becomes unreachable without having been closed is freed by a {@link Cleaner},
 * which logs one warning; with {@code -Dtilewright.leaks=trace} the warning carries the stack of
 * the allocation. Code that hands {@link #address()} to native code therefore keeps the block
 * reachable for as long, see {@link java.lang.ref.Reference#reachabilityFence}.
 *
 * <p>Blocks start on a 64-byte boundary, those of 4 KiB and more on a page. Allocation and close
 * are safe from any thread; a close must not race with a use.
 */
public final class NativeMemory implements AutoCloseable {
  /** Alignment of every block, in bytes: a cache line, and the widest vector. */
  public static final int ALIGNMENT = 64;

  private static final int PAGE = 4096;

  /**
   * From this size on the free memory is asked for first: the kernel promises more memory than it
   * has, and kills the process when the promise is called in.
   */
  private static final long CHECKED_BYTES = 1L << 30;

  private static final Logger LOG = System.getLogger("dev.tilewright");
  private static final boolean TRACE =
      "trace".equalsIgnoreCase(System.getProperty("tilewright.leaks"));
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicLong LIVE_BYTES = new AtomicLong();
  private static final AtomicLong LIVE_BLOCKS = new AtomicLong();

  private final Block block;
  private final Cleaner.Cleanable cleanable;

  private NativeMemory(Block block) {
    this.block = block;
    this.cleanable = CLEANER.register(this, block);
  }

  /**
   * Allocates uninitialised memory.
   *
   * @param bytes size, at least 1
   * @param owner what the memory is for: its text stands in errors and leak reports and is asked
   *     for only then. It must not reach the block, or the block would never be collected
   * @throws OutOfDeviceMemoryException when there is not that much
   */
  public static NativeMemory allocate(long bytes, Object owner) {
    if (bytes < 1) {
      throw new InvalidSpecException("bytes", bytes, "at least 1");
    }
    NativeLibrary.require();
    if (bytes >= CHECKED_BYTES) {
      long free = HostMemory.free();
      if (free >= 0 && bytes > free) {
        throw new OutOfDeviceMemoryException("cpu", bytes, free);
      }
    }
    long address = Native.tw_alloc(bytes, bytes < PAGE ? ALIGNMENT : PAGE);
    if (address == 0) {
      throw new OutOfDeviceMemoryException("cpu", bytes, HostMemory.free());
    }
    LIVE_BYTES.getAndAdd(bytes);
    LIVE_BLOCKS.getAndIncrement();
    return new NativeMemory(new Block(address, bytes, owner));
  }

  /** Bytes in blocks that are not closed yet, in this process. */
  public static long liveBytes() {
    return LIVE_BYTES.get();
  }

  /** Number of blocks that are not closed yet, in this process. */
  public static long liveBlocks() {
    return LIVE_BLOCKS.get();
  }

  /**
   * Address of the first byte.
   *
   * @throws InvalidSpecException after close
   */
  public long address() {
    if (block.closed) {
      throw new InvalidSpecException("memory", block.owner + " is closed", "open memory");
    }
    return block.address;
  }

  /** Size in bytes. */
  public long bytes() {
    return block.bytes;
  }

  /** Whether the memory has been freed. */
  public boolean isClosed() {
    return block.closed;
  }

  /** Frees the memory; closing again does nothing. */
  @Override
  public void close() {
    block.closed = true;
    cleanable.clean();
  }

  /** What the cleaner holds; it must not reach the NativeMemory. */
  private static final class Block implements Runnable {
    final long address;
    final long bytes;
    final Object owner;
    final Throwable allocation;
    volatile boolean closed;

    Block(long address, long bytes, Object owner) {
      this.address = address;
      this.bytes = bytes;
      this.owner = owner;
      this.allocation = TRACE ? new Throwable("allocated here") : null;
    }

    /** Runs once: from close, or from the cleaner's thread when close was forgotten. */
    @Override
    public void run() {
      boolean leaked = !closed;
      closed = true;
      Native.tw_free(address);
      LIVE_BYTES.getAndAdd(-bytes);
      LIVE_BLOCKS.getAndDecrement();
      if (leaked) {
        String hint = TRACE ? "" : "; -Dtilewright.leaks=trace shows where it was allocated";
        LOG.log(
            Level.WARNING,
            owner + " was never closed: freed " + bytes + " bytes" + hint,
            allocation);
      }
    }
  }
}
