package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.GpuArguments;
import dev.tilewright.GpuKernel;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuModule;
import dev.tilewright.GpuSpec;
import dev.tilewright.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counters whose values follow from the definitions. */
final class CountersTest {
  private static final String HEAD =
      """
      .version 7.0
      .target sm_75
      .address_size 64
      """;

  /** Threads access {@code base + stride * lane}, with instructions and registers put in. */
  private static final String STRIDED =
      HEAD
          + """
          .visible .entry strided(.param .u64 in, .param .u64 stride)
          {
            .shared .align 16 .b8 room[16384];
            .reg .b16 %h<2>;
            .reg .b32 %r<8>;
            .reg .b64 %rd<8>;
            ld.param.u64 %rd1, [in];
            ld.param.u64 %rd2, [stride];
            mov.u32 %r1, %tid.x;
            cvt.u64.u32 %rd3, %r1;
            mul.lo.u64 %rd4, %rd3, %rd2;
            add.u64 %rd5, %rd1, %rd4;
            mov.u64 %rd6, room;
            add.u64 %rd7, %rd6, %rd4;
            mov.u32 %r2, 0;
            mov.u32 %r3, 0;
            mov.u32 %r4, 0;
            mov.u32 %r5, 0;
            mov.u16 %h1, 0;
            ACCESS;
            ret;
          }
          """;

  private SimDevice gpu;

  @BeforeEach
  void open() {
    gpu = (SimDevice) Device.open("sim:t4,counters=on");
  }

  @AfterEach
  void close() {
    gpu.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Counters run(GpuKernel kernel, GpuLaunch launch, Object... arguments) {
    SimDevice gpu = ((SimKernel) kernel).module().device();
    gpu.stream().launch(kernel, launch, GpuArguments.of(kernel, arguments));
    gpu.synchronize();
    return gpu.lastReport().counters();
  }

  private Counters strided(String access, long stride) {
    try (GpuModule module = gpu.load("strided.ptx", bytes(STRIDED.replace("ACCESS", access)));
        Tensor in = gpu.empty(DType.F32, 2048)) {
      in.fill(0);
      return run(module.kernel("strided"), GpuLaunch.of(1, 32), in, stride);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ld.global.u32 %r2, 4, 4", // side by side
    "ld.global.u32 %r2, 8, 8", // every second
    "ld.global.u32 %r2, 32, 32", // a sector each
    "ld.global.u32 %r2, 128, 32", // a line each
    "ld.global.u32 %r2, 0, 1", // all the same
    "ld.global.u16 %h1, 2, 2",
    "ld.global.u8 %h1, 1, 1",
    "ld.global.u8 %h1, 3, 3", // 94 bytes from a multiple of 32 on
    "'ld.global.v2.u32 {%r2, %r3}', 8, 8",
    "'ld.global.v4.u32 {%r2, %r3, %r4, %r5}', 16, 16",
    "'ld.global.v4.u32 {%r2, %r3, %r4, %r5}', 32, 32",
    "ld.u32 %r2, 4, 4", // by a generic address
  })
  void loadsTouchSectors(String load, long stride, long sectors) {
    Counters c = strided(load + ", [%rd5]", stride);
    assertEquals(1, c.globalLoads().requests());
    assertEquals(sectors, c.globalLoads().sectors());
    assertEquals(sectors, c.globalLoads().sectorsPerRequest());
    assertEquals(new Counters.Global(0, 0, 0), c.globalStores());
    assertEquals(sectors, c.l2Sectors());
    assertEquals(0, c.l2Hits());
  }

  @ParameterizedTest
  @CsvSource({
    "4, 1", // a bank each
    "8, 2", // every second bank
    "16, 4", "32, 8", "64, 16", "128, 32", // one bank
    "132, 1", // padded
    "12, 1", // an odd number of words
    "0, 1", // one word for all
  })
  void banksConflict(long stride, long wavefronts) {
    Counters c = strided("st.shared.u32 [%rd7], %r2", stride == 0 ? 4 : stride);
    assertEquals(stride == 0 ? 1 : wavefronts, c.sharedStores().wavefronts());
    // What was written by the same instructions is read, so that nothing is uninitialised.
    c =
        strided(
            "st.shared.u32 [%rd7], %r2;\n bar.sync 0;\n ld.shared.u32 %r3, [%rd7]",
            stride == 0 ? 4 : stride);
    assertEquals(stride == 0 ? 1 : wavefronts, c.sharedLoads().wavefronts());
    assertEquals(c.sharedLoads().wavefronts() - 1, c.sharedLoads().conflicts());
    assertEquals(1, c.barriers());
  }

  @Test
  void oneWordForAllLanesIsOneWavefront() {
    Counters c = strided("st.shared.u32 [%rd7], %r2;\n bar.sync 0;\n ld.shared.u32 %r3, [%rd6]", 4);
    assertEquals(new Counters.Shared(1, 128, 1, 0), c.sharedLoads());
  }

  @ParameterizedTest
  @CsvSource({
    "'st.shared.v2.u32 [%rd7], {%r2, %r3}', 8, 2, 0",
    "'st.shared.v2.u32 [%rd7], {%r2, %r3}', 16, 4, 2",
    "'st.shared.v4.u32 [%rd7], {%r2, %r3, %r4, %r5}', 16, 4, 0",
    "'st.shared.v4.u32 [%rd7], {%r2, %r3, %r4, %r5}', 128, 32, 28",
    "'st.shared.v4.u32 [%rd7], {%r2, %r3, %r4, %r5}', 144, 4, 0",
    "'st.shared.u16 [%rd7], %h1', 2, 1, 0",
    "'st.shared.u8 [%rd7], %h1', 1, 1, 0",
  })
  void wideAccessesGoInGroups(String store, long stride, long wavefronts, long conflicts) {
    Counters c = strided(store, stride);
    assertEquals(wavefronts, c.sharedStores().wavefronts());
    assertEquals(conflicts, c.sharedStores().conflicts());
  }

  @Test
  void atomicsOnOneWordGoOneByOne() {
    String zero = "st.shared.u32 [%rd7], %r2;\n bar.sync 0;\n ";
    Counters c = strided(zero + "red.shared.add.u32 [%rd6], 1", 4);
    assertEquals(new Counters.Shared(1, 128, 32, 31), c.sharedAtomics());
    c = strided(zero + "red.shared.add.u32 [%rd7], 1", 4);
    assertEquals(new Counters.Shared(1, 128, 1, 0), c.sharedAtomics());
    c = strided("red.global.add.u32 [%rd5], 1", 4);
    assertEquals(new Counters.Global(1, 128, 4), c.globalAtomics());
  }

  @Test
  void instructionsAreCountedByPipe() {
    Counters c = strided("ld.global.u32 %r2, [%rd5]", 4);
    assertEquals(
        Map.of("memory", 3L, "move", 7L, "convert", 1L, "int", 3L, "control", 1L),
        c.instructions());
  }

  private static final String DIVERGE =
      HEAD
          + """
          .visible .entry diverge(.param .u64 out)
          {
            .reg .pred %p<3>;
            .reg .b32 %r<4>;
            .reg .f32 %f<4>;
            .reg .b64 %rd<4>;
            ld.param.u64 %rd1, [out];
            mov.u32 %r1, %tid.x;
            setp.lt.u32 %p1, %r1, 40;
            mov.f32 %f1, 0f00000000;
            @%p1 bra FEW;
            add.f32 %f1, %f1, 0f3F800000;
            bra MEET;
          FEW:
            sqrt.approx.f32 %f1, %f1;
            sqrt.approx.f32 %f1, %f1;
          MEET:
            mul.wide.u32 %rd2, %r1, 4;
            add.u64 %rd3, %rd1, %rd2;
            st.global.f32 [%rd3], %f1;
            ret;
          }
          """;

  /** Of three warps the first goes one way, the last the other, the middle one both. */
  @Test
  void bothWaysOfADivergentBranchAreCounted() {
    for (String name : new String[] {"sim:t4,counters=on", "sim:t4,counters=on,seed=3"}) {
      try (SimDevice own = (SimDevice) Device.open(name);
          GpuModule module = own.load("diverge.ptx", bytes(DIVERGE));
          Tensor out = own.empty(DType.F32, 96)) {
        GpuKernel kernel = module.kernel("diverge");
        Counters c = run(kernel, GpuLaunch.of(1, 96), out);
        assertEquals(3, c.branches());
        assertEquals(1, c.divergentBranches());
        assertEquals(2, c.instructions().get("fp32"));
        assertEquals(4, c.instructions().get("special"));
        assertEquals(3, c.globalStores().requests());
        assertEquals(96 * 4, c.globalStores().bytes());
      }
    }
  }

  private static final String TWICE =
      HEAD
          + """
          .visible .entry twice(.param .u64 in, .param .u32 words)
          {
            .reg .pred %p<3>;
            .reg .b32 %r<6>;
            .reg .b64 %rd<4>;
            ld.param.u64 %rd1, [in];
            ld.param.u32 %r1, [words];
            mov.u32 %r2, 0;
          PASS:
            mov.u32 %r3, %tid.x;
          NEXT:
            mul.wide.u32 %rd2, %r3, 16;
            add.u64 %rd3, %rd1, %rd2;
            ld.global.v4.u32 {%r4, %r4, %r4, %r5}, [%rd3];
            add.u32 %r3, %r3, 1024;
            setp.lt.u32 %p1, %r3, %r1;
            @%p1 bra NEXT;
            add.u32 %r2, %r2, 1;
            setp.lt.u32 %p2, %r2, 2;
            @%p2 bra PASS;
            ret;
          }
          """;

  /** T4 has 4 MiB: half of that stays for a second pass, twice that is gone when it begins. */
  @ParameterizedTest
  @CsvSource({"2097152, 0.5", "8388608, 0"})
  void theSecondLevelCacheKeepsWhatFits(long size, double hits) {
    assertEquals(4 << 20, GpuSpec.of("t4").l2Bytes());
    try (GpuModule module = gpu.load("twice.ptx", bytes(TWICE));
        Tensor in = gpu.empty(DType.F32, size / 4)) {
      in.fill(1);
      Counters c = run(module.kernel("twice"), GpuLaunch.of(1, 1024), in, (int) (size / 16));
      assertEquals(2 * size / 32, c.l2Sectors());
      assertEquals(hits, c.l2HitRate());
    }
  }

  private static Counters transpose(String kernel) throws IOException {
    byte[] ptx = Files.readAllBytes(Path.of("../ptx/checks/transpose.compute_80.ptx"));
    try (SimDevice own = (SimDevice) Device.open("sim:a100,counters=on");
        GpuModule module = own.load("transpose.ptx", ptx);
        Tensor in = own.empty(DType.F32, 64, 64);
        Tensor out = own.empty(DType.F32, 64, 64)) {
      in.fill(1);
      GpuLaunch launch = new GpuLaunch(2, 2, 1, 32, 8, 1, 0, false);
      return run(module.kernel(kernel), launch, in, out, 64, 64);
    }
  }

  @Test
  void paddingFreesATransposeOfConflicts() throws IOException {
    Counters with = transpose("transpose_conflicts");
    Counters without = transpose("transpose_padded");
    assertEquals(new Counters.Shared(128, 128 * 128, 128 * 32, 128 * 31), with.sharedLoads());
    assertEquals(new Counters.Shared(128, 128 * 128, 128, 0), without.sharedLoads());
    assertEquals(new Counters.Global(128, 128 * 128, 512), with.globalStores());
    assertEquals(with.globalStores(), without.globalStores());
    assertEquals(32, with.barriers());
    Counters.Access worst =
        with.accesses().stream().filter(a -> a.shared().conflicts() > 0).findFirst().orElseThrow();
    assertTrue(worst.instruction().startsWith("ld.shared"), worst.toString());
    assertTrue(worst.source().startsWith("transpose.cu:"), worst.toString());
  }

  @Test
  void theMatrixProductsOfAGemmAreCounted() throws IOException {
    byte[] ptx = Files.readAllBytes(Path.of("../ptx/checks/gemm_mma.compute_80.ptx"));
    int m = 64;
    int n = 64;
    int k = 64;
    try (SimDevice own = (SimDevice) Device.open("sim:a100,counters=on");
        GpuModule module = own.load("gemm.ptx", ptx);
        Tensor a = own.empty(DType.F16, m, k);
        Tensor b = own.empty(DType.F16, k, n);
        Tensor c = own.empty(DType.F32, m, n)) {
      a.fill(1);
      b.fill(1);
      GpuKernel kernel = module.kernel("gemm_mma_f16");
      Counters counters = run(kernel, GpuLaunch.of(1, 128), a, b, c, m, n, k);
      assertEquals(k, c.toFloats()[m * n - 1]);
      long products = (m / 16) * (n / 8) * (k / 16);
      assertEquals(Map.of("m16n8k16.f32.f16.f16.f32", products), counters.matrix());
      assertEquals(products, counters.instructions().get("matrix"));
      assertEquals(0, counters.sharedLoads().conflicts(), "ldmatrix of a swizzled tile");
    }
  }

  @Test
  void nothingIsCountedUnlessAskedFor() {
    try (SimDevice own = (SimDevice) Device.open("sim:t4");
        GpuModule module = own.load("diverge.ptx", bytes(DIVERGE));
        Tensor out = own.empty(DType.F32, 96)) {
      GpuKernel kernel = module.kernel("diverge");
      assertNull(run(kernel, GpuLaunch.of(1, 96), out));
    }
  }
}
