package dev.tilewright.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.GpuSpec;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Occupancy;
import dev.tilewright.Occupancy.Limit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Occupancy against NVIDIA's own figures. */
class OccupancyTest {
  /** A machine of each architecture; no shipped one is of 7.0. */
  private static GpuSpec machine(int computeCapability) {
    return switch (computeCapability) {
      case 70 ->
          new GpuSpec(
              "v100",
              "V100",
              70,
              80,
              1024,
              64,
              32,
              65536,
              96 << 10,
              96 << 10,
              256,
              0,
              List.of(0, 8, 16, 32, 64, 96),
              64,
              512,
              1530,
              900,
              6 << 20,
              2048);
      case 75 -> GpuSpec.of("t4");
      case 80 -> GpuSpec.of("a100");
      case 86 -> GpuSpec.of("a10");
      case 89 -> GpuSpec.of("l4");
      case 90 -> GpuSpec.of("h100");
      case 100 -> GpuSpec.of("b200");
      case 120 -> GpuSpec.of("rtx5090");
      default -> throw new AssertionError(computeCapability);
    };
  }

  /**
   * 480 launches, 60 an architecture, computed by NVIDIA's cuda_occupancy.h of CUDA 13.0
   * (nvidia-cuda-runtime 13.0.48), with the largest setting of shared memory. The last column is
   * its bit set of limits: 1 warps, 2 registers, 4 shared memory, 8 blocks.
   */
  @Test
  void agreesWithCudasOwnHeader() throws IOException {
    Map<Limit, Integer> bits =
        Map.of(Limit.WARPS, 1, Limit.REGISTERS, 2, Limit.SHARED_MEMORY, 4, Limit.BLOCKS, 8);
    Map<Integer, Integer> rows = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                OccupancyTest.class.getResourceAsStream("occupancy-cuda13.csv"),
                StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("#")) {
          continue;
        }
        String[] field = line.split(",");
        GpuSpec gpu = machine(Integer.parseInt(field[0]));
        Occupancy got =
            Occupancy.of(
                gpu,
                Integer.parseInt(field[1]),
                Integer.parseInt(field[2]),
                Long.parseLong(field[3]),
                Long.parseLong(field[4]));
        assertEquals(Integer.parseInt(field[5]), got.blocksPerSm(), line);
        assertTrue((Integer.parseInt(field[6]) & bits.get(got.limitedBy())) != 0, line + got);
        rows.merge(gpu.computeCapability(), 1, Integer::sum);
      }
    }
    assertEquals(8, rows.size());
    assertEquals(480, rows.values().stream().mapToInt(Integer::intValue).sum());
  }

  /**
   * Examples that NVIDIA publishes. The first three: CUDA C++ Best Practices Guide, section
   * Calculating Occupancy (65,536 registers and 64 warps an SM of 7.0: full at 32 registers; 75 %
   * for 128 threads of 37 registers with 12 blocks; 63 % for 320 threads of 37 registers with 4
   * blocks). The others: limits stated in the sections Occupancy and Shared Memory of the Turing,
   * Ampere, Ada and Hopper Tuning Guides.
   */
  @ParameterizedTest
  @CsvSource({
    "70, 256, 32, 0, 8, 1.00, WARPS, Best Practices Guide: at most 32 registers for 100 %",
    "70, 128, 37, 0, 12, 0.75, REGISTERS, Best Practices Guide: 37 registers and 128 threads",
    "70, 320, 37, 0, 4, 0.625, REGISTERS, Best Practices Guide: 37 registers and 320 threads",
    "70, 32, 16, 0, 32, 0.50, BLOCKS, Volta Tuning Guide: 32 blocks",
    "70, 1024, 16, 98304, 1, 0.50, SHARED_MEMORY, Volta Tuning Guide: 96 KB a block",
    "75, 1024, 64, 0, 1, 1.00, WARPS, Turing Tuning Guide: 32 warps; 64 registers are enough",
    "75, 32, 16, 0, 16, 0.50, BLOCKS, Turing Tuning Guide: 16 blocks",
    "75, 256, 64, 32768, 2, 0.50, SHARED_MEMORY, Turing Tuning Guide: 64 KB an SM",
    "80, 1024, 32, 0, 2, 1.00, WARPS, Ampere Tuning Guide: 64 warps on 8.0",
    "80, 32, 16, 0, 32, 0.50, BLOCKS, Ampere Tuning Guide: 32 blocks on 8.0",
    "80, 256, 64, 166912, 1, 0.125, SHARED_MEMORY, Ampere Tuning Guide: 163 KB a block on 8.0",
    "80, 256, 64, 82944, 2, 0.25, SHARED_MEMORY, Ampere Tuning Guide: 164 KB less 1 KB a block",
    "80, 256, 64, 82945, 1, 0.125, SHARED_MEMORY, one byte more: rounded up to 128",
    "86, 512, 40, 0, 3, 1.00, WARPS, Ampere Tuning Guide: 48 warps on 8.6",
    "86, 1024, 32, 0, 1, 0.667, WARPS, Ampere Tuning Guide: 48 warps on 8.6",
    "86, 32, 16, 0, 16, 0.333, BLOCKS, Ampere Tuning Guide: 16 blocks on 8.6",
    "86, 128, 32, 101376, 1, 0.083, SHARED_MEMORY, Ampere Tuning Guide: 99 KB a block on 8.6",
    "89, 256, 32, 0, 6, 1.00, WARPS, Ada Tuning Guide: 48 warps",
    "89, 32, 16, 0, 24, 0.50, BLOCKS, Ada Tuning Guide: 24 blocks",
    "89, 256, 128, 0, 2, 0.333, REGISTERS, Ada Tuning Guide: 64K registers",
    "90, 1024, 32, 0, 2, 1.00, WARPS, Hopper Tuning Guide: 64 warps",
    "90, 32, 16, 0, 32, 0.50, BLOCKS, Hopper Tuning Guide: 32 blocks",
    "90, 384, 168, 232448, 1, 0.1875, REGISTERS, Hopper Tuning Guide: 227 KB; 65536 registers",
    "100, 128, 255, 0, 2, 0.125, REGISTERS, Blackwell Tuning Guide: 64K registers",
    "120, 256, 40, 0, 6, 1.00, WARPS, Programming Guide table: 48 warps on 12.0",
  })
  void publishedExamples(
      int capability,
      int threads,
      int regs,
      long shared,
      int blocks,
      double fraction,
      Limit limit,
      String source) {
    Occupancy got = Occupancy.of(machine(capability), threads, regs, 0, shared);
    assertEquals(blocks, got.blocksPerSm(), source);
    assertEquals(fraction, got.fraction(), 0.001, source);
    assertEquals(limit, got.limitedBy(), source);
  }

  @Test
  void whatCanNeverRunIsRefused() {
    GpuSpec gpu = GpuSpec.of("h100");
    refused("threads", () -> Occupancy.of(gpu, 0, 32, 0, 0));
    refused("threads", () -> Occupancy.of(gpu, 1025, 32, 0, 0));
    refused("registers", () -> Occupancy.of(gpu, 32, 256, 0, 0));
    refused("registers", () -> Occupancy.of(gpu, 32, -1, 0, 0));
    refused("static", () -> Occupancy.of(gpu, 32, 32, 49153, 0));
    refused("static", () -> Occupancy.of(gpu, 32, 32, -1, 0));
    refused("dynamic", () -> Occupancy.of(gpu, 32, 32, 0, -1));
    refused("shared", () -> Occupancy.of(gpu, 32, 32, 0, 227 * 1024 + 1));
    refused("shared", () -> Occupancy.of(gpu, 32, 32, 1024, 227 * 1024));
    refused("shared", () -> Occupancy.of(gpu, 32, 32, 1024, Long.MAX_VALUE));
  }

  private static void refused(String argument, Runnable call) {
    String message = assertThrows(InvalidSpecException.class, call::run).getMessage();
    assertTrue(message.contains(argument), message);
  }

  @Test
  void tooManyRegistersForABlockGiveNoBlock() {
    Occupancy got = Occupancy.of(GpuSpec.of("a100"), 1024, 65, 0, 0);
    assertEquals(0, got.blocksPerSm());
    assertEquals(Limit.REGISTERS, got.limitedBy());
    assertEquals("registers", got.limitedBy().toString());
  }

  @Test
  void theRestOfSharedMemoryIsCache() {
    assertEquals(0, Occupancy.of(GpuSpec.of("t4"), 1024, 32, 0, 0).sharedConfigBytes() - 32768);
    Occupancy got = Occupancy.of(GpuSpec.of("a100"), 1024, 32, 0, 20 << 10);
    assertEquals(2, got.blocksPerSm());
    assertEquals(64 << 10, got.sharedConfigBytes()); // 42 KiB in use
  }

  /** More of anything never lets more blocks in. */
  @Test
  void isMonotonic() {
    for (String name : GpuSpec.names()) {
      GpuSpec gpu = GpuSpec.of(name);
      for (int threads = 32; threads <= 1024; threads += 96) {
        int before = Integer.MAX_VALUE;
        for (int regs = 1; regs <= 255; regs++) {
          int blocks = Occupancy.of(gpu, threads, regs, 0, 0).blocksPerSm();
          assertTrue(blocks <= before);
          before = blocks;
        }
        before = Integer.MAX_VALUE;
        for (long shared = 0; shared <= gpu.sharedPerBlockOptin(); shared += 777) {
          int blocks = Occupancy.of(gpu, threads, 32, 0, shared).blocksPerSm();
          assertTrue(blocks <= before);
          before = blocks;
        }
      }
    }
  }
}
