package dev.tilewright.ptx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules: declarations, parameters, initial values, calls, scopes, and what is refused. */
final class PtxModuleTest {
  private final PtxModule module = PtxModule.parse("calls.ptx", PtxSamples.CALLS);
  private final PtxKernel kernel = module.kernel("calls").orElseThrow();

  @Test
  void theHeadIsRead() {
    assertEquals("9.0", module.version());
    assertEquals(List.of("sm_80", "debug"), module.target());
    assertEquals(64, module.addressBits());
    assertEquals("calls.ptx", module.source());
  }

  @Test
  void parametersHaveOffsetsAndLimits() {
    assertEquals("", kernel.unsupported().map(PtxException::getMessage).orElse(""));
    assertEquals(List.of(0L, 8L, 32L), kernel.params().stream().map(PtxParam::offset).toList());
    assertEquals(24, kernel.params().get(1).bytes());
    assertEquals(33, kernel.paramBytes());
    assertEquals(List.of(128, 1, 1), kernel.limits().maxntid());
    assertEquals(2, kernel.limits().minnctapersm());
    assertEquals(64, kernel.limits().maxnreg());
  }

  @Test
  void memoryIsLaidOut() {
    assertEquals(List.of("inner", "counter"), names(kernel.shared()));
    assertEquals(44, kernel.sharedBytes());
    PtxVariable counter =
        module.variables().stream().filter(v -> v.name().equals("counter")).findFirst().get();
    assertEquals(OptionalLong.of(40), kernel.offset(counter));
    assertEquals(44, kernel.dynamicSharedOffset());
    assertEquals(24, kernel.localBytes());
    assertEquals(16, kernel.callParamBytes());
    assertTrue(module.kernel("fine").orElseThrow().shared().isEmpty());
  }

  private static List<String> names(List<PtxVariable> variables) {
    return variables.stream().map(PtxVariable::name).toList();
  }

  @Test
  void initialValuesHoldBytesAndAddresses() {
    List<PtxVariable> globals = module.globals();
    assertEquals(
        List.of("factors", "table", "bytes", "shared_by_modules", "texture"), names(globals));
    PtxVariable factors = globals.get(0);
    assertEquals(16, factors.bytes());
    assertEquals(Linkage.WEAK, factors.linkage());
    assertArrayEquals(
        new byte[] {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40}, factors.data());
    PtxVariable table = globals.get(1);
    assertEquals(24, table.bytes());
    assertEquals(7, table.data()[16]);
    PtxVariable.Reference first = table.references().get(0);
    assertEquals("square", first.target().toString());
    PtxVariable.Reference second = table.references().get(1);
    assertEquals(8, second.offset());
    assertEquals(4, second.addend());
    assertTrue(second.generic());
    assertEquals(3, globals.get(2).bytes());
  }

  @Test
  void callsAreResolved() {
    List<Instruction> calls =
        kernel.body().stream().filter(i -> i.opcode() == Opcode.CALL).toList();
    assertEquals(5, calls.size());
    PtxFunction square = function("square");
    assertSame(square, ((Operand.Function) calls.get(0).source(0)).routine());
    assertEquals("param0", calls.get(0).source(1).toString());
    assertTrue(calls.get(1).source(0) instanceof Operand.Reg);
    assertTrue(calls.get(1).source(2) instanceof Operand.Prototype);
    assertSame(square, ((Operand.Function) calls.get(3).source(0)).routine());
    assertTrue(square.isDefined());
    assertTrue(!function("vprintf").isDefined());
    assertEquals(2, function("vprintf").params().size());
    assertEquals("out", function("twice").returns().get(0).register().orElseThrow().name());
    assertEquals("call.uni (retval0), square, ( param0 )", calls.get(0).text());
  }

  private PtxFunction function(String name) {
    return module.functions().stream().filter(f -> f.name().equals(name)).findFirst().get();
  }

  @Test
  void innerScopesHaveTheirOwnRegisters() {
    List<Register> named = kernel.registers().stream().filter(r -> r.name().equals("%r1")).toList();
    assertEquals(2, named.size());
    assertNotSame(named.get(0), named.get(1));
    for (RegisterClass each : RegisterClass.values()) {
      List<Integer> indices =
          kernel.registers().stream()
              .filter(r -> r.registerClass() == each)
              .map(Register::index)
              .toList();
      for (int i = 0; i < indices.size(); i++) {
        assertEquals(i, indices.get(i));
      }
      assertEquals(indices.size(), kernel.registerCount(each));
    }
  }

  @Test
  void labelsAndTheirListsAreIndices() {
    Instruction jump =
        kernel.body().stream().filter(i -> i.opcode() == Opcode.BRX_IDX).findFirst().get();
    List<Operand.Label> labels = ((Operand.Targets) jump.source(1)).labels();
    assertEquals(Opcode.BRA, kernel.body().get(labels.get(0).index()).opcode());
    assertEquals(Opcode.CALL, kernel.body().get(labels.get(1).index()).opcode());
  }

  @Test
  void onlyWhatReachesAFaultIsRefused() {
    assertTrue(module.kernel("fine").orElseThrow().unsupported().isEmpty());
    PtxException refusal = module.kernel("reaches").orElseThrow().unsupported().orElseThrow();
    assertTrue(
        refusal.reason().endsWith("textures and surfaces are not simulated"), refusal.reason());
    assertTrue(refusal.text().startsWith("tex.1d.v4.f32.s32"));
    assertEquals(refusal, function("faulty").unsupported().orElseThrow());
  }

  @Test
  void labelsOfInnerScopesMayRepeat() {
    String twice = "{ .reg .pred P; W: mov.pred P, 1; @P bra D; bra W; D: }";
    PtxKernel kernel =
        PtxModule.parse("x", TableSamples.module(List.of(twice, twice))).kernels().get(0);
    assertTrue(kernel.unsupported().isEmpty());
    assertEquals(3, ((Operand.Label) kernel.body().get(1).source(0)).index());
    assertEquals(3, ((Operand.Label) kernel.body().get(5).source(0)).index());
    assertEquals(6, ((Operand.Label) kernel.body().get(4).source(0)).index());
  }

  @ParameterizedTest
  @CsvSource({
    "'.target sm_80', 1, 'expected .version'",
    "'.version 9.0 .entry k() { ret; ', 1, 'expected'",
    "'.version 9.0 .entry k() { ret }', 1, 'expected '';'' at'",
    "'.version 9.0\n.entry k() {} .entry k() {}', 2, 'a name that is there twice'",
    "'.version 9.0\n\n  \u00a7', 3, 'a character that PTX does not have'",
    "'.version 9.0\n/* x', 2, 'a comment that does not end'",
    "'.version 9.0\n.frob 3', 2, 'unknown directive'",
    "'.version 9.0\n.global .u32 x[2] = {1,2,3};', 2, 'more initial values'",
    "'.version 9.0\n.global .u64 x = {nosuch};', 2, 'unknown variable or function'",
    "'.version 9.0\n.global .align 3 .u32 x;', 2, 'expected a power of two'",
    "'.version 9.0\n.global .u32 x = 1/0;', 2, 'a division by zero'",
  })
  void aTextThatIsNoModuleIsRefused(String text, int line, String reason) {
    PtxException refusal = assertThrows(PtxException.class, () -> PtxModule.parse("bad.ptx", text));
    assertTrue(refusal.reason().startsWith(reason), refusal.getMessage());
    assertEquals(line, refusal.line());
    assertTrue(refusal.getMessage().startsWith("bad.ptx:" + line + ":"));
    assertEquals("bad.ptx", refusal.source());
  }

  @Test
  void aVariableMayBeDefinedAfterItsUse() {
    PtxModule module =
        PtxModule.parse(
            "x",
            """
            .version 9.0
            .extern .global .u32 late;
            .entry k() { .reg .b32 r; ld.global.u32 r, [late+4]; ret; }
            .visible .global .u32 late[2] = {1, 2};
            """);
    Operand.Address address = (Operand.Address) module.kernels().get(0).body().get(0).source(0);
    assertSame(module.globals().get(0), ((Operand.Symbol) address.base()).variable());
    assertTrue(module.globals().get(0).isInitialised());
  }

  @Test
  void variablesLieInTheirAreas() {
    PtxFunction square = function("square");
    assertEquals(
        PtxRoutine.Area.RETURNS,
        square.area(square.returns().get(0).variable().orElseThrow()).orElseThrow());
    assertEquals(
        PtxRoutine.Area.PARAMS,
        square.area(square.params().get(0).variable().orElseThrow()).orElseThrow());
    List<PtxRoutine.Area> areas =
        kernel.variables().stream().map(v -> kernel.area(v).orElseThrow()).distinct().toList();
    assertEquals(
        List.of(PtxRoutine.Area.LOCALS, PtxRoutine.Area.SHARED, PtxRoutine.Area.CALLS), areas);
  }

  @Test
  void linesOfTheSourceAreKept() {
    List<Instruction> body =
        PtxModule.parse("lines.ptx", PtxSamples.LINES).kernel("lines").orElseThrow().body();
    assertEquals("kernel.cu:10", body.get(0).location().orElseThrow().toString());
    SourceLocation deep = body.get(3).location().orElseThrow();
    assertEquals(
        List.of("sm_30_intrinsics.hpp:40", "helpers.cuh:30", "kernel.cu:20"),
        deep.chain().stream().map(SourceLocation::toString).toList());
    assertEquals(deep, body.get(4).location().orElseThrow());
    assertEquals("g", deep.function());
    assertEquals("_Z1fv", body.get(2).location().orElseThrow().function());
    assertEquals("helpers.cuh:30", deep.user().toString());
    assertEquals(deep.chain().get(1), deep.user());
    assertEquals(17, body.get(3).line());
    assertEquals("sm_30_intrinsics.hpp:50", body.get(5).location().orElseThrow().user().toString());
  }
}
