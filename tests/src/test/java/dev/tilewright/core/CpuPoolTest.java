package dev.tilewright.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.InvalidSpecException;
import dev.tilewright.TilewrightException;
import dev.tilewright.cpu.CpuPool;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CpuPoolTest {
  /** Counts what runs, and fails when two tasks have the same worker at once. */
  private static final class Counting implements CpuPool.Task {
    final long[] plain; // written without synchronisation: run must publish it
    final AtomicIntegerArray busy;
    final AtomicInteger clashes = new AtomicInteger();

    Counting(int tasks, int threads) {
      plain = new long[tasks];
      busy = new AtomicIntegerArray(threads);
    }

    @Override
    public void run(long index, int worker) {
      if (busy.getAndSet(worker, 1) != 0) {
        clashes.incrementAndGet();
      }
      plain[(int) index]++;
      busy.set(worker, 0);
    }

    void verify(long each) {
      assertEquals(0, clashes.get());
      for (long count : plain) {
        assertEquals(each, count);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8})
  void everyTaskRunsOnce(int threads) {
    try (CpuPool pool = new CpuPool(threads)) {
      for (int tasks : new int[] {0, 1, 2, 3, 7, 64, 1000}) {
        Counting counting = new Counting(tasks, threads);
        for (int round = 1; round <= 200; round++) {
          pool.run(tasks, counting);
          counting.verify(round);
        }
      }
    }
  }

  @Test
  void workersTakePartEvenAfterTheyParked() throws Exception {
    try (CpuPool pool = new CpuPool(4)) {
      for (int round = 0; round < 20; round++) {
        CyclicBarrier barrier = new CyclicBarrier(4);
        AtomicLong workers = new AtomicLong();
        pool.run(
            4,
            (index, worker) -> {
              workers.getAndUpdate(seen -> seen | 1L << worker);
              try {
                barrier.await(20, TimeUnit.SECONDS);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
        assertEquals(
            0b1111, workers.get(), "four tasks that wait for each other need four threads");
        Thread.sleep(round % 3); // 1 ms is far beyond the spin
      }
    }
  }

  @Test
  void theCallerParksWhileTheLastTaskIsLong() {
    try (CpuPool pool = new CpuPool(2)) {
      for (int round = 0; round < 10; round++) {
        CountDownLatch started = new CountDownLatch(2);
        AtomicInteger done = new AtomicInteger();
        pool.run(
            2,
            (index, worker) -> {
              started.countDown();
              await(started);
              if (worker == 1) {
                sleep(5);
              }
              done.incrementAndGet();
            });
        assertEquals(2, done.get());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theFirstExceptionReachesTheCaller(int threads) {
    try (CpuPool pool = new CpuPool(threads)) {
      for (int round = 0; round < 100; round++) {
        AtomicInteger ran = new AtomicInteger();
        Error error = new AssertionError("task");
        Throwable thrown =
            assertThrows(
                AssertionError.class,
                () ->
                    pool.run(
                        100_000,
                        (index, worker) -> {
                          ran.incrementAndGet();
                          if (index == 5) {
                            throw error;
                          }
                        }));
        assertSame(error, thrown);
        assertTrue(ran.get() < 100_000, "the rest is skipped");
        Counting counting = new Counting(50, threads);
        pool.run(50, counting);
        counting.verify(1);
      }
    }
  }

  @Test
  void laterExceptionsAreSuppressed() {
    try (CpuPool pool = new CpuPool(3)) {
      CountDownLatch all = new CountDownLatch(3);
      RuntimeException thrown =
          assertThrows(
              RuntimeException.class,
              () ->
                  pool.run(
                      3,
                      (index, worker) -> {
                        all.countDown();
                        await(all);
                        throw new IllegalStateException("task " + index);
                      }));
      assertEquals(2, thrown.getSuppressed().length);
      RuntimeException same = new RuntimeException("one object");
      CountDownLatch again = new CountDownLatch(3);
      assertSame(
          same,
          assertThrows(
              RuntimeException.class,
              () ->
                  pool.run(
                      3,
                      (index, worker) -> {
                        again.countDown();
                        await(again);
                        throw same;
                      })));
      assertEquals(0, same.getSuppressed().length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void anInterruptSkipsWhatHasNotStarted(int threads) {
    try (CpuPool pool = new CpuPool(threads)) {
      Thread caller = Thread.currentThread();
      AtomicInteger running = new AtomicInteger();
      AtomicInteger ran = new AtomicInteger();
      AtomicBoolean told = new AtomicBoolean();
      TilewrightException thrown =
          assertThrows(
              TilewrightException.class,
              () ->
                  pool.run(
                      1_000_000,
                      (index, worker) -> {
                        running.incrementAndGet();
                        if (index == 100) {
                          caller.interrupt();
                          told.set(true);
                        }
                        // However the machine shares its time out, most are left when the caller
                        // looks: nobody runs ahead of the interrupt, and workers are slow after it.
                        while (index > 100 && !told.get()) {
                          Thread.onSpinWait();
                        }
                        if (worker != 0 && index > 100) {
                          LockSupport.parkNanos(1_000);
                        }
                        ran.incrementAndGet();
                        running.decrementAndGet();
                      }));
      assertInstanceOf(InterruptedException.class, thrown.getCause());
      assertEquals(0, running.get(), "what runs is waited for");
      assertTrue(ran.get() < 1_000_000);
      assertThrows(TilewrightException.class, () -> pool.run(2, (index, worker) -> ran.set(-1)));
      assertTrue(ran.get() >= 0, "an interrupted caller starts nothing");
      assertTrue(Thread.interrupted(), "the flag stays set");
      Counting counting = new Counting(50, threads);
      pool.run(50, counting);
      counting.verify(1);
    }
  }

  @Test
  void anInterruptDuringTheLastTasksLosesNothing() {
    try (CpuPool pool = new CpuPool(2)) {
      Thread caller = Thread.currentThread();
      CountDownLatch both = new CountDownLatch(2);
      AtomicInteger done = new AtomicInteger();
      pool.run(
          2,
          (index, worker) -> {
            both.countDown();
            await(both);
            if (worker == 1) {
              sleep(3);
              caller.interrupt();
              sleep(3);
            }
            done.incrementAndGet();
          });
      assertEquals(2, done.get());
      assertTrue(Thread.interrupted());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void nestedCallsRunInline(int threads) {
    try (CpuPool pool = new CpuPool(threads);
        CpuPool other = new CpuPool(2)) {
      AtomicInteger inner = new AtomicInteger();
      AtomicInteger foreign = new AtomicInteger();
      for (int round = 0; round < 50; round++) {
        pool.run(
            8,
            (index, worker) -> {
              Thread self = Thread.currentThread();
              pool.run(
                  5,
                  (i, w) -> {
                    assertSame(self, Thread.currentThread());
                    assertEquals(worker, w);
                    inner.incrementAndGet();
                  });
              other.run(3, (i, w) -> foreign.incrementAndGet());
            });
      }
      assertEquals(50 * 8 * 5, inner.get());
      assertEquals(50 * 8 * 3, foreign.get());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void manyCallersShareOnePool(int threads) throws InterruptedException {
    try (CpuPool pool = new CpuPool(threads)) {
      Thread[] callers = new Thread[5];
      AtomicReference<Throwable> failure = new AtomicReference<>();
      for (int c = 0; c < callers.length; c++) {
        int seed = c;
        callers[c] =
            new Thread(
                () -> {
                  try {
                    mixedCalls(pool, threads, new Random(seed), 1500);
                  } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                  }
                });
        callers[c].start();
      }
      for (Thread caller : callers) {
        caller.join();
      }
      if (failure.get() != null) {
        throw new AssertionError(failure.get());
      }
    }
  }

  /**
   * Calls of every kind in random order: good, failing, interrupted, nested, with pauses beyond the
   * spin.
   */
  private static void mixedCalls(CpuPool pool, int threads, Random random, int calls) {
    for (int call = 0; call < calls; call++) {
      int tasks = random.nextInt(20);
      Counting counting = new Counting(tasks, threads);
      switch (random.nextInt(12)) {
        case 0 -> {
          IllegalStateException mine = new IllegalStateException();
          if (tasks > 0) {
            assertSame(
                mine,
                assertThrows(
                    IllegalStateException.class,
                    () ->
                        pool.run(
                            tasks,
                            (index, worker) -> {
                              if (index == tasks - 1) {
                                throw mine;
                              }
                            })));
          }
        }
        case 1 -> {
          Thread caller = Thread.currentThread();
          try {
            pool.run(tasks + 2, (index, worker) -> caller.interrupt());
          } catch (TilewrightException e) {
            assertInstanceOf(InterruptedException.class, e.getCause());
          }
          assertTrue(Thread.interrupted());
        }
        case 2 -> {
          AtomicInteger inner = new AtomicInteger();
          pool.run(tasks, (i, w) -> pool.run(3, (index, worker) -> inner.incrementAndGet()));
          assertEquals(3 * tasks, inner.get());
        }
        case 3 -> {
          if (random.nextInt(10) == 0) {
            sleep(1);
          }
        }
        default -> {
          pool.run(tasks, counting);
          counting.verify(1);
        }
      }
    }
  }

  @Test
  void aCallDoesNotWaitForAnotherCallersTask() {
    try (CpuPool pool = new CpuPool(2)) {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      Thread first =
          new Thread(
              () ->
                  pool.run(
                      2,
                      (index, worker) -> {
                        inside.countDown();
                        await(release);
                      }));
      first.start();
      await(inside);
      Counting counting = new Counting(10, 2);
      pool.run(10, counting); // would never return if it waited for the first
      counting.verify(1);
      release.countDown();
      join(first);
    }
  }

  @Test
  void runAllocatesNothing() {
    var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    try (CpuPool pool = new CpuPool(2)) {
      AtomicLong sum = new AtomicLong();
      CpuPool.Task task = (index, worker) -> sum.addAndGet(index);
      for (int i = 0; i < 2000; i++) {
        pool.run(4, task);
      }
      long before = bean.getThreadAllocatedBytes(self);
      for (int i = 0; i < 10_000; i++) {
        pool.run(4, task);
      }
      long allocated = bean.getThreadAllocatedBytes(self) - before;
      assertTrue(allocated < 10_000, allocated + " bytes in 10000 calls");
    }
  }

  @Test
  void closeStopsTheWorkersAndTheCalls() {
    long before = poolThreads();
    CpuPool pool = new CpuPool(4);
    assertEquals(before, poolThreads(), "no thread before the first call");
    pool.run(8, (index, worker) -> {});
    assertEquals(before + 3, poolThreads());
    pool.close();
    assertEquals(before, poolThreads());
    pool.close();
    assertTrue(pool.isClosed());
    TilewrightException e =
        assertThrows(TilewrightException.class, () -> pool.run(1, (index, worker) -> {}));
    assertTrue(e.getMessage().contains("closed"));
  }

  @Test
  void parkedWorkersEndOnClose() {
    long before = poolThreads();
    CpuPool pool = new CpuPool(3);
    pool.run(3, (index, worker) -> {});
    sleep(5);
    pool.close();
    assertEquals(before, poolThreads());
  }

  @Test
  void closeFromATaskCompletesTheCall() {
    for (int round = 0; round < 50; round++) {
      CpuPool pool = new CpuPool(3);
      Counting counting = new Counting(30, 3);
      int closer = round % 30;
      pool.run(
          30,
          (index, worker) -> {
            counting.run(index, worker);
            if (index == closer) {
              pool.close();
            }
          });
      counting.verify(1);
      assertTrue(pool.isClosed());
      pool.close();
    }
  }

  @Test
  void badArgumentsAreRefused() {
    assertThrows(InvalidSpecException.class, () -> new CpuPool(0));
    assertThrows(InvalidSpecException.class, () -> new CpuPool(5000));
    try (CpuPool pool = new CpuPool(1)) {
      assertThrows(InvalidSpecException.class, () -> pool.run(-1, (index, worker) -> {}));
      assertFalse(pool.isClosed());
    }
  }

  private static long poolThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("tilewright-cpu-"))
        .count();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
