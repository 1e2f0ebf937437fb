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
import dev.tilewright.GpuLaunchException;
import dev.tilewright.GpuModule;
import dev.tilewright.GpuSpec;
import dev.tilewright.GpuStream;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.KernelLoadException;
import dev.tilewright.OutOfDeviceMemoryException;
import dev.tilewright.Tensor;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.op.DepthwiseConv1d;
import dev.tilewright.op.FftConv;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the simulated GPU promises as a device: memory, streams, events, modules, launches. */
final class SimDeviceTest {
  /** {@code scale}: h[i] *= s. {@code wide}: needs 40,000 bytes of shared memory. */
  private static final String PTX =
      """
      .version 7.0
      .target sm_75
      .address_size 64
      .visible .global .align 4 .b32 counter[3] = {7, 8, 9};
      .visible .const .align 8 .b64 table[2];
      .visible .entry scale(.param .u64 h, .param .u32 n, .param .f32 s)
      {
        .reg .pred %p<2>;
        .reg .f32 %f<4>;
        .reg .b32 %r<6>;
        .reg .b64 %rd<4>;
        ld.param.u64 %rd1, [h];
        ld.param.u32 %r1, [n];
        ld.param.f32 %f1, [s];
        mov.u32 %r2, %ctaid.x;
        mov.u32 %r3, %ntid.x;
        mov.u32 %r4, %tid.x;
        mad.lo.u32 %r5, %r2, %r3, %r4;
        setp.ge.u32 %p1, %r5, %r1;
        @%p1 bra DONE;
        mul.wide.u32 %rd2, %r5, 4;
        add.u64 %rd3, %rd1, %rd2;
        ld.global.f32 %f2, [%rd3];
        mul.f32 %f3, %f2, %f1;
        st.global.f32 [%rd3], %f3;
      DONE:
        ret;
      }
      .visible .entry wide(.param .align 2 .b8 pair[4]) .maxntid 128, 2, 1
      {
        .shared .align 4 .b8 room[40000];
        .reg .b64 %rd<2>;
        mov.u64 %rd1, room;
        ret;
      }
      .visible .entry spin() .reqntid 64, 1, 1
      {
      AGAIN:
        bra AGAIN;
      }
      .visible .entry textured(.param .u64 t)
      {
        .reg .f32 %f<5>;
        .reg .b32 %r<2>;
        .reg .b64 %rd<2>;
        ld.param.u64 %rd1, [t];
        mov.u32 %r1, 0;
        tex.1d.v4.f32.s32 {%f1, %f2, %f3, %f4}, [%rd1, {%r1}];
        ret;
      }
      """;

  private GpuDevice gpu;
  private GpuModule module;
  private GpuKernel scale;

  @BeforeEach
  void open() {
    gpu = (GpuDevice) Device.open("sim:a100");
    module = gpu.load("test.ptx", PTX.getBytes(StandardCharsets.UTF_8));
    scale = module.kernel("scale");
  }

  @AfterEach
  void close() {
    ((SimDevice) gpu).clearFindings();
    gpu.close();
  }

  private static GpuModule shipped(GpuDevice on, String name) throws IOException {
    return on.load(name, Files.readAllBytes(Path.of("../ptx/checks", name)));
  }

  private void scale(GpuStream stream, Tensor h, float by) {
    stream.launch(scale, GpuLaunch.of(2, 32), GpuArguments.of(scale, h, (int) h.elements(), by));
  }

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
  void modulesHaveKernelsAndVariables() throws IOException {
    assertEquals(List.of("scale", "wide", "spin", "textured"), module.kernels());
    GpuModule.Variable counter = module.variable("counter");
    assertEquals(12, counter.bytes());
    assertEquals(16, module.variable("table").bytes());
    ByteBuffer three = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    gpu.copyToHost(three, counter.address());
    assertEquals(9, three.getInt(8));
    String message =
        assertThrows(InvalidSpecException.class, () -> module.variable("none")).getMessage();
    assertTrue(message.contains("[counter, table]"), message);
    GpuModule again = gpu.load("test.ptx", PTX.getBytes(StandardCharsets.UTF_8));
    assertNotEquals(counter.address(), again.variable("counter").address());
    again.close();
    again.close();
    assertThrows(InvalidSpecException.class, () -> again.kernel("scale"));
    try (GpuModule globals = shipped(gpu, "globals.compute_80.ptx");
        Tensor out = gpu.empty(DType.F32, 120)) {
      GpuKernel count = globals.kernel("global_counter");
      gpu.stream().launch(count, GpuLaunch.of(3, 40), GpuArguments.of(count, out));
      gpu.synchronize();
    }
  }

  @Test
  void whatCannotBeLoadedSaysWhere() {
    String message =
        assertThrows(
                KernelLoadException.class,
                () -> gpu.load("torn.ptx", "  .version 7.0\nmove".getBytes(StandardCharsets.UTF_8)))
            .getMessage();
    assertTrue(message.startsWith("torn.ptx:"), message);
    message = assertThrows(KernelLoadException.class, () -> module.kernel("textured")).getMessage();
    assertTrue(message.contains("tex.1d.v4.f32.s32"), message);
    message = assertThrows(KernelLoadException.class, () -> module.kernel("none")).getMessage();
    assertTrue(message.contains("[scale, wide, spin, textured]"), message);
    byte[] cubin = {0x7F, 'E', 'L', 'F', 2};
    message =
        assertThrows(KernelLoadException.class, () -> gpu.load("k.cubin", cubin)).getMessage();
    assertTrue(message.contains("takes PTX text"), message);
    gpu.load("zero.ptx", (PTX + "\0").getBytes(StandardCharsets.UTF_8)).close();
  }

  @Test
  void kernelsSayWhatTheyTake() {
    assertEquals(
        List.of(
            new GpuKernel.Parameter("h", 0, 8),
            new GpuKernel.Parameter("n", 8, 4),
            new GpuKernel.Parameter("s", 12, 4)),
        scale.parameters());
    assertEquals(16, scale.argumentBytes());
    assertEquals(1024, scale.maxThreads());
    assertEquals(256, module.kernel("wide").maxThreads());
    assertEquals(64, module.kernel("spin").maxThreads());
    assertEquals(40_000, module.kernel("wide").sharedBytes());
    assertTrue(scale.registers().isEmpty());
    assertSame(module, scale.module());
  }

  @Test
  void argumentsMustFit() {
    GpuKernel wide = module.kernel("wide");
    GpuStream stream = gpu.stream();
    assertThrows(InvalidSpecException.class, () -> GpuArguments.of(scale, 0L, 1));
    assertThrows(InvalidSpecException.class, () -> GpuArguments.of(scale, 0, 1, 1f));
    assertThrows(InvalidSpecException.class, () -> GpuArguments.of(scale, 0L, 1, "1"));
    assertThrows(InvalidSpecException.class, () -> GpuArguments.of(scale, 0L, 1, null));
    assertThrows(InvalidSpecException.class, () -> GpuArguments.of(wide, new byte[3]));
    assertThrows(InvalidSpecException.class, () -> new GpuArguments(scale).set(3, 1));
    assertThrows(
        InvalidSpecException.class,
        () -> stream.launch(scale, GpuLaunch.of(1, 1), new GpuArguments(scale).set(0, 0L)));
    assertThrows(
        InvalidSpecException.class,
        () -> stream.launch(scale, GpuLaunch.of(1, 1), ByteBuffer.allocate(12)));
    try (GpuDevice other = (GpuDevice) Device.open("sim:t4")) {
      assertThrows(
          InvalidSpecException.class,
          () ->
              other.stream().launch(scale, GpuLaunch.of(1, 1), GpuArguments.of(scale, 0L, 1, 1f)));
    }
    ByteBuffer arguments = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    try (Tensor h = gpu.of(new float[] {4}, DType.F32, 1)) {
      arguments.position(8).putLong(h.address()).putInt(1).putFloat(0.5f).flip().position(8);
      stream.launch(scale, GpuLaunch.of(1, 1), arguments);
      arguments.putLong(8, 0); // copied before the call returned
      assertArrayEquals(new float[] {2}, h.toFloats());
    }
  }

  private String refused(GpuKernel kernel, GpuLaunch launch) {
    byte[] arguments = new byte[kernel.argumentBytes()];
    return assertThrows(
            GpuLaunchException.class,
            () -> gpu.stream().launch(kernel, launch, ByteBuffer.wrap(arguments)))
        .getMessage();
  }

  @Test
  void launchesOverTheLimitsAreRefused() {
    GpuKernel wide = module.kernel("wide");
    GpuLaunch one = GpuLaunch.of(1, 64);
    assertTrue(refused(scale, GpuLaunch.of(1, 1025)).contains("a100 allows 1 to 1024"));
    assertTrue(refused(scale, one.withBlock(1 << 30, 1 << 30, 1 << 30)).contains("allows"));
    assertTrue(refused(scale, one.withBlock(1, 1, 65)).contains("64 in z"));
    assertTrue(refused(scale, one.withGrid(1, 65536, 1)).contains("a grid of 1 x 65536 x 1"));
    assertTrue(refused(scale, one.withShared(163 * 1024 + 1)).contains("a100 gives 166912"));
    assertTrue(refused(wide, one.withShared(130_000)).contains("a block needs 170000 bytes"));
    assertTrue(refused(wide, GpuLaunch.of(1, 257)).contains("compiled for at most 256"));
    assertTrue(refused(module.kernel("spin"), GpuLaunch.of(1, 32)).contains("exactly [64, 1, 1]"));
    for (int wrong : new int[] {0, -1}) {
      assertThrows(InvalidSpecException.class, () -> GpuLaunch.of(wrong, 1));
      assertThrows(InvalidSpecException.class, () -> GpuLaunch.of(1, wrong));
    }
    assertThrows(InvalidSpecException.class, () -> one.withShared(-1));
    gpu.stream().launch(scale, one.withShared(163 * 1024), GpuArguments.of(scale, 0L, 0, 1f));
    gpu.synchronize();
  }

  @Test
  void occupancyLimitsCooperativeGrids() {
    // 163 KiB of an SM's 164 with 1 KiB reserved: one block an SM; 108 SMs.
    assertEquals(1, scale.occupancy(64, 163 * 1024).blocksPerSm());
    assertEquals(32, scale.occupancy(64, 0).blocksPerSm());
    assertEquals(2, scale.occupancy(1024, 0).blocksPerSm());
    assertEquals(4, module.kernel("wide").occupancy(64, 0).blocksPerSm());
    assertThrows(InvalidSpecException.class, () -> scale.occupancy(1025, 0));
    assertThrows(InvalidSpecException.class, () -> module.kernel("wide").occupancy(512, 0));
    GpuLaunch most = GpuLaunch.of(108, 64).withShared(163 * 1024).withCooperative(true);
    gpu.stream().launch(scale, most, GpuArguments.of(scale, 0L, 0, 1f));
    gpu.synchronize();
    String message = refused(scale, most.withGrid(109, 1, 1));
    assertTrue(message.contains("a cooperative grid of 109 blocks; a100 holds 108"), message);
    refused(module.kernel("wide"), GpuLaunch.of(433, 64).withCooperative(true));
  }

  @Test
  void aKernelThatNeverEndsIsStopped() {
    try (GpuDevice own = (GpuDevice) Device.open("sim:a100,limit=0.2")) {
      GpuModule loaded = own.load("test.ptx", PTX.getBytes(StandardCharsets.UTF_8));
      GpuKernel spin = loaded.kernel("spin");
      own.stream().launch(spin, GpuLaunch.of(1, 64), GpuArguments.of(spin));
      SimFindingException e = assertThrows(SimFindingException.class, own::synchronize);
      assertEquals(FindingKind.TIMEOUT, e.findings().get(0).kind());
      assertTrue(e.getMessage().contains("bra AGAIN"), e.getMessage());
    }
  }

  @Test
  void whatAKernelPrintsComesWhenSomebodyWaits() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (GpuModule messages = shipped(gpu, "messages.compute_80.ptx");
        Tensor in = gpu.empty(DType.F32, 1)) {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      in.fill(Float.intBitsToFloat(5));
      GpuKernel print = messages.kernel("print_values");
      gpu.stream().launch(print, GpuLaunch.of(1, 1), GpuArguments.of(print, in));
      assertEquals(0, bytes.size());
      gpu.synchronize();
    } finally {
      System.setOut(before);
    }
    assertTrue(bytes.toString(StandardCharsets.UTF_8).startsWith("thread 0:     5 00000005"));
  }

  @Test
  void cooperativeBlocksMeet() throws IOException {
    try (GpuModule stencil = shipped(gpu, "stencil_grid.compute_80.ptx");
        Tensor a = gpu.empty(DType.F32, 300);
        Tensor b = gpu.empty(DType.F32, 300)) {
      a.fill(2);
      GpuKernel kernel = stencil.kernel("stencil_grid");
      GpuLaunch launch = GpuLaunch.of(3, 64).withCooperative(true);
      gpu.stream().launch(kernel, launch, GpuArguments.of(kernel, a, b, 300, 4));
      gpu.synchronize();
      assertEquals(300, a.toFloats().length);
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
    String message =
        assertThrows(
                UnsupportedDeviceException.class, () -> FftConv.plan(gpu, FftConv.Spec.of(1, 1, 8)))
            .getMessage();
    assertTrue(message.contains("so far: not f32; use cpu"), message);
    assertThrows(
        UnsupportedDeviceException.class,
        () -> DepthwiseConv1d.plan(gpu, DepthwiseConv1d.Spec.of(1, 1, 8, 3)));
  }
}
