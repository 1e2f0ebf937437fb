package dev.tilewright.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.bench.FftConvCase.Pass;
import dev.tilewright.op.FftConv;
import dev.tilewright.op.SparsePattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FftConvCaseTest {
  @Test
  void readsEveryKey() {
    assertEquals(
        new FftConvCase(
            3, 5, 100, 7, FftConv.Mode.BIDIRECTIONAL, true, true, Pass.FORWARD, DType.BF16, null),
        FftConvCase.parse(
            "B=3,H=5,L=100,Lk=7,mode=bidirectional,gated=true,filter=cached,pass=forward,dtype=bf16"));
  }

  @Test
  void readsASparsePattern() {
    FftConvCase c = FftConvCase.parse("L=4096,sparse=16:2x512");
    assertEquals(SparsePattern.prefixes(new long[] {16, 512}, new long[] {2, 512}), c.sparse());
    assertEquals("16:2x512", c.toMap().get("sparse"));
    assertEquals(c.sparse(), c.spec().sparse());
  }

  @Test
  void onlyLengthMustBeNamed() {
    assertEquals(FftConvCase.of(2, 64, 4096), FftConvCase.parse("L=4096"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "L",
        "B=2",
        "L=0",
        "L=x",
        "L=4,mode=wrong",
        "L=4,gated=1",
        "L=4,dtype=f64",
        "L=4,y=1",
        "L=4,sparse=",
        "L=4,sparse=256:1:1",
        "L=4,sparse=3x256",
        "L=4,sparse=256:257",
        "L=512,sparse=256",
        "L=4,sparse=256,mode=circular",
        "L=4,sparse=256,pass=step,filter=cached",
        "L=4,pass=step",
        "L=4,pass=step,filter=cached,mode=circular"
      })
  void faultsAreTold(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> FftConvCase.parse(text)).getMessage();
    assertTrue(message.startsWith("case"), message);
  }

  @ParameterizedTest
  @CsvSource({
    "L=1024, 2048",
    "'L=1024,Lk=128', 1152",
    "'L=777,mode=circular', 777",
    "'L=777,Lk=1554,mode=bidirectional', 1568",
    "'L=1,Lk=1', 2"
  })
  void transformLengthHoldsTheConvolution(String text, long expected) {
    assertEquals(expected, FftConvCase.parse(text).transformLength());
  }

  @Test
  void defaultCasesCoverWhatTheReportPromises() {
    var cases = DefaultCases.fftConv();
    assertTrue(cases.stream().anyMatch(FftConvCase::gated));
    assertTrue(cases.stream().anyMatch(c -> c.pass() == Pass.STEP));
    assertTrue(cases.stream().anyMatch(c -> c.pass() == Pass.FORWARD_BACKWARD));
    assertTrue(cases.stream().anyMatch(c -> c.dtype() == DType.F16));
    assertTrue(cases.stream().anyMatch(c -> c.taps() < c.length()));
    assertTrue(cases.stream().anyMatch(c -> c.sparse() != null));
    assertFalse(cases.stream().anyMatch(c -> c.label().isBlank()));
  }
}
