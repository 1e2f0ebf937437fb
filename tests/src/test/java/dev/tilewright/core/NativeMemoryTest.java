package dev.tilewright.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.NativeMemory;
import dev.tilewright.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
  @Test
  void countersFollowTheBlocks() {
    long bytes = NativeMemory.liveBytes();
    long blocks = NativeMemory.liveBlocks();
    NativeMemory memory = NativeMemory.allocate(1000, "test");
    assertEquals(bytes + 1000, NativeMemory.liveBytes());
    assertEquals(blocks + 1, NativeMemory.liveBlocks());
    assertEquals(1000, memory.bytes());
    memory.close();
    memory.close();
    assertEquals(bytes, NativeMemory.liveBytes());
    assertEquals(blocks, NativeMemory.liveBlocks());
    assertTrue(memory.isClosed());
    assertThrows(InvalidSpecException.class, memory::address);
    assertThrows(InvalidSpecException.class, () -> NativeMemory.allocate(0, "test"));
  }

  @Test
  void aMillionTensorsLeaveMemoryFlat() throws IOException {
    try (Device device = Device.open("cpu")) {
      cycle(device, 50_000);
      long before = residentBytes();
      long blocks = NativeMemory.liveBlocks();
      cycle(device, 1_000_000);
      assertEquals(blocks, NativeMemory.liveBlocks());
      // The Java heap may still grow by a young generation's worth; a leak of 1 KiB each would be 1
      // GB.
      assertTrue(residentBytes() - before < 256L << 20, "grew by " + (residentBytes() - before));
    }
  }

  private static void cycle(Device device, int times) {
    for (int i = 0; i < times; i++) {
      try (Tensor tensor = device.empty(DType.F32, 1 + i % 512)) {
        assertFalse(tensor.isClosed());
      }
    }
  }

  private static long residentBytes() throws IOException {
    return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096;
  }

  @Test
  void aLeakIsFreedAndReportedOnce() throws Exception {
    String plain = leakingProcess();
    assertEquals(
        2, plain.split("tensor f32\\[3, 5\\] was never closed: freed 60 bytes", -1).length, plain);
    assertTrue(plain.contains("tilewright.leaks=trace"), plain);
    assertTrue(plain.contains("live blocks 0"), plain);

    String traced = leakingProcess("-Dtilewright.leaks=trace");
    assertTrue(traced.contains("allocated here"), traced);
    assertTrue(traced.contains("Leaker.leak("), traced);
  }

  private static String leakingProcess(String... options) throws Exception {
    var command = new java.util.ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(java.util.List.of(options));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Leaker.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), output);
    return output;
  }

  /** Forgets one tensor, closes another, and waits for the cleaner. */
  static final class Leaker {
    public static void main(String[] args) throws InterruptedException {
      Device device = Device.open("cpu");
      device.empty(DType.F32, 2).close();
      leak(device);
      for (int i = 0; i < 200 && NativeMemory.liveBlocks() > 0; i++) {
        System.gc();
        Thread.sleep(20);
      }
      Thread.sleep(200); // the warning follows the free
      System.out.println("live blocks " + NativeMemory.liveBlocks());
    }

    private static void leak(Device device) {
      device.empty(DType.F32, 3, 5);
    }
  }
}
