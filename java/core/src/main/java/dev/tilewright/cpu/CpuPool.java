package dev.tilewright.cpu;

import dev.tilewright.InvalidSpecException;
import dev.tilewright.TilewrightException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of threads over which one call spreads many tasks. The caller is worker 0 and takes
 * part; the other workers are daemon threads that are started by the first call that needs them,
 * spin for a short while after each call and then park, so that calls that follow each other
 * closely hand work over in well under a microsecond.
 *
 * <p>Tasks are claimed one by one with an atomic counter, in rising order. A worker that wakes too
 * late for a call is not waited for. {@link #run} allocates nothing.
 *
 * <p>Safe to share. When one thread's call has the workers, another thread's call starts alone on
 * its own thread and shares what is left as soon as the workers are free; it never waits for the
 * other call.
 */
public final class CpuPool implements AutoCloseable {
  /** The work of one call. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does one piece.
     *
     * @param index number of the piece, from 0
     * @param worker who does it, 0 to threads - 1; within one call of {@link CpuPool#run} no two
     *     tasks with the same worker overlap, so it can select scratch memory
     */
    void run(long index, int worker);
  }

  static final int MAX_THREADS = 1024;

  /** How long an idle worker, and a caller that waits for the last tasks, spins before it parks. */
  private static final long SPIN_NANOS = 50_000;

  /** Spins between two looks at the clock. */
  private static final int SPINS_PER_LOOK = 64;

  // Words of shared memory, each alone on its pair of cache lines.
  private static final int PAD = 16;

  /** State of the current call: number of the call << 17 | OPEN | workers inside it. */
  private static final int STATE = PAD;

  /** The next index to claim. Only those inside the call touch it. */
  private static final int NEXT = 2 * PAD;

  /** PARKED + PAD * worker: 1 while that worker is parked or about to be. */
  private static final int PARKED = 3 * PAD;

  private static final long OPEN = 1L << 16;
  private static final long INSIDE = OPEN - 1;
  private static final int CALL_SHIFT = 17;

  private final int threads;
  private final AtomicLongArray words;
  private final Worker[] workers;

  /** The thread whose call has the workers. */
  private final AtomicReference<Thread> owner = new AtomicReference<>();

  /** The owner, while it is parked until the last worker leaves its call. */
  private volatile Thread waiter;

  private volatile boolean closed;
  private boolean started; // guarded by the ownership

  // Written by the owner before it opens a call, read by those inside.
  private Task task;
  private long tasks;
  private Throwable failure; // guarded by this while the call runs

  /**
   * @param threads threads that compute, the caller included: 1 to 1024
   */
  public CpuPool(int threads) {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new InvalidSpecException("threads", threads, "1 to " + MAX_THREADS);
    }
    this.threads = threads;
    this.words = new AtomicLongArray(PARKED + PAD * (threads + 1));
    this.workers = new Worker[threads - 1];
  }

  /** Threads that compute, the caller included. */
  public int threads() {
    return threads;
  }

  /** Whether the pool was closed. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Runs {@code task} for every index from 0 to {@code tasks - 1} and returns when all are done;
   * what they wrote is then visible to the caller. A call with one task, of a pool with one thread,
   * or from inside a task that has the workers runs on the calling thread alone. Which tasks run on
   * which worker is open, so results that must not vary depend on the index only.
   *
   * <p>When a task throws, tasks not yet started are skipped, those running are waited for, and the
   * first exception is thrown here with later ones suppressed in it. When the calling thread is
   * interrupted, tasks not yet started are skipped and those running are waited for; its interrupt
   * flag stays set. The pool stays usable.
   *
   * @throws TilewrightException when the pool is closed, or (its cause an InterruptedException)
   *     when tasks were skipped because of an interrupt
   */
  public void run(long tasks, Task task) {
    if (closed) {
      throw new TilewrightException("the thread pool is closed; open its device again");
    }
    if (tasks < 0) {
      throw new InvalidSpecException("tasks", tasks, "at least 0");
    }
    Thread self = Thread.currentThread();
    if (tasks <= 1 || threads == 1) {
      alone(self, tasks, task, workerIndex(self));
    } else if (self instanceof Worker w && w.pool == this) {
      alone(self, tasks, task, w.index);
    } else if (owner.get() == self) {
      alone(self, tasks, task, 0);
    } else {
      share(self, tasks, task);
    }
  }

  private int workerIndex(Thread self) {
    return self instanceof Worker w && w.pool == this ? w.index : 0;
  }

  private static void alone(Thread self, long tasks, Task task, int worker) {
    for (long index = 0; index < tasks; index++) {
      if (self.isInterrupted()) {
        throw interrupted(tasks - index);
      }
      task.run(index, worker);
    }
  }

  /** Runs tasks here until the workers are free, and the rest with them. */
  private void share(Thread self, long tasks, Task task) {
    long index = 0;
    while (owner.get() != null || !owner.compareAndSet(null, self)) {
      if (index == tasks) {
        return;
      }
      if (self.isInterrupted()) {
        throw interrupted(tasks - index);
      }
      task.run(index++, 0);
    }
    long skipped;
    Throwable thrown;
    try {
      skipped = index == tasks ? 0 : together(self, index, tasks, task);
      thrown = takeFailure();
    } finally {
      owner.set(null);
    }
    if (thrown != null) {
      CpuPool.<RuntimeException>rethrow(thrown);
    }
    if (skipped > 0) {
      throw interrupted(skipped);
    }
  }

  /**
   * Opens a call, takes part, closes it and waits for those inside. Returns how many tasks an
   * interrupt skipped.
   */
  private long together(Thread self, long first, long tasks, Task task) {
    if (self.isInterrupted()) { // before a worker can claim anything
      return tasks - first;
    }
    if (!started) {
      start();
    }
    this.task = task;
    this.tasks = tasks;
    words.setPlain(NEXT, first);
    long call = (words.getPlain(STATE) >>> CALL_SHIFT) + 1;
    words.set(STATE, call << CALL_SHIFT | OPEN);
    wake(tasks - first - 1);

    long skipped = 0;
    while (true) {
      if (self.isInterrupted()) {
        skipped = Math.max(0, tasks - words.getAndSet(NEXT, tasks));
        break;
      }
      long index = words.getAndIncrement(NEXT);
      if (index >= tasks) {
        break;
      }
      perform(index, 0);
    }
    if ((words.addAndGet(STATE, -OPEN) & INSIDE) != 0) {
      awaitWorkers(self);
    }
    this.task = null;
    return skipped;
  }

  /** Performs one task of the open call; a failure skips the tasks that nobody has claimed. */
  private void perform(long index, int worker) {
    try {
      task.run(index, worker);
    } catch (Throwable e) {
      synchronized (this) {
        if (failure == null) {
          failure = e;
        } else if (failure != e) {
          failure.addSuppressed(e);
        }
      }
      words.set(NEXT, tasks);
    }
  }

  /** The failure of the call that has just ended. Everybody has left it, so no lock is needed. */
  private Throwable takeFailure() {
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
    }
    return thrown;
  }

  /**
   * Unparks as many workers as there are tasks for. The state was written before PARKED is read
   * here.
   */
  private void wake(long wanted) {
    for (int i = 0; i < workers.length && i < wanted; i++) {
      if (words.get(PARKED + PAD * (i + 1)) != 0) {
        LockSupport.unpark(workers[i]);
      }
    }
  }

  private void awaitWorkers(Thread self) {
    long deadline = System.nanoTime() + SPIN_NANOS;
    int spins = 0;
    while ((words.get(STATE) & INSIDE) != 0) {
      Thread.onSpinWait();
      if (++spins % SPINS_PER_LOOK == 0 && System.nanoTime() > deadline) {
        parkUntilWorkersLeave(self);
        return;
      }
    }
  }

  private void parkUntilWorkersLeave(Thread self) {
    boolean interrupted = false;
    waiter = self;
    while ((words.get(STATE) & INSIDE) != 0) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted(); // a set flag would make park return at once
    }
    waiter = null;
    if (interrupted) {
      self.interrupt();
    }
  }

  /**
   * Starts the threads. When one cannot be had, the next call goes on from there: no index is given
   * out twice.
   */
  private void start() {
    for (int i = 0; i < workers.length; i++) {
      if (workers[i] == null) {
        Worker worker = new Worker(this, i + 1);
        worker.start();
        workers[i] = worker;
      }
    }
    started = true;
  }

  /**
   * Stops the workers and waits until they have ended, unless it is called from a task. A call in
   * progress is completed. Closing again does nothing.
   */
  @Override
  public void close() {
    closed = true;
    wake(workers.length);
    Thread self = Thread.currentThread();
    if (owner.get() == self || self instanceof Worker w && w.pool == this) {
      return;
    }
    for (Worker worker : workers) {
      try {
        if (worker != null) {
          worker.join();
        }
      } catch (InterruptedException e) {
        self.interrupt(); // the workers end all the same
        return;
      }
    }
  }

  private static TilewrightException interrupted(long skipped) {
    return new TilewrightException(
        "interrupted: "
            + skipped
            + " tasks were skipped, so the outputs of this call are incomplete",
        new InterruptedException());
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void rethrow(Throwable thrown) throws E {
    throw (E) thrown;
  }

  private static final class Worker extends Thread {
    final CpuPool pool;
    final int index;

    Worker(CpuPool pool, int index) {
      super(null, null, "tilewright-cpu-" + index, 0, false);
      this.pool = pool;
      this.index = index;
      setDaemon(true);
    }

    @Override
    public void run() {
      pool.work(index);
    }
  }

  private void work(int worker) {
    long last = 0;
    while (true) {
      long state = awaitCall(worker, last);
      if (state < 0) {
        return;
      }
      last = state >>> CALL_SHIFT;
      long end = tasks;
      long index;
      while ((index = words.getAndIncrement(NEXT)) < end) {
        perform(index, worker);
      }
      long left = words.decrementAndGet(STATE);
      if ((left & (OPEN | INSIDE)) == 0) {
        Thread parked = waiter;
        if (parked != null) {
          LockSupport.unpark(parked);
        }
      }
    }
  }

  /**
   * Enters the next call after {@code last} and returns its state, or -1 when the pool is closed.
   */
  private long awaitCall(int worker, long last) {
    long deadline = System.nanoTime() + SPIN_NANOS;
    int spins = 0;
    while (true) {
      long state = words.get(STATE);
      if ((state & OPEN) != 0 && state >>> CALL_SHIFT != last) {
        if (words.compareAndSet(STATE, state, state + 1)) {
          return state;
        }
        continue;
      }
      Thread.onSpinWait();
      if (++spins % SPINS_PER_LOOK != 0) {
        continue;
      }
      if (closed) {
        return -1;
      }
      if (System.nanoTime() > deadline) {
        words.set(PARKED + PAD * worker, 1);
        if (words.get(STATE) == state && !closed) {
          LockSupport.park(this);
        }
        words.set(PARKED + PAD * worker, 0);
        Thread.interrupted(); // nobody's business to interrupt a worker; a set flag would end all
        // parking
        deadline = System.nanoTime() + SPIN_NANOS;
      }
    }
  }
}
