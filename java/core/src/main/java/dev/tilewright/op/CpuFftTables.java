package dev.tilewright.op;

import dev.tilewright.CpuLevel;
import dev.tilewright.NativeMemory;
import dev.tilewright.jni.Native;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The twiddles of transforms, made once per process and shared by all plans: they depend on the
 * level, the tile and the angle alone, and of each there is one for each power of two at most.
 */
final class CpuFftTables {
  private record Key(CpuLevel level, long points, long radices, double turns) {}

  private static final ConcurrentHashMap<Key, NativeMemory> TABLES = new ConcurrentHashMap<>();

  private CpuFftTables() {}

  /** Of polynomials modulo x^n - e^(2 pi i turns): 1/4 is the right-angle transform. */
  static NativeMemory get(CpuLevel level, long points, long radices, double turns) {
    return TABLES.computeIfAbsent(new Key(level, points, radices, turns), CpuFftTables::make);
  }

  private static NativeMemory make(Key key) {
    int level = key.level.ordinal();
    long bytes = Native.tw_fft_table_bytes(level, key.points, key.radices);
    if (bytes < 0) {
      throw new IllegalArgumentException("no transform for " + key);
    }
    NativeMemory memory = NativeMemory.allocate(bytes, "twiddles");
    Native.tw_fft_table_init(level, key.points, key.radices, key.turns, memory.address());
    return memory;
  }
}
