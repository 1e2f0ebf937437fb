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

/** Asynchronous copies in bulk, stores and reductions, and copies that arrive at an mbarrier. */
final class AsyncInstructionsTest {
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
}
