package dev.tilewright.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.cpu.CpuPool;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Counts what runs, and fails when two tasks have the same worker at once. */
final class Counting implements CpuPool.Task {
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

  static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
