package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.GpuArguments;
import dev.tilewright.GpuDevice;
import dev.tilewright.GpuEvent;
import dev.tilewright.GpuKernel;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuModule;
import dev.tilewright.GpuSpec;
import dev.tilewright.GpuStream;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.OutOfDeviceMemoryException;
import dev.tilewright.Tensor;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.op.DepthwiseConv1d;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What the simulated GPU promises as a device: memory, streams, events, findings. */
final class SimDeviceTest extends SimDeviceCase {
  @Test
  void everyChipOpens() {
    for (String name : GpuSpec.names()) {
      try (Device device = Device.open("SIM:" + name)) {
        assertEquals("sim:" + name, device.name());
        assertEquals(GpuSpec.of(name), device.spec());
      }
    }
  }

  @Test
  void optionsStandBehindTheNameOrInProperties() {
    try (SimDevice set = (SimDevice) Device.open("sim:l4,checks=off,seed=7,limit=0.5")) {
      assertEquals(7, set.options().seed());
      assertEquals(500, set.options().time().toMillis());
      assertTrue(!set.options().checks());
      assertEquals("sim:l4,checks=off,seed=7,limit=0.5", set.name());
    }
    System.setProperty("tilewright.sim.checks", "off");
    try (SimDevice set = (SimDevice) Device.open("sim:l4");
        SimDevice other = (SimDevice) Device.open("sim:l4,checks=on")) {
      assertTrue(!set.options().checks() && other.options().checks());
    } finally {
      System.clearProperty("tilewright.sim.checks");
    }
    for (String wrong : List.of("checks=maybe", "seed=x", "limit=0", "limit=NaN", "limit=")) {
      assertThrows(InvalidSpecException.class, () -> Device.open("sim:l4," + wrong), wrong);
    }
    for (String wrong : List.of("", "speed=1", "seed")) {
      assertThrows(UnsupportedDeviceException.class, () -> Device.open("sim:l4," + wrong), wrong);
    }
  }

  @Test
  void tensorsOfEveryTypeKeepTheirValues() {
    float[] values = {1, -2.5f, 0, 65504, 0.125f};
    for (DType type : DType.values()) {
      try (Tensor tensor = gpu.of(values, type, 5)) {
        float[] expected = values.clone();
        expected[3] = type == DType.BF16 ? 65536 : 65504;
        assertArrayEquals(expected, tensor.toFloats(), type.label());
        assertEquals(0, tensor.address() % 256);
        tensor.fill(3);
        assertArrayEquals(new float[] {3, 3, 3, 3, 3}, tensor.toFloats(), type.label());
        tensor.copyFrom(1, new float[] {8, 9}, 1, 1);
        assertArrayEquals(new float[] {3, 9, 3, 3, 3}, tensor.toFloats(), type.label());
        try (Tensor part = gpu.wrap(tensor.address() + 2 * type.bytes(), type, 3)) {
          part.fill(1);
        }
        assertArrayEquals(new float[] {3, 9, 1, 1, 1}, tensor.toFloats(), type.label());
      }
    }
  }

  @Test
  void copiesReachWhatIsAllocatedAndNothingElse() {
    long a = gpu.allocate(16);
    long b = gpu.allocate(16);
    ByteBuffer data = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putLong(5).putLong(6).flip();
    gpu.copyToDevice(a, data);
    gpu.stream().copy(b, a + 8, 8);
    gpu.stream().fill(b + 8, 0x1FF, 4);
    gpu.stream().fill(b + 12, 0, 4);
    ByteBuffer back = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    gpu.copyToHost(back, b);
    assertEquals(6, back.getLong(0));
    assertEquals(0xFFFFFFFFL, back.getLong(8));
    assertEquals(0, back.position());
    for (long wrong : new long[] {a - 1, a + 1, a + 16, 0, Long.MAX_VALUE, -1}) {
      String message =
          assertThrows(InvalidSpecException.class, () -> gpu.copyToDevice(wrong, data))
              .getMessage();
      assertTrue(message.contains("allocation"), message);
    }
    assertThrows(InvalidSpecException.class, () -> gpu.stream().copy(a, a + 4, 8));
    assertThrows(InvalidSpecException.class, () -> gpu.stream().copy(a, b, -1));
    assertThrows(InvalidSpecException.class, () -> gpu.allocate(0));
    assertThrows(OutOfDeviceMemoryException.class, () -> gpu.allocate(1L << 40));
    assertThrows(InvalidSpecException.class, () -> gpu.copyToHost(data.asReadOnlyBuffer(), a));
  }

  @Test
  void freedMemoryIsNotUsedAgain() {
    long a = gpu.allocate(128);
    gpu.free(a);
    gpu.free(0);
    assertThrows(InvalidSpecException.class, () -> gpu.free(a));
    assertThrows(InvalidSpecException.class, () -> gpu.free(a + 4));
    assertThrows(InvalidSpecException.class, () -> gpu.stream().fill(a, 0, 4));
    assertNotEquals(a, gpu.allocate(128));
    gpu.stream().launch(scale, GpuLaunch.of(1, 32), GpuArguments.of(scale, a, 1, 1f));
    SimFindingException e = assertThrows(SimFindingException.class, gpu::synchronize);
    assertEquals(FindingKind.OUT_OF_BOUNDS, e.findings().get(0).kind());
    assertTrue(e.getMessage().contains("in the freed allocation 0 (128 bytes) at byte 0"));
  }

  @Test
  void freedMemoryTakesNoRoom() throws InterruptedException {
    long address = gpu.allocate(1 << 20);
    WeakReference<Object> memory =
        new WeakReference<>(((SimDevice) gpu).machine.memory().find(address).data);
    gpu.free(address);
    for (int i = 0; i < 50 && memory.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertNull(memory.get());
  }

  @Test
  void aStreamFreesInItsOrder() {
    Tensor h = gpu.of(new float[] {1, 2}, DType.F32, 2);
    scale(gpu.stream(), h, 2);
    h.close();
    gpu.synchronize();
    long a = gpu.allocate(8);
    gpu.stream().fill(a, 0, 8);
    gpu.stream().free(a);
    assertThrows(InvalidSpecException.class, () -> gpu.stream().free(a));
    gpu.synchronize();
    assertEquals(List.of(), ((SimDevice) gpu).findings());
  }

  @Test
  void findingsNameTheTensor() {
    try (Tensor h = gpu.of(new float[] {1, 2, 3}, DType.F32, 3)) {
      gpu.stream().launch(scale, GpuLaunch.of(1, 32), GpuArguments.of(scale, h, 5, 1f));
      SimFindingException e =
          assertThrows(SimFindingException.class, () -> gpu.stream().synchronize());
      assertTrue(e.getMessage().contains("sim:a100: 2 findings"), e.getMessage());
      assertTrue(e.getMessage().contains("behind the end of tensor f32[3] (12 bytes)"));
      gpu.stream().synchronize(); // They are told once ...
      assertEquals(e.findings(), ((SimDevice) gpu).findings()); // ... and stay readable.
      ((SimDevice) gpu).clearFindings();
      assertEquals(List.of(), ((SimDevice) gpu).findings());
    }
  }

  @Test
  void closingTellsWhatNobodyWaitedFor() {
    GpuDevice own = (GpuDevice) Device.open("sim:a100");
    GpuModule loaded = own.load("test.ptx", PTX.getBytes(StandardCharsets.UTF_8));
    GpuKernel kernel = loaded.kernel("scale");
    own.stream().launch(kernel, GpuLaunch.of(1, 1), GpuArguments.of(kernel, 0L, 1, 1f));
    assertThrows(SimFindingException.class, own::close);
    own.close();
    assertThrows(InvalidSpecException.class, () -> own.allocate(4));
    assertThrows(InvalidSpecException.class, () -> own.stream().synchronize());
    assertThrows(InvalidSpecException.class, own::newStream);
    assertThrows(InvalidSpecException.class, () -> loaded.kernel("scale"));
    assertThrows(InvalidSpecException.class, own::newEvent);
    loaded.close();
  }

  @Test
  void withoutChecksRacesAreNotLookedFor() throws IOException {
    for (String name : List.of("sim:a100", "sim:a100,checks=off")) {
      try (GpuDevice own = (GpuDevice) Device.open(name);
          Tensor in = own.of(new float[128], DType.F32, 128);
          Tensor out = own.empty(DType.F32, 1)) {
        GpuKernel race = shipped(own, "planted_races.compute_80.ptx").kernel("race_shared");
        own.stream().launch(race, GpuLaunch.of(1, 128), GpuArguments.of(race, in, out));
        if (name.endsWith("off")) {
          own.synchronize();
        } else {
          SimFindingException e = assertThrows(SimFindingException.class, own::synchronize);
          assertTrue(e.getMessage().contains("shared-race at planted_races.cu:13"));
        }
      }
    }
  }

  @Test
  void streamsRunInOrderAndOnlyWhenSomebodyWaits() {
    try (Tensor a = gpu.of(new float[] {1}, DType.F32, 1);
        GpuStream one = gpu.newStream();
        GpuStream two = gpu.newStream();
        GpuEvent event = gpu.newEvent()) {
      ByteBuffer seen = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      scale(one, a, 2);
      scale(one, a, 3);
      two.copyToHost(seen, a.address());
      two.synchronize();
      assertEquals(1, seen.getFloat(0), "nothing orders the streams: the copy comes first");
      event.record(one);
      scale(one, a, 5);
      two.await(event);
      two.copyToHost(seen, a.address());
      two.synchronize();
      assertEquals(6, seen.getFloat(0), "what was recorded, and no more");
      assertArrayEquals(new float[] {30}, a.toFloats());
      assertSame(gpu, one.device());
      assertSame(gpu.stream(), gpu.stream());
    }
  }

  @Test
  void eventsTellTheTimeBetweenThem() {
    try (Tensor a = gpu.of(new float[64], DType.F32, 64);
        GpuEvent first = gpu.newEvent();
        GpuEvent second = gpu.newEvent()) {
      assertTrue(first.isDone());
      first.synchronize();
      gpu.stream().await(first); // never recorded: no wait
      first.record(gpu.stream());
      assertThrows(InvalidSpecException.class, () -> second.millisSince(first));
      scale(gpu.stream(), a, 2);
      second.record(gpu.stream());
      assertTrue(second.isDone());
      double millis = second.millisSince(first);
      assertTrue(millis > 0 && millis < 60_000, millis + " ms");
      assertEquals(-millis, first.millisSince(second));
      first.close();
      assertThrows(InvalidSpecException.class, first::isDone);
      try (GpuDevice other = (GpuDevice) Device.open("sim:t4")) {
        assertThrows(InvalidSpecException.class, () -> other.stream().await(second));
        assertThrows(InvalidSpecException.class, () -> second.record(other.stream()));
      }
    }
  }

  @Test
  void aLongChainOfEventsBetweenStreamsRuns() {
    try (Tensor a = gpu.of(new float[] {0}, DType.F32, 1);
        GpuStream one = gpu.newStream();
        GpuStream two = gpu.newStream();
        GpuEvent event = gpu.newEvent()) {
      a.fill(1);
      for (int i = 0; i < 3000; i++) {
        GpuStream from = i % 2 == 0 ? one : two;
        from.fill(a.address() + i % 4, i, 1);
        event.record(from);
        (i % 2 == 0 ? two : one).await(event);
      }
      event.synchronize();
      one.synchronize();
      ByteBuffer back = ByteBuffer.allocate(4);
      gpu.copyToHost(back, a.address());
      for (int i = 0; i < 4; i++) {
        assertEquals((byte) (2996 + i), back.get(i));
      }
    }
  }

  @Test
  void severalThreadsShareADevice() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<float[]>> results = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        float begin = t + 1;
        results.add(
            pool.submit(
                () -> {
                  try (GpuStream own = gpu.newStream();
                      Tensor h = gpu.empty(DType.F32, 64)) {
                    h.fill(begin);
                    for (int i = 0; i < 20; i++) {
                      scale(own, h, 2);
                      scale(own, h, 0.5f);
                      scale(own, h, -1);
                      if (i % 5 == 0) {
                        own.synchronize();
                      }
                    }
                    own.synchronize();
                    return h.toFloats();
                  }
                }));
      }
      for (int t = 0; t < 4; t++) {
        for (float value : results.get(t).get()) {
          assertEquals(t + 1, value);
        }
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void reportsCanBeRead() {
    SimDevice sim = (SimDevice) gpu;
    assertNull(sim.lastReport());
    try (Tensor h = gpu.of(new float[40], DType.F32, 40)) {
      scale(gpu.stream(), h, 2);
      gpu.synchronize();
    }
    assertTrue(sim.lastReport().threadInstructions() > 40);
  }

  @Test
  void opsSayWhichOfTheirGpuKernelsAreToCome() {
    assertThrows(
        UnsupportedDeviceException.class,
        () -> DepthwiseConv1d.plan(gpu, DepthwiseConv1d.Spec.of(1, 1, 8, 3)));
  }
}
