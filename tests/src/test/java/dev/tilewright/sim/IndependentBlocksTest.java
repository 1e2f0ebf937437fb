package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.GpuSpec;
import dev.tilewright.ptx.PtxModule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Blocks on several threads: what they do is what they do one after the other. */
final class IndependentBlocksTest {
  private static final int BLOCKS = 48;
  private static final int THREADS = 64;

  /** Each thread adds its number to a word, at a place that the kernel's text computes. */
  private static String kernel(String place, String more) {
    return """
        .version 7.0
        .target sm_80
        .address_size 64
        .visible .entry k(.param .u64 p) {
          .reg .b32 %r<10>;
          .reg .b64 %rd<5>;
          .reg .pred %p<3>;
          ld.param.u64 %rd1, [p];
          mov.u32 %r1, %tid.x;
          mov.u32 %r2, %ctaid.x;
          mov.u32 %r3, %ntid.x;
        """
        + place
        + """
          mul.wide.s32 %rd2, %r4, 4;
          add.s64 %rd3, %rd1, %rd2;
          ld.global.u32 %r5, [%rd3];
          add.s32 %r5, %r5, %r2;
          st.global.u32 [%rd3], %r5;
        """
        + more
        + """
          ret;
        }
        """;
  }

  private static final String OWN = "mad.lo.s32 %r4, %r2, %r3, %r1;\n";

  /** The last block also adds to the words of the first. */
  private static final String SHARED =
      """
      setp.eq.s32 %p1, %r2, 47;
      mad.lo.s32 %r4, %r2, %r3, %r1;
      @%p1 mov.u32 %r4, %r1;
      """;

  private record Result(List<String> findings, byte[] memory, Report report) {}

  private static Result run(String text, long seed, boolean checks) {
    SimMachine machine = new SimMachine(GpuSpec.of("h100"));
    SimModule module = machine.load(PtxModule.parse("k.ptx", text));
    int bytes = BLOCKS * THREADS * 4;
    long address = machine.allocate("words", bytes);
    ByteBuffer words = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < BLOCKS * THREADS; i++) {
      words.putInt(1000 + i);
    }
    machine.write(address, words.array());
    byte[] params = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(address).array();
    Launch launch =
        new Launch("k", new int[] {BLOCKS, 1, 1}, new int[] {THREADS, 1, 1}, 0, false, params);
    Report report =
        machine.launch(module, launch, Launch.Options.DEFAULT.seed(seed).checks(checks));
    List<String> findings = new ArrayList<>();
    report.findings().forEach(f -> findings.add(f.toString()));
    return new Result(findings, machine.read(address, bytes), report);
  }

  @Test
  void wordsOfTheirOwn() {
    for (boolean checks : List.of(true, false)) {
      Result result = run(kernel(OWN, ""), 0, checks);
      assertEquals(List.of(), result.findings);
      ByteBuffer words = ByteBuffer.wrap(result.memory).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < BLOCKS * THREADS; i++) {
        assertEquals(1000 + i + i / THREADS, words.getInt(4 * i));
      }
      long warps = result.report.warpInstructions();
      assertEquals(Warp.SIZE * warps, result.report.threadInstructions()); // None lost or torn.
    }
  }

  @Test
  void wordsOfAnotherBlockAreFoundAlikeInEveryRun() {
    for (long seed = 0; seed < 3; seed++) {
      Set<List<String>> findings = new HashSet<>();
      Result first = run(kernel(SHARED, ""), seed, true);
      assertTrue(first.findings.get(0).startsWith("global-race"), first.findings.toString());
      for (int i = 0; i < 5; i++) {
        Result again = run(kernel(SHARED, ""), seed, true);
        findings.add(again.findings);
        assertArrayEquals(first.memory, again.memory, "seed " + seed);
      }
      assertEquals(Set.of(first.findings), findings);
    }
  }

  /** A fault in one block: what the others stored is put back and stored once. */
  @Test
  void nothingIsStoredTwice() {
    String trap =
        """
        setp.eq.s32 %p2, %r2, 30;
        @%p2 ld.global.u32 %r6, [%rd3+100000];
        """;
    Result result = run(kernel(OWN, trap), 0, true);
    assertFalse(result.findings.isEmpty());
    ByteBuffer words = ByteBuffer.wrap(result.memory).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < BLOCKS * THREADS; i++) {
      assertEquals(1000 + i + i / THREADS, words.getInt(4 * i));
    }
  }

  @Test
  void kernelsThatCommunicateRunTogether() {
    String atomic = "atom.global.add.u32 %r7, [%rd1], 1;\n";
    Result result = run(kernel(OWN, atomic), 0, true);
    for (int i = 0; i < 5; i++) {
      Result again = run(kernel(OWN, atomic), 0, true);
      assertEquals(result.findings, again.findings);
      assertArrayEquals(result.memory, again.memory);
    }
  }
}
