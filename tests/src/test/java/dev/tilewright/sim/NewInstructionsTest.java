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

/** Instructions that move data asynchronously, of clusters, of the stack, and calls. */
final class NewInstructionsTest {
  private static final String HEAD =
      """
      .version 8.7
      .target sm_90
      .address_size 64
      """;

  private static Launch.Options seed(long seed) {
    return Launch.Options.DEFAULT.seed(seed).limits(1_000_000, Duration.ofSeconds(20));
  }

  private static byte[] numbers(int count, int first) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putInt(first + i);
    }
    return bytes.array();
  }

  private static int at(byte[] bytes, int index) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(4 * index);
  }

  private static final String BULK =
      HEAD
          + """
          .visible .entry k(.param .u64 in, .param .u64 out)
          {
            .reg .pred p, done;
            .reg .b32 tid, at, v, bar;
            .reg .b64 from, to, state;
            .shared .align 16 .b8 tile[512];
            .shared .align 8 .b64 full;
            mov.u32 tid, %tid.x;
            ld.param.u64 from, [in];
            ld.param.u64 to, [out];
            setp.ne.u32 p, tid, 0;
            mov.u32 bar, full;
            @p bra READY;
            mbarrier.init.shared::cta.b64 [bar], 1;
            fence.mbarrier_init.release.cluster;
          READY:
            bar.sync 0;
            @p bra WAIT;
            mbarrier.arrive.expect_tx.shared::cta.b64 state, [bar], 512;
            mov.u32 at, tile;
            cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [at], [from], 512, [bar];
          WAIT:
            mbarrier.try_wait.parity.shared::cta.b64 done, [bar], 0;
            @!done bra WAIT;
            mov.u32 at, tile;
            mad.lo.u32 at, tid, 4, at;
            ld.shared.u32 v, [at];
            add.u32 v, v, 1000;
            st.shared.u32 [at], v;
            fence.proxy.async.shared::cta;
            bar.sync 0;
            @p bra END;
            mov.u32 at, tile;
            cp.async.bulk.global.shared::cta.bulk_group [to], [at], 512;
            cp.async.bulk.commit_group;
            cp.async.bulk.wait_group.read 0;
          END:
            ret;
          }
          """;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void bulkCopiesGoInAndOut(long seed) {
    byte[] out = new byte[512];
    PtxRun.on("h100").options(seed(seed)).threads(128).runClean(BULK, numbers(128, 5), out);
    for (int i = 0; i < 128; i++) {
      assertEquals(1005 + i, at(out, i));
    }
  }

  /** A reader that does not wait for the mbarrier is told so: the copy is late, or a race. */
  @Test
  void bulkCopyUnwaited() {
    String ptx = BULK.replace("@!done bra WAIT;", "");
    List<Finding> findings =
        PtxRun.on("h100")
            .options(seed(0))
            .threads(128)
            .run(ptx, numbers(128, 5), new byte[512])
            .findings();
    assertTrue(
        findings.stream()
            .anyMatch(
                f -> f.kind() == FindingKind.ASYNC_UNWAITED || f.kind() == FindingKind.SHARED_RACE),
        "" + findings);
  }

  /** Without its wait the group may read what was overwritten; here it lands at the end. */
  @Test
  void bulkSourceOverwritten() {
    String ptx = BULK.replace("cp.async.bulk.wait_group.read 0;", "st.shared.u32 [at], 7;");
    byte[] out = new byte[512];
    PtxRun.on("h100").options(seed(1)).threads(128).run(ptx, numbers(128, 5), out);
    assertEquals(7, at(out, 0));
  }

  /** st.async and red.async count bytes at the mbarrier of the block itself. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void asynchronousStores(long seed) {
    String ptx =
        HEAD
            + """
            .visible .entry k(.param .u64 out)
            {
              .reg .pred p, done;
              .reg .b32 tid, at, v, w, bar, sum;
              .reg .b64 to, state;
              .shared .align 16 .b8 tile[256];
              .shared .align 4 .b32 total;
              .shared .align 8 .b64 full;
              mov.u32 tid, %tid.x;
              ld.param.u64 to, [out];
              setp.ne.u32 p, tid, 0;
              mov.u32 bar, full;
              mov.u32 sum, total;
              @p bra READY;
              mbarrier.init.shared::cta.b64 [bar], 1;
              st.shared.u32 [sum], 0;
            READY:
              bar.sync 0;
              @p bra STORE;
              mbarrier.arrive.expect_tx.shared::cta.b64 state, [bar], 384;
            STORE:
              mapa.shared::cluster.u32 bar, bar, 0;
              mov.u32 at, tile;
              mad.lo.u32 at, tid, 8, at;
              add.u32 v, tid, 100;
              add.u32 w, tid, 200;
              st.async.shared::cluster.mbarrier::complete_tx::bytes.v2.u32 [at], {v, w}, [bar];
              red.async.relaxed.cluster.shared::cluster.mbarrier::complete_tx::bytes.add.u32 [sum], tid, [bar];
            WAIT:
              mbarrier.try_wait.parity.shared::cta.b64 done, [bar], 0;
              @!done bra WAIT;
              xor.b32 tid, tid, 1;
              mov.u32 at, tile;
              mad.lo.u32 at, tid, 8, at;
              ld.shared.v2.u32 {v, w}, [at];
              ld.shared.u32 sum, [sum];
              add.u32 v, v, w;
              add.u32 v, v, sum;
              mad.wide.u32 to, tid, 4, to;
              st.global.u32 [to], v;
              ret;
            }
            """;
    byte[] out = new byte[128];
    PtxRun.on("h100").options(seed(seed)).runClean(ptx, out);
    for (int i = 0; i < 32; i++) {
      assertEquals(300 + 2 * i + 31 * 16, at(out, i));
    }
  }

  private static final String PIPELINE =
      HEAD.replace("sm_90", "sm_80")
          + """
          .visible .entry k(.param .u64 in, .param .u64 out)
          {
            .reg .pred p, done;
            .reg .b32 tid, at, v, bar;
            .reg .b64 from, to, state;
            .shared .align 16 .b8 tile[256];
            .shared .align 8 .b64 full;
            mov.u32 tid, %tid.x;
            ld.param.u64 from, [in];
            ld.param.u64 to, [out];
            mad.wide.u32 from, tid, 4, from;
            mad.wide.u32 to, tid, 4, to;
            setp.ne.u32 p, tid, 0;
            mov.u32 bar, full;
            @!p mbarrier.init.shared.b64 [bar], COUNT;
            bar.sync 0;
            mov.u32 at, tile;
            mad.lo.u32 at, tid, 4, at;
            cp.async.ca.shared.global [at], [from], 4;
            ARRIVE
          WAIT:
            mbarrier.test_wait.parity.shared.b64 done, [bar], 0;
            @!done bra WAIT;
            xor.b32 v, tid, 33;
            mov.u32 at, tile;
            mad.lo.u32 at, v, 4, at;
            ld.shared.u32 v, [at];
            st.global.u32 [to], v;
            ret;
          }
          """;

  /** "noinc: the arrive-on is accounted for in the initialization"; else the count is unchanged. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void copiesArriveAtMbarriers(long seed) {
    String noinc =
        PIPELINE
            .replace("COUNT", "64")
            .replace("ARRIVE", "cp.async.mbarrier.arrive.noinc.shared.b64 [bar];");
    String inc =
        PIPELINE
            .replace("COUNT", "64")
            .replace(
                "ARRIVE",
                "cp.async.mbarrier.arrive.shared.b64 [bar];\nmbarrier.arrive.shared.b64 state, [bar];");
    for (String ptx : List.of(noinc, inc)) {
      byte[] out = new byte[256];
      PtxRun.on("a100").options(seed(seed)).threads(64).runClean(ptx, numbers(64, 9), out);
      for (int i = 0; i < 64; i++) {
        assertEquals(9 + (i ^ 33), at(out, i));
      }
    }
  }

  /** Without .noinc the copies alone arrive as often as is added: the phase never ends. */
  @Test
  void copiesAloneDoNotEndThePhase() {
    String ptx =
        PIPELINE
            .replace("COUNT", "64")
            .replace("ARRIVE", "cp.async.mbarrier.arrive.shared.b64 [bar];");
    List<Finding> findings =
        PtxRun.on("a100")
            .options(seed(0))
            .threads(64)
            .run(ptx, numbers(64, 9), new byte[256])
            .findings();
    assertTrue(findings.stream().anyMatch(f -> f.kind() == FindingKind.DEADLOCK), "" + findings);
  }

  /** A thread that arrives before its copy landed, by a plain arrive, leaves it unwaited. */
  @Test
  void plainArriveDoesNotWaitForCopies() {
    String ptx =
        PIPELINE
            .replace("COUNT", "64")
            .replace("ARRIVE", "mbarrier.arrive.shared.b64 state, [bar];");
    List<Finding> findings =
        PtxRun.on("a100")
            .options(seed(0))
            .threads(64)
            .run(ptx, numbers(64, 9), new byte[256])
            .findings();
    assertTrue(
        findings.stream().anyMatch(f -> f.kind() == FindingKind.ASYNC_UNWAITED), "" + findings);
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
