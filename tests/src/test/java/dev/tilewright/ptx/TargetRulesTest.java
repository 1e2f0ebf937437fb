package dev.tilewright.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Instructions are refused in modules for targets that ptxas (13.0) refuses them for. */
final class TargetRulesTest {
  private static final List<String> TARGETS = List.of("75", "80", "86", "89", "90", "90a", "100a");

  /** An instruction, and the first of these targets that ptxas 13.0 takes it for. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          add.s32 r0, r1, r2                                      ; 75
          min.f32 f0, f1, f2                                      ; 75
          min.NaN.f32 f0, f1, f2                                  ; 80
          max.NaN.xorsign.abs.f32 f0, f1, f2                      ; 86
          add.bf16x2 r0, r1, r2                                   ; 90
          fma.rn.bf16x2 r0, r1, r2, r3                            ; 80
          fma.rn.f16x2 r0, r1, r2, r3                             ; 75
          fma.rn.relu.f16x2 r0, r1, r2, r3                        ; 80
          tanh.approx.f16 h0, h1                                  ; 75
          tanh.approx.bf16 h0, h1                                 ; 90
          add.u16x2 r0, r1, r2                                    ; 90
          cvt.rn.bf16.f32 h0, f0                                  ; 80
          cvt.rn.bf16.s32 h0, r0                                  ; 90
          cvt.rn.f16x2.f32 r0, f0, f1                             ; 80
          cvt.rna.tf32.f32 r0, f0                                 ; 80
          cvt.rz.tf32.f32 r0, f0                                  ; 90
          cvt.rn.satfinite.e4m3x2.f32 h0, f0, f1                  ; 89
          redux.sync.add.s32 r0, r1, r2                           ; 80
          cp.async.ca.shared.global [d0], [d1], 16                ; 80
          cp.async.commit_group                                   ; 80
          cp.async.bulk.commit_group                              ; 90
          barrier.cluster.arrive                                  ; 90
          mapa.u64 d0, d1, r0                                     ; 90
          ld.shared::cluster.u32 r0, [d0]                         ; 90
          ld.acquire.cluster.u32 r0, [d0]                         ; 90
          ld.global.L2::cache_hint.u32 r0, [d0], d1               ; 80
          ld.global.L2::128B.u32 r0, [d0]                         ; 75
          ld.global.L2::256B.u32 r0, [d0]                         ; 80
          ld.global.v4.f64 {g0,g1,g2,g3}, [d0]                    ; 100a
          atom.global.add.noftz.bf16 h0, [d0], h1                 ; 90
          atom.global.add.noftz.f16x2 r0, [d0], r1                ; 75
          atom.global.cas.b128 w0, [d0], w1, w2                   ; 90
          red.global.add.v4.f32 [d0], {f0,f1,f2,f3}               ; 90
          mbarrier.init.shared.b64 [d0], 1                        ; 80
          mbarrier.try_wait.parity.shared.b64 p, [d0], 0          ; 90
          fence.acq_rel.gpu                                       ; 75
          fence.acq_rel.cluster                                   ; 90
          fence.proxy.async                                       ; 90
          elect.sync r0|p, r1                                     ; 90
          griddepcontrol.wait                                     ; 90
          setmaxnreg.inc.sync.aligned.u32 64                      ; 90a
          stmatrix.sync.aligned.m8n8.x1.shared.b16 [d0], {r0}     ; 90
          ldmatrix.sync.aligned.m8n8.x1.shared.b16 {r0}, [d0]     ; 75
          mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 {r0,r1}, {r2,r3}, {r4}, {r5,r6} ; 75
          mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 {r0,r1}, {r2,r3,r4,r5}, {r6,r7}, {r8,r9} ; 80
          mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {r0,r1}, {r2}, {r3}, {r4,r5} ; 75
          mma.sync.aligned.m16n8k16.row.col.s32.s8.s8.s32 {r0,r1,r2,r3}, {r2,r3}, {r4}, {r5,r6,r7,r8} ; 80
          mma.sync.aligned.m8n8k128.row.col.s32.b1.b1.s32.xor.popc {r0,r1}, {r2}, {r3}, {r4,r5} ; 75
          mma.sync.aligned.m8n8k128.row.col.s32.b1.b1.s32.and.popc {r0,r1}, {r2}, {r3}, {r4,r5} ; 80
          mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {g0,g1}, {g2}, {g3}, {g4,g5} ; 80
          mma.sync.aligned.m16n8k4.row.col.f64.f64.f64.f64 {g0,g1,g2,g3}, {g4,g5}, {g6}, {g0,g1,g2,g3} ; 90
          wmma.load.a.sync.aligned.row.m16n16k8.global.tf32 {r0,r1,r2,r3}, [d0] ; 80
          """)
  void firstTarget(String statement, String first) {
    for (String target : TARGETS) {
      Optional<PtxException> refusal = refusal(statement, target);
      boolean allowed = TARGETS.indexOf(target) >= TARGETS.indexOf(first);
      assertEquals(allowed, refusal.isEmpty(), () -> target + ": " + refusal);
      refusal.ifPresent(
          r ->
              assertTrue(
                  r.reason().contains("needs .target sm_" + first.replace("100a", "100"))
                      && r.reason().endsWith("the module is for sm_" + target),
                  r::reason));
    }
  }

  private static Optional<PtxException> refusal(String statement, String target) {
    String text =
        TableSamples.module(List.of(statement + ";"))
            .replaceFirst("\\.target \\S+", ".target sm_" + target);
    return PtxModule.parse("x", text).kernels().get(0).unsupported();
  }

  @Test
  void targetsRunOnDevices() {
    assertTrue(Target.parse("sm_80").runsOn(90));
    assertFalse(Target.parse("sm_90").runsOn(80));
    assertTrue(Target.parse("sm_90a").runsOn(90));
    assertFalse(Target.parse("sm_90a").runsOn(100));
    assertTrue(Target.parse("sm_100f").runsOn(103));
    assertFalse(Target.parse("sm_100f").runsOn(120));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sm_10099999999999a", "sm_", "sm_8", "sm_80x", "sm_99999"})
  void whatIsNoTargetIsRefused(String target) {
    String text = ".version 8.0\n.target " + target + "\n.address_size 64\n";
    PtxException e = assertThrows(PtxException.class, () -> PtxModule.parse("t.ptx", text));
    assertTrue(e.getMessage().contains("no target is called " + target), e.getMessage());
    assertEquals(2, e.line());
  }
}
