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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call of the pool promises. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CpuPoolTest {
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
              Counting.await(started);
              if (worker == 1) {
                Counting.sleep(5);
              }
              done.incrementAndGet();
            });
        assertEquals(2, done.get());
      }
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
            Counting.sleep(1);
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
                        Counting.await(release);
                      }));
      first.start();
      Counting.await(inside);
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
  void badArgumentsAreRefused() {
    assertThrows(InvalidSpecException.class, () -> new CpuPool(0));
    assertThrows(InvalidSpecException.class, () -> new CpuPool(5000));
    try (CpuPool pool = new CpuPool(1)) {
      assertThrows(InvalidSpecException.class, () -> pool.run(-1, (index, worker) -> {}));
      assertFalse(pool.isClosed());
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
