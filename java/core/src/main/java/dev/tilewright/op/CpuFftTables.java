package dev.tilewright.op;

import dev.tilewright.CpuLevel;
import dev.tilewright.NativeMemory;
import dev.tilewright.jni.Native;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The twiddles of transforms, made once per process and shared by all plans: they depend on the
 * level and the tile alone, and there is one for each power of two at most.
 */
final class CpuFftTables {
  private record Key(CpuLevel level, long points, long radices, boolean rightAngle) {}

  private static final ConcurrentHashMap<Key, NativeMemory> TABLES = new ConcurrentHashMap<>();

  private CpuFftTables() {}

  static NativeMemory get(CpuLevel level, long points, long radices, boolean rightAngle) {
    return TABLES.computeIfAbsent(new Key(level, points, radices, rightAngle), CpuFftTables::make);
  }

  private static NativeMemory make(Key key) {
    int level = key.level.ordinal();
    long bytes = Native.tw_fft_table_bytes(level, key.points, key.radices);
    if (bytes < 0) {
      throw new IllegalArgumentException("no transform for " + key);
    }
    NativeMemory memory = NativeMemory.allocate(bytes, "twiddles");
    Native.tw_fft_table_init(level, key.points, key.radices, key.rightAngle, memory.address());
    return memory;
  }
}
