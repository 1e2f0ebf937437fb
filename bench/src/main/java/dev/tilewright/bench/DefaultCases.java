package dev.tilewright.bench;

import dev.tilewright.DType;
import dev.tilewright.bench.FftConvCase.Pass;
import dev.tilewright.op.SparsePattern;
import java.util.ArrayList;
import java.util.List;

/** The cases that are timed when nobody names any. */
final class DefaultCases {
  private static final long[] LENGTHS = {1 << 10, 1 << 12, 1 << 14, 1 << 16};

  private DefaultCases() {}

  static List<FftConvCase> fftConv() {
    List<FftConvCase> cases = new ArrayList<>();
    each(cases, FftConvCase.of(2, 64, 1));
    each(cases, FftConvCase.of(2, 64, 1).withGated(true));
    each(cases, FftConvCase.of(2, 64, 1).withCached(true));
    each(cases, FftConvCase.of(2, 64, 1).withPass(Pass.FORWARD_BACKWARD));
    for (DType half : new DType[] {DType.F16, DType.BF16}) {
      cases.add(FftConvCase.of(2, 64, 1 << 14).withDtype(half));
      cases.add(FftConvCase.of(2, 64, 1 << 16).withDtype(half));
    }
    cases.add(FftConvCase.of(2, 64, 1 << 16).withTaps(128));
    for (long n : new long[] {1 << 12, 1 << 14, 1 << 16}) {
      cases.add(FftConvCase.of(2, 64, n).withSparse(SparsePattern.comb(2 * n, 4)));
    }
    cases.add(FftConvCase.of(2, 64, 1 << 14).withCached(true).withPass(Pass.STEP));
    cases.add(FftConvCase.of(1, 1, 256).withCached(true));
    return cases;
  }

  private static void each(List<FftConvCase> cases, FftConvCase like) {
    for (long n : LENGTHS) {
      cases.add(like.withShape(like.batch(), like.channels(), n, n));
    }
  }
}
