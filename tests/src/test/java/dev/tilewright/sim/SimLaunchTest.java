package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.GpuArguments;
import dev.tilewright.GpuDevice;
import dev.tilewright.GpuKernel;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuLaunchException;
import dev.tilewright.GpuModule;
import dev.tilewright.GpuStream;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.KernelLoadException;
import dev.tilewright.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Modules of the simulated GPU, their kernels, and launches: arguments, limits, occupancy. */
final class SimLaunchTest extends SimDeviceCase {
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
}
