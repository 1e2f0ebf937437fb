package dev.tilewright.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every row of the instruction table: legal spellings are taken, ill-typed ones refused. */
final class InstructionTableTest {
  @Test
  void everyRowTakesItsSpellings() {
    List<String> samples = new ArrayList<>();
    for (InstructionForm form : InstructionTable.shared().rows()) {
      if (form.opcode() != Opcode.CALL) {
        List<String> own = TableSamples.of(form);
        assertTrue(!own.isEmpty(), () -> form.opcode() + " has a row that no words fit");
        samples.addAll(own);
      }
    }
    assertTrue(samples.size() > 1500, "samples");
    PtxKernel kernel = PtxModule.parse("samples", TableSamples.module(samples)).kernels().get(0);
    assertEquals("", kernel.unsupported().map(PtxException::getMessage).orElse(""));
    assertEquals(samples.size() + 1, kernel.body().size());
  }

  @Test
  void everyOpcodeHasARow() {
    for (Opcode opcode : Opcode.values()) {
      assertTrue(
          InstructionTable.shared().rows().stream().anyMatch(f -> f.opcode() == opcode),
          opcode::mnemonic);
    }
  }

  /** In turn each operand of a sample of each row becomes one that no row takes there. */
  @Test
  void everyRowRefusesOperandsOfOtherTypes() {
    for (InstructionForm form : InstructionTable.shared().rows()) {
      if (form.opcode() == Opcode.CALL) {
        continue;
      }
      String sample = TableSamples.of(form).get(0);
      for (String wrong : spoil(sample)) {
        refused(List.of("add.s32 r0, r1, r2;", wrong), TableSamples.LINES_BEFORE + 2);
      }
    }
  }

  /** A register of a class that PTX does not have there, and an operand too many. */
  private static List<String> spoil(String sample) {
    List<String> wrong = new ArrayList<>();
    String bare = sample.substring(0, sample.length() - 1);
    wrong.add(bare + (bare.contains(" ") ? ", " : " ") + "w0, w1, w2, w3, w4;");
    int space = bare.indexOf(' ');
    if (space > 0 && !sample.contains("ts")) {
      String operands = bare.substring(space);
      String swapped = operands.replaceFirst("\\b[hrdfgw]\\d", "p");
      if (!swapped.equals(operands)) {
        wrong.add(bare.substring(0, space) + swapped + ";");
      } else if (operands.contains("p")) {
        wrong.add(bare.substring(0, space) + operands.replaceFirst("!?p", "r0") + ";");
      }
    }
    wrong.add(sample.replaceFirst("^[a-z0-9_]+", "$0.nosuchmodifier"));
    return wrong;
  }

  private static void refused(List<String> statements, int line) {
    PtxKernel kernel = PtxModule.parse("x", TableSamples.module(statements)).kernels().get(0);
    assertTrue(kernel.unsupported().isPresent(), () -> "accepted: " + statements);
    assertEquals(line, kernel.unsupported().get().line(), () -> "" + statements);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          frobnicate.b32 r0, r1     ; unknown instruction frobnicate
          add.b32 r0, r1, r2        ; add has no type .b32
          add.s32.wide r0, r1, r2   ; add has no modifier .wide
          add.ftz.s32 r0, r1, r2    ; add does not take these types and modifiers together
          add.s32 f0, r1, r2        ; register f0 of type .f32 where .s32 is used
          add.f32 f0, f1, 1         ; an integer constant where .f32 is expected
          add.s32 r0, r1            ; an operand is missing
          add.s32 r0, r1, r2, r3    ; an operand too many
          add.s32 r0, r1, zz        ; unknown name zz
          mov.b32 zz, r1            ; unknown name zz
          add.s32 _, r1, r2         ; the result cannot be dropped
          bra nowhere               ; unknown label nowhere
          ld.u32 r0, [f0]           ; register f0 of type .f32 as address
          ld.shared.u32 r0, [gvar]  ; gvar lies in .global memory
          ld.v2.u32 r0, [d0]        ; expected 2 elements in braces
          setp.lo.s32 p, r0, r1     ; setp does not take these
          mul.wide.s64 w0, d0, d1   ; mul does not take these
          cvt.f32.s32 f0, r0        ; cvt does not take these
          cp.async.cg.shared.global [d0], [d1], 8 ; a constant that is none of [16]
          mov.u32 r0, %nosuch       ; unknown name %nosuch
          call nofunction           ; expected a function
          selp.b32 r0, r1, r2, r3   ; register r3 of type .b32 where .pred is used
          mov.b32 r0, {h0,h1,h2}    ; 3 elements do not fill .b32
          tex.2d.v4.f32.f32 {f0,f1,f2,f3}, [d0, {f4,f5}] ; tex.2d.v4.f32.f32: textures and surfaces are not
          suld.b.1d.b32.trap r0, [d0, {r1}] ; suld.b.1d.b32.trap: textures and surfaces are not
          vadd4.u32.u32.u32 r0, r1, r2, r3  ; vadd4.u32.u32.u32: video instructions are not
          vmad.s32.s32.u32 r0, r1, r2, r3   ; vmad.s32.s32.u32: video instructions are not
          multimem.red.add.u32 [d0], r0     ; multimem.red.add.u32: addresses of several devices are not
          wgmma.fence.sync.aligned          ; wgmma.fence.sync.aligned: products of warpgroups
          mma.sp.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {f0,f1,f2,f3}, {r0,r1}, {r2,r3}, {f0,f1,f2,f3}, r4, 0 ; mma.sp.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32: products of sparse
          cvt.rn.satfinite.e2m1x2.f32 h0, f0, f1 ; cvt has no modifier .e2m1x2
          cvt.rz.satfinite.ue8m0x2.f32 h0, f0, f1 ; cvt has no modifier .ue8m0x2
          """)
  void reasonsAreSaid(String statement, String reason) {
    PtxKernel kernel =
        PtxModule.parse("x", TableSamples.module(List.of(statement + ";"))).kernels().get(0);
    PtxException refusal = kernel.unsupported().orElseThrow();
    assertTrue(refusal.reason().startsWith(reason), refusal.reason());
    assertEquals(TableSamples.LINES_BEFORE + 1, refusal.line());
    assertTrue(refusal.text().startsWith(statement.split(" ")[0]), refusal.text());
  }

  @Test
  void modifiersAreDecoded() {
    List<Instruction> body =
        body(
            "fma.rn.ftz.sat.f32 f0, f1, f2, f3;",
            "setp.leu.and.f32 p|q, f0, f1, !p;",
            "atom.acq_rel.gpu.shared::cta.add.u32 _, [d0], 1;",
            "ld.global.nc.v4.b32 {r0,r1,_,r3}, [d0+-16];",
            "cvt.rni.s32.f32 r0, f0;",
            "cp.async.cg.shared.global [d0], [d1], 16, r1;",
            "@!p bra L1;");
    Modifiers fma = body.get(0).modifiers();
    assertEquals(Rounding.RN, fma.rounding().orElseThrow());
    assertTrue(fma.ftz() && fma.sat());
    assertEquals(DataType.F32, fma.type());
    Instruction setp = body.get(1);
    assertEquals(Compare.LEU, setp.modifiers().compare().orElseThrow());
    assertEquals(2, setp.destinations().size());
    assertTrue(((Operand.Reg) setp.source(2)).negated());
    Modifiers atom = body.get(2).modifiers();
    assertEquals(Semantics.ACQ_REL, atom.semantics().orElseThrow());
    assertEquals(MemoryScope.GPU, atom.scope().orElseThrow());
    assertEquals(StateSpace.SHARED, atom.space());
    assertTrue(body.get(2).destination() instanceof Operand.Sink);
    Instruction load = body.get(3);
    assertEquals(4, load.modifiers().vector());
    assertEquals(4, ((Operand.Vector) load.destination()).elements().size());
    assertEquals(-16, ((Operand.Address) load.source(0)).offset());
    assertEquals(Rounding.RNI, body.get(4).modifiers().rounding().orElseThrow());
    assertEquals(List.of(StateSpace.SHARED, StateSpace.GLOBAL), body.get(5).modifiers().spaces());
    assertTrue(body.get(6).guard().orElseThrow().negated());
    assertEquals(7, ((Operand.Label) body.get(6).source(0)).index());
  }

  @ParameterizedTest
  @CsvSource({
    "'mov.f32 f0, 0f3F800000;', 3F800000",
    "'mov.f32 f0, 1.5e0;', 3FC00000",
    "'mov.f32 f0, -0.5;', BF000000",
    "'mov.f32 f0, .5;', 3F000000",
    "'add.f32 f0, f1, 0d4000000000000000;', 40000000",
    "'mov.f64 g0, 0f3F800000;', 3FF0000000000000",
    "'mov.u32 r0, -1;', FFFFFFFF",
    "'mov.s32 r0, 0xFFFFFFFF;', FFFFFFFFFFFFFFFF",
    "'mov.b16 h0, 0x1FFFF;', FFFF",
    "'mov.u32 r0, 0b101U;', 5",
    "'mov.u32 r0, 0777;', 1FF",
    "'mov.u32 r0, (1<<4)+3*2;', 16",
    "'mov.u32 r0, WARP_SZ;', 20",
    "'mov.u32 r0, 7 > 3 ? 10 : 20;', A",
    "'mov.u64 d0, ~0U >> 60;', F",
    "'mov.u64 d0, 18446744073709551615;', FFFFFFFFFFFFFFFF",
    "'mov.b64 d0, 1.0;', 3FF0000000000000"
  })
  void constantsHaveTheirBits(String statement, String bits) {
    Instruction instruction = body(statement).get(0);
    int last = instruction.sources().size() - 1;
    assertEquals(Long.parseUnsignedLong(bits, 16), ((Operand.Imm) instruction.source(last)).bits());
  }

  private static List<Instruction> body(String... statements) {
    PtxKernel kernel =
        PtxModule.parse("x", TableSamples.module(List.of(statements))).kernels().get(0);
    assertEquals("", kernel.unsupported().map(PtxException::getMessage).orElse(""));
    return kernel.body();
  }
}
