package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small kernels with one fault each, and their clean twins, which must stay silent. */
final class MisuseTest {
  private static final int BYTES = 1024;

  /**
   * Before each body: d0 and d1 are buffers, r0 the thread, r1 shared memory, r2 and d2 its word.
   */
  private static final String BEGIN =
      """
      .version 8.4
      .target sm_90
      .address_size 64
      .extern .func (.param .b64 r) malloc (.param .b64 n);
      .extern .func free (.param .b64 p);
      .visible .entry k(.param .u64 b0, .param .u64 b1) {
        .reg .pred p<9>;
        .reg .b16 h<9>;
        .reg .b32 r<99>;
        .reg .b64 d<30>;
        .shared .align 128 .b8 s[2048];
        ld.param.u64 d0, [b0];
        ld.param.u64 d1, [b1];
        mov.u32 r0, %tid.x;
        mov.u32 r1, s;
        mad.lo.u32 r2, r0, 4, r1;
        mad.wide.u32 d2, r0, 4, d0;
        mad.wide.u32 d3, r0, 4, d1;
        setp.eq.u32 p0, r0, 0;
        setp.lt.u32 p1, r0, 32;
      """;

  private static String findings(String body, int threads, int seed) {
    String ptx = BEGIN + body.replace("\\n", "\n") + "\nret;\n}\n";
    Set<String> kinds = new TreeSet<>();
    Launch.Options options =
        Launch.Options.DEFAULT.seed(seed).limits(100_000, java.time.Duration.ofSeconds(20));
    Report report =
        PtxRun.on("h100")
            .threads(threads)
            .options(options)
            .run(ptx, new byte[BYTES], new byte[BYTES]);
    report.findings().forEach(f -> kinds.add(f.kind().toString()));
    return String.join(" ", kinds);
  }

  private static void check(int threads, String body, String kind) {
    for (int seed = 0; seed < 3; seed++) {
      String found = findings(body, threads, seed);
      if (kind == null) {
        assertEquals("", found, body);
      } else {
        assertTrue(found.contains(kind), "seed " + seed + " finds " + found + " only");
      }
    }
  }

  private static final String COPY = "cp.async.ca.shared.global [r2], [d2], 4; ";
  private static final String COMMIT = "cp.async.commit_group; ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "the copy is never waited for||async-unwaited",
        "all waits|cp.async.wait_all;|",
        "its group is waited for|cp.async.commit_group; cp.async.wait_group 0;|",
        "a group too many stays|cp.async.commit_group; cp.async.wait_group 1;|async-unwaited",
        "the copy is not in a group|cp.async.wait_group 0;|async-unwaited",
      })
  void copiesAtTheEnd(String name, String after, String kind) {
    check(32, COPY + (after == null ? "" : after), kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "read before|ld.shared.u32 r3, [r1+508];|shared-race",
        "read before, then a barrier|ld.shared.u32 r3, [r1+508]; bar.sync 0;|",
      })
  void copiesOverWhatIsRead(String name, String before, String kind) {
    // The copy may write at once when it starts: the barrier behind its wait comes too late.
    String fill = "st.shared.u32 [r2], r0; st.shared.u32 [r2+256], r0; bar.sync 0; ";
    String copy =
        "add.u32 r4, r1, 508; setp.eq.u32 p2, r0, 33; @p2 cp.async.ca.shared.global [r4], [d0], 4; ";
    String rest = COMMIT + "bar.sync 0; cp.async.wait_all; bar.sync 0;";
    check(64, fill + "@p1 " + before + copy + rest, kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "another warp's word|ld.global.u32 r5, [d4];|global-race",
        "after a barrier|bar.sync 0; ld.global.u32 r5, [d4];|",
        "after a barrier of the warp|bar.warp.sync 0xffffffff; ld.global.u32 r5, [d4];|global-race",
        "its own word|ld.global.u32 r5, [d2];|",
        "a fence orders nobody|membar.gl; ld.global.u32 r5, [d4];|global-race",
        "written by another warp|st.global.u32 [d4], r0;|global-race",
        "written alike|st.global.u32 [d0+512], r1;st.global.u32 [d0+512], r1;|",
      })
  void globalMemoryInABlock(String name, String after, String kind) {
    String begin = "xor.b32 r3, r0, 32; mad.wide.u32 d4, r3, 4, d0; st.global.u32 [d2], r0; ";
    check(64, begin + after, kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "another lane's word|ld.global.u32 r5, [d4];|global-race",
        "after a barrier of the warp|bar.warp.sync 0xffffffff; ld.global.u32 r5, [d4];|",
        "after a shuffle|shfl.sync.idx.b32 r6, r0, 0, 31, 0xffffffff; ld.global.u32 r5, [d4];|",
        "after a barrier|bar.sync 0; ld.global.u32 r5, [d4];|",
      })
  void globalMemoryInAWarp(String name, String after, String kind) {
    String begin = "xor.b32 r3, r0, 1; mad.wide.u32 d4, r3, 4, d0; st.global.u32 [d2], r0; ";
    check(32, begin + after, kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain flag|st.global.u32 [d1], 1;|ld.global.u32 r5, [d1];|global-race",
        "relaxed|st.relaxed.cta.global.u32 [d1], 1;|ld.relaxed.cta.global.u32 r5, [d1];|global-race",
        "released|st.release.cta.global.u32 [d1], 1;|ld.acquire.cta.global.u32 r5, [d1];|",
        "released to the gpu|st.release.gpu.global.u32 [d1], 1;|ld.acquire.gpu.global.u32 r5, [d1];|",
        "released only|st.release.cta.global.u32 [d1], 1;|ld.relaxed.cta.global.u32 r5, [d1];|global-race",
        "fences|fence.acq_rel.cta; st.relaxed.cta.global.u32 [d1], 1;"
            + "|ld.relaxed.cta.global.u32 r5, [d1]; fence.acq_rel.cta;|",
        "membar and volatile|membar.cta; st.volatile.global.u32 [d1], 1;"
            + "|ld.volatile.global.u32 r5, [d1]; membar.cta;|",
        "atomics|membar.gl; atom.global.exch.b32 r7, [d1], 1;"
            + "|atom.global.or.b32 r5, [d1], 0; membar.gl;|",
        "shared flag|membar.cta; st.volatile.shared.u32 [r1], 1;"
            + "|ld.volatile.shared.u32 r5, [r1]; membar.cta;|",
      })
  void messagesInABlock(String name, String send, String receive, String kind) {
    // Thread 0 stores a word and raises a flag; thread 32 waits for the flag and reads the word.
    String body =
        "st.shared.u32 [r2], 0; bar.sync 0; setp.eq.u32 p2, r0, 32; @p2 bra R; @!p0 bra E;\n"
            + "st.global.u32 [d0+512], 7; "
            + send
            + " bra E;\nR: "
            + receive
            + " setp.eq.u32 p3, r5, 0; @p3 bra R; ld.global.u32 r6, [d0+512]; st.global.u32 [d0], r6;\nE:";
    if ("plain flag".equals(name)) {
      return; // Nothing says that the reader ever sees it.
    }
    check(64, body, kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not made|mbarrier.arrive.shared.b64 d5, [r1];|barrier-misuse",
        "made|@p0 mbarrier.init.shared.b64 [r1], 32; bar.sync 0; mbarrier.arrive.shared.b64 d5, [r1];|",
        "one arrival too many|@p0 mbarrier.init.shared.b64 [r1], 33; bar.sync 0;"
            + " mbarrier.arrive.shared.b64 d5, [r1]; @p0 mbarrier.arrive.shared.b64 d5, [r1], 2;"
            + "|barrier-misuse",
        "no longer valid|@p0 mbarrier.init.shared.b64 [r1], 32; bar.sync 0; @p0 mbarrier.inval.shared.b64"
            + " [r1]; bar.sync 0; mbarrier.arrive.shared.b64 d5, [r1];|barrier-misuse",
        "made anew|@p0 mbarrier.init.shared.b64 [r1], 32; bar.sync 0; @p0 mbarrier.inval.shared.b64 [r1];"
            + " @p0 mbarrier.init.shared.b64 [r1], 32; bar.sync 0; mbarrier.arrive.shared.b64 d5, [r1];|",
        "made twice|@p0 mbarrier.init.shared.b64 [r1], 32; @p0 mbarrier.init.shared.b64 [r1], 32;"
            + "|barrier-misuse",
        "made for none|@p0 mbarrier.init.shared.b64 [r1], 0;|barrier-misuse",
        "written over|@p0 mbarrier.init.shared.b64 [r1], 32; bar.sync 0; @p0 st.shared.u32 [r1+4], 1;"
            + " bar.sync 0; mbarrier.arrive.shared.b64 d5, [r1];|barrier-misuse",
        "written when invalid|@p0 mbarrier.init.shared.b64 [r1], 32; bar.sync 0;"
            + " @p0 mbarrier.inval.shared.b64 [r1]; @p0 st.shared.u32 [r1+4], 1;|",
        "read as a number|@p0 mbarrier.init.shared.b64 [r1], 32; bar.sync 0; ld.shared.u32 r5, [r1];"
            + "|barrier-misuse",
        "misaligned|@p0 mbarrier.init.shared.b64 [r1+4], 32;|misaligned",
      })
  void mbarriers(String name, String body, String kind) {
    check(32, body, kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mask without itself|32|and.b32 r3, r0, 1; setp.eq.u32 p2, r3, 0; @p2 bra A;"
            + " shfl.sync.idx.b32 r4, r0, 0, 31, 0x55555555;\\nA:|shfl-absent-lane",
        "vote without itself|32|vote.sync.any.pred p3, p0, 0xfffffffe;|shfl-absent-lane",
        "warp barrier without itself|32|bar.warp.sync 0xfffffffe;|shfl-absent-lane",
        "redux without itself|32|redux.sync.add.s32 r4, r0, 0xfffffffe;|shfl-absent-lane",
        "match without itself|32|match.any.sync.b32 r4, r0, 0xfffffffe;|shfl-absent-lane",
        "the even lanes|32|and.b32 r3, r0, 1; setp.eq.u32 p2, r3, 1; @p2 bra A;"
            + " shfl.sync.idx.b32 r4, r0, 0, 31, 0x55555555;\\nA:|",
        "a lane that left|32|setp.eq.u32 p2, r0, 5; @p2 exit; shfl.sync.idx.b32 r4, r0, 5, 31, 0xffffffff;"
            + "|shfl-absent-lane",
        "a lane outside|32|@!p0 bra A; shfl.sync.idx.b32 r4, r0, 7, 31, 1;\\nA:|shfl-absent-lane",
        "down at the end|32|shfl.sync.down.b32 r4, r0, 16, 31, 0xffffffff;|",
        "half a warp|16|shfl.sync.bfly.b32 r4, r0, 1, 31, 0xffff;|",
        "half a warp reads beyond|16|shfl.sync.bfly.b32 r4, r0, 16, 31, 0xffff;|shfl-absent-lane",
      })
  void lanes(String name, int threads, String body, String kind) {
    check(threads, body, kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no multiple of 32|64|bar.sync 1, 48;|barrier-misuse",
        "too many|64|bar.sync 1, 96;|deadlock",
        "number 16|64|mov.u32 r3, 16; bar.sync r3;|barrier-misuse",
        "number 15|64|mov.u32 r3, 15; bar.sync r3;|",
        "a warp's own|64|shr.u32 r3, r0, 5; add.u32 r3, r3, 1; bar.sync r3, 32;|",
        "an arrival that is met|64|@p1 bra A; bar.sync 3, 64; bra B;\\nA: bar.arrive 3, 64;\\nB:|",
        "two sizes|96|setp.lt.u32 p2, r0, 64; @p2 bra A; bar.sync 1, 64; bra B;\\nA: bar.sync 1, 96;\\nB:"
            + "|barrier-misuse",
      })
  void barriers(String name, int threads, String body, String kind) {
    check(threads, body, kind);
  }

  private static final String MALLOC =
      "{ .param .b64 n; .param .b64 q; st.param.b64 [n], 64; call.uni (q), malloc, (n);"
          + " ld.param.b64 d5, [q]; } ";
  private static final String FREE =
      "{ .param .b64 n; st.param.b64 [n], d5; call.uni free, (n); } ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "used|st.u32 [d5+60], 1; ld.u32 r3, [d5+60]; FREE|",
        "used beyond the end|st.u32 [d5+64], 1; FREE|out-of-bounds",
        "used after it is freed|FREE st.u32 [d5], 1;|out-of-bounds",
        "freed twice|FREE FREE|out-of-bounds",
        "freed inside|add.u64 d5, d5, 16; FREE|out-of-bounds",
        "what malloc did not give|mov.u64 d5, d0; FREE|out-of-bounds",
        "nothing|mov.u64 d5, 0; FREE|",
        "read before it is written|ld.u32 r3, [d5]; st.global.u32 [d2], r3; FREE|uninitialised",
      })
  void heap(String name, String body, String kind) {
    check(32, MALLOC + body.replace("FREE", FREE), kind);
  }

  private static final String FILL = "st.shared.v4.u32 [r3], {r0, r0, r0, r0}; bar.sync 0; ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rows|ldmatrix.sync.aligned.m8n8.x4.shared.b16 {r4, r5, r6, r7}, [r3];|",
        "rows not on 16 bytes|add.u32 r3, r3, 8; ldmatrix.sync.aligned.m8n8.x1.shared.b16 {r4}, [r3];"
            + "|misaligned",
        "some lanes|@p0 ldmatrix.sync.aligned.m8n8.x1.shared.b16 {r4}, [r3];|barrier-misuse",
        "rows beyond|mad.lo.u32 r3, r0, 256, r1;"
            + " ldmatrix.sync.aligned.m8n8.x4.shared.b16 {r4, r5, r6, r7}, [r3];|out-of-bounds",
        "vector|ld.shared.v4.u32 {r4, r5, r6, r7}, [r3];|",
        "vector not on 16 bytes|ld.shared.v4.u32 {r4, r5, r6, r7}, [r3+4];|misaligned",
        "copy of 16 to 8|add.u32 r3, r3, 8; @p0 cp.async.cg.shared.global [r3], [d0], 16;"
            + " cp.async.wait_all;|misaligned",
        "copy of 16 from 8|@p0 cp.async.cg.shared.global [r3], [d0+8], 16; cp.async.wait_all;|misaligned",
        "atomic across words|@p0 red.shared.add.u32 [r1+2], 1;|misaligned",
      })
  void rows(String name, String body, String kind) {
    check(32, "mad.lo.u32 r3, r0, 16, r1; " + FILL + body, kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a field set|ld.local.u32 r4, [v]; and.b32 r5, r4, 65535; shl.b32 r6, r0, 16; or.b32 r7, r5, r6;"
            + " st.local.u32 [v], r7;|",
        "a field cleared|ld.local.u32 r4, [v]; and.b32 r5, r4, -2; st.local.u32 [v], r5;|",
        "bits that are stored elsewhere|ld.local.u32 r4, [v]; and.b32 r5, r4, 65535; or.b32 r7, r5, r0;"
            + " st.local.u32 [v+8], r7; ld.local.u32 r4, [v+8]; st.global.u32 [d2], r4;|uninitialised",
        "a field of what nobody wrote|ld.local.u32 r4, [v+4]; and.b32 r5, r4, 65535; or.b32 r7, r5, r4;"
            + " st.local.u32 [v], r7;|uninitialised",
        "a gap is copied|st.local.u32 [v], r0; ld.local.u64 d5, [v]; st.local.u64 [v+8], d5;"
            + " ld.local.u32 r4, [v+8]; st.global.u32 [d2], r4; st.local.u32 [v], r0;|",
      })
  void bitFieldsAndGaps(String name, String body, String kind) {
    String use = " ld.local.u32 r8, [v]; st.global.u32 [d2], r8;";
    check(32, ".local .align 8 .b8 v[16]; " + body + use, kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "as CUB writes it|vote.ballot.sync.b32 r4, p1, 0xffffffff; st.global.u32 [d2], r4;",
        "a first guess|@p0 bra G; bra E;\\nG: ld.global.u64 d5, [d0];\\nL: mov.u64 d6, d5;"
            + " add.u64 d7, d6, 1; atom.global.cas.b64 d5, [d0], d6, d7; setp.ne.u64 p3, d5, d6;"
            + " @p3 bra L;\\nE:",
      })
  void foundInTheWild(String name, String body) {
    check(64, body, null);
  }

  /** A subtraction leaves the carry flag set when it borrows nothing, as the hardware does. */
  @Test
  void carryOfASubtraction() {
    String body =
        "sub.cc.u32 r3, 5, r0; addc.u32 r4, 0, 0; sub.cc.u32 r5, 5, r0; subc.u32 r6, 0, 0;"
            + " add.cc.u32 r7, r0, -1; subc.u32 r8, 0, 0;"
            + " mad.lo.u32 r4, r4, 4, r6; mad.lo.u32 r4, r8, 16, r4; st.global.u32 [d2], r4;";
    byte[] out = new byte[BYTES];
    PtxRun.on("h100").threads(8).runClean(BEGIN + body + "\nret;\n}\n", out, new byte[BYTES]);
    for (int t = 0; t < 8; t++) {
      int borrow = t > 5 ? 1 : 0;
      int carry = t > 0 ? 1 : 0; // of t + 0xFFFFFFFF
      int expected = 4 * (1 - borrow) - borrow - 16 * (1 - carry);
      assertEquals(expected, ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).getInt(4 * t));
    }
  }
}
