package dev.tilewright.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.TilewrightException;
import dev.tilewright.cpu.CpuPool;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of the pool that cannot finish: exceptions, interrupts, a pool that is closed. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CpuPoolFailureTest {
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
                        Counting.await(all);
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
                        Counting.await(again);
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
            Counting.await(both);
            if (worker == 1) {
              Counting.sleep(3);
              caller.interrupt();
              Counting.sleep(3);
            }
            done.incrementAndGet();
          });
      assertEquals(2, done.get());
      assertTrue(Thread.interrupted());
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
    Counting.sleep(5);
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

  private static long poolThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("tilewright-cpu-"))
        .count();
  }
}
