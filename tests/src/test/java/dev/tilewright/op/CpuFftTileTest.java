package dev.tilewright.op;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.CpuLevel;
import dev.tilewright.jni.Native;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The cutting of rows into blocks. */
class CpuFftTileTest {
  @ParameterizedTest
  @EnumSource(CpuLevel.class)
  void everyBlockUpToTheLongestRowHasATransform(CpuLevel level) {
    for (long points = 8L * (4 << level.ordinal());
        points <= FftConv.Spec.MAX_LENGTH;
        points *= 2) {
      for (int step : new int[] {2, 3}) {
        long radices = CpuFftTile.radices(level, points, step);
        long bytes = Native.tw_fft_table_bytes(level.ordinal(), points, radices);
        assertTrue(bytes > 0, points + " points, radices " + Long.toHexString(radices));
      }
    }
  }
}
