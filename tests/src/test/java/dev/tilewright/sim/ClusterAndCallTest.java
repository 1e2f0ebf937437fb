package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clusters of one block, the stack, parameters in registers, the heap, wide atomics. */
final class ClusterAndCallTest {
  private static final String HEAD =
      """
      .version 8.7
      .target sm_90
      .address_size 64
      """;

  private static Launch.Options seed(long seed) {
    return Launch.Options.DEFAULT.seed(seed).limits(1_000_000, Duration.ofSeconds(20));
  }

  private static int at(byte[] bytes, int index) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(4 * index);
  }

  private static final String CLUSTER =
      HEAD
          + """
          .visible .entry k(.param .u64 out) .reqnctapercluster 1
          {
            .reg .b32 tid, at, v, rank, size;
            .reg .b64 to, g;
            .shared .align 4 .b8 tile[256];
            mov.u32 tid, %tid.x;
            ld.param.u64 to, [out];
            mad.wide.u32 to, tid, 4, to;
            mov.u32 at, tile;
            mad.lo.u32 v, tid, 4, at;
            st.shared.u32 [v], tid;
            barrier.cluster.arrive.release;
            barrier.cluster.wait.acquire;
            mov.u32 rank, %cluster_ctarank;
            mov.u32 size, %cluster_nctarank;
            mapa.shared::cluster.u32 at, at, rank;
            xor.b32 v, tid, 63;
            mad.lo.u32 at, v, 4, at;
            ld.shared::cluster.u32 v, [at];
            mad.lo.u32 v, size, 1000, v;
            st.global.u32 [to], v;
            barrier.cluster.arrive;
            barrier.cluster.wait;
            ret;
          }
          """;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void clustersOfOneBlock(long seed) {
    byte[] out = new byte[256];
    PtxRun.on("h100").options(seed(seed)).threads(64).runClean(CLUSTER, out);
    for (int i = 0; i < 64; i++) {
      assertEquals(1000 + (i ^ 63), at(out, i));
    }
  }

  @Test
  void clusterBarrierMissingIsARace() {
    String ptx = CLUSTER.replaceFirst("barrier.cluster.wait.acquire;", "");
    List<Finding> findings =
        PtxRun.on("h100").options(seed(0)).threads(64).run(ptx, new byte[256]).findings();
    assertTrue(
        findings.stream().anyMatch(f -> f.kind() == FindingKind.BARRIER_MISUSE)
            || findings.stream().anyMatch(f -> f.kind() == FindingKind.SHARED_RACE),
        "" + findings);
  }

  @Test
  void largerClustersAreRefused() {
    String ptx = CLUSTER.replace(".reqnctapercluster 1", ".reqnctapercluster 2");
    Finding finding = PtxRun.on("h100").run(ptx, new byte[256]).findings().get(0);
    assertEquals(FindingKind.RESOURCES, finding.kind());
    assertTrue(finding.message().contains("cluster"), finding.message());
  }

  /** Of each lane as many bytes as it asks for; restored, the memory is given again. */
  @Test
  void stackGrowsAndShrinks() {
    String ptx =
        HEAD
            + """
            .visible .entry k(.param .u64 out)
            {
              .reg .b32 tid, n, v, w, i;
              .reg .b64 to, a, b, c, top;
              .reg .pred p;
              mov.u32 tid, %tid.x;
              ld.param.u64 to, [out];
              mad.wide.u32 to, tid, 4, to;
              mad.lo.u32 n, tid, 4, 4;
              cvt.u64.u32 a, n;
              stacksave.u64 top;
              alloca.u64 b, a;
              mov.u32 i, 0;
              cvta.local.u64 c, b;
            FILL:
              st.u32 [c], i;
              add.u64 c, c, 4;
              add.u32 i, i, 1;
              setp.le.u32 p, i, tid;
              @p bra FILL;
              add.u64 c, b, a;
              ld.local.u32 v, [c+-4];
              stackrestore.u64 top;
              alloca.u64 c, 16, 16;
              setp.eq.u64 p, b, c;
              selp.u32 w, 100, 0, p;
              add.u32 v, v, w;
              st.global.u32 [to], v;
              ret;
            }
            """;
    byte[] out = new byte[128];
    PtxRun.on("h100").runClean(ptx, out);
    for (int i = 0; i < 32; i++) {
      assertEquals(100 + i, at(out, i));
    }
  }

  /** Parameters in registers, of all widths, passed from registers and constants. */
  @Test
  void parametersInRegisters() {
    String ptx =
        HEAD
            + """
            .func (.reg .b64 r) join(.reg .b32 a, .reg .b16 b, .reg .b64 c)
            {
              .reg .b64 x, y;
              .reg .b32 z;
              cvt.u64.u32 x, a;
              cvt.u32.u16 z, b;
              cvt.u64.u32 y, z;
              add.u64 x, x, y;
              add.u64 r, x, c;
              ret;
            }
            .visible .entry k(.param .u64 out)
            {
              .reg .b32 tid, v;
              .reg .b16 h;
              .reg .b64 to, d, w;
              mov.u32 tid, %tid.x;
              ld.param.u64 to, [out];
              mad.wide.u32 to, tid, 4, to;
              mov.b16 h, 1000;
              cvt.u64.u32 d, tid;
              call (w), join, (tid, h, d);
              cvt.u32.u64 v, w;
              st.global.u32 [to], v;
              ret;
            }
            """;
    byte[] out = new byte[128];
    PtxRun.on("h100").runClean(ptx, out);
    for (int i = 0; i < 32; i++) {
      assertEquals(1000 + 2 * i, at(out, i));
    }
  }

  private static final String HEAP =
      HEAD
          + """
          .extern .func (.param .b64 r) malloc(.param .b64 n);
          .extern .func free(.param .b64 p);
          .visible .entry k(.param .u64 out)
          {
            .reg .b32 tid, v;
            .reg .b64 to, at;
            .param .b64 n, r, p;
            mov.u32 tid, %tid.x;
            ld.param.u64 to, [out];
            mad.wide.u32 to, tid, 4, to;
            st.param.b64 [n], 8;
            call (r), malloc, (n);
            ld.param.b64 at, [r];
            st.u32 [at+4], tid;
            ld.u32 v, [at+4];
            st.param.b64 [p], at;
            call free, (p);
            st.global.u32 [to], v;
            ret;
          }
          """;

  @Test
  void heapOfTheDevice() {
    byte[] out = new byte[128];
    PtxRun.on("h100").runClean(HEAP, out);
    for (int i = 0; i < 32; i++) {
      assertEquals(i, at(out, i));
    }
    String beyond = HEAP.replace("[at+4]", "[at+8]");
    assertEquals(
        FindingKind.OUT_OF_BOUNDS, PtxRun.on("h100").run(beyond, out).findings().get(0).kind());
    String twice = HEAP.replace("call free, (p);", "call free, (p);\ncall free, (p);");
    assertEquals(
        FindingKind.OUT_OF_BOUNDS, PtxRun.on("h100").run(twice, out).findings().get(0).kind());
  }

  /** Each element of a vector is added; 128 bits are compared and exchanged as a whole. */
  @Test
  void wideAtomics() {
    String ptx =
        HEAD
            + """
            .visible .entry k(.param .u64 sums, .param .u64 word, .param .u64 out)
            {
              .reg .b32 tid;
              .reg .f32 a, b, c, d, x, y, z, w;
              .reg .b32 h, g;
              .reg .b64 s, u, o, lo, hi, t;
              .reg .b128 old, want, new;
              .reg .pred p;
              mov.u32 tid, %tid.x;
              ld.param.u64 s, [sums];
              ld.param.u64 u, [word];
              ld.param.u64 o, [out];
              mad.wide.u32 o, tid, 32, o;
              mov.f32 a, 0f3F800000;
              cvt.rn.f32.u32 b, tid;
              mov.f32 c, 0fBF800000;
              mov.f32 d, 0f40000000;
              atom.relaxed.gpu.global.add.v4.f32 {x, y, z, w}, [s], {a, b, c, d};
              st.global.v4.f32 [o], {x, y, z, w};
              mov.b32 h, 0x3C004000;
              mov.b32 g, 0x40003C00;
              red.relaxed.gpu.global.max.noftz.v2.f16x2 [s+16], {h, g};
              cvt.u64.u32 t, tid;
            AGAIN:
              ld.relaxed.gpu.global.b128 want, [u];
              mov.b128 {lo, hi}, want;
              add.u64 lo, lo, 1;
              sub.u64 hi, hi, t;
              mov.b128 new, {lo, hi};
              atom.relaxed.gpu.global.cas.b128 old, [u], want, new;
              mov.b128 {lo, hi}, old;
              .reg .b64 lo2, hi2;
              mov.b128 {lo2, hi2}, want;
              setp.ne.u64 p, lo, lo2;
              @p bra AGAIN;
              setp.ne.u64 p, hi, hi2;
              @p bra AGAIN;
              mov.b128 new, {t, t};
              st.global.b128 [o+16], new;
              ret;
            }
            """;
    byte[] sums = new byte[32];
    byte[] word = new byte[16];
    byte[] out = new byte[1024];
    PtxRun.on("h100").runClean(ptx, sums, word, out);
    assertEquals(32f, Float.intBitsToFloat(at(sums, 0)));
    assertEquals(496f, Float.intBitsToFloat(at(sums, 1)));
    assertEquals(-32f, Float.intBitsToFloat(at(sums, 2)));
    assertEquals(64f, Float.intBitsToFloat(at(sums, 3)));
    assertEquals(0x3C004000, at(sums, 4));
    assertEquals(0x40003C00, at(sums, 5));
    assertEquals(32, at(word, 0));
    assertEquals(-496, at(word, 2));
    assertEquals(3, at(out, 8 * 3 + 4));
    assertEquals(3, at(out, 8 * 3 + 6));
  }

  /** What is not run says so, and what it needs. */
  @Test
  void setmaxnregIsChecked() {
    String ptx =
        HEAD.replace("sm_90", "sm_90a")
            + """
            .visible .entry k(.param .u64 out)
            {
              setmaxnreg.inc.sync.aligned.u32 232;
              ret;
            }
            """;
    PtxRun.on("h100").runClean(ptx, new byte[4]);
    Finding finding =
        PtxRun.on("h100").run(ptx.replace("232", "230"), new byte[4]).findings().get(0);
    assertEquals(FindingKind.UNSUPPORTED, finding.kind());
  }
}
