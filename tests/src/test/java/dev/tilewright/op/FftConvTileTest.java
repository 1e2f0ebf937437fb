package dev.tilewright.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.CpuLevel;
import dev.tilewright.DType;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.jni.Native;
import dev.tilewright.op.FftConv.Mode;
import dev.tilewright.schedule.Ranked;
import dev.tilewright.schedule.Schedule;
import dev.tilewright.schedule.ScheduleKey;
import dev.tilewright.schedule.Scheduler;
import dev.tilewright.schedule.Tile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every tile that the rules allow computes the convolution, and only those are taken. */
class FftConvTileTest {
  static Stream<FftConv.Spec> specs() {
    FftConv.Spec gated = FftConv.Spec.of(3, 2, 1000).withPregate(true).withPostgate(true);
    return Stream.of(
        FftConv.Spec.of(1, 1, 1),
        FftConv.Spec.of(2, 3, 512),
        gated.withSkip(true),
        FftConv.Spec.of(5, 2, 777).withMode(Mode.CIRCULAR),
        FftConv.Spec.of(2, 2, 1024).withMode(Mode.CIRCULAR).withFilterLength(300),
        FftConv.Spec.of(4, 2, 900).withMode(Mode.BIDIRECTIONAL).withFilterLength(1800),
        FftConv.Spec.of(2, 2, 2500).withMode(Mode.BIDIRECTIONAL).withFilterLength(100),
        FftConv.Spec.of(6, 2, 3000).withFilterLength(130).withDtype(DType.BF16));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void everyLegalTileComputesTheConvolution(FftConv.Spec spec) {
    FftConvProblem problem = FftConvProblem.random(spec, 7);
    List<String> wrong = new ArrayList<>();
    for (CpuLevel level : Targets.levels()) {
      try (CpuDevice device = Targets.cpu(level, 2)) {
        for (Ranked ranked : ranks(device, spec)) {
          try (FftConvRun run = new FftConvRun(device, problem, ranked.tile())) {
            String what = level.label() + " " + ranked.tile();
            wrong.addAll(problem.judge(what, run.forward(false)));
            wrong.addAll(problem.judge(what + " cached", run.forward(true)));
            wrong.addAll(problem.judge(what, run.backward(false)));
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static List<Ranked> ranks(CpuDevice device, FftConv.Spec spec) {
    return Scheduler.shared().rank(FftConv.kernel(device), spec, device.spec());
  }

  @Test
  void tilesDifferInBlocksGroupsRadixAndRows() {
    try (CpuDevice device = Targets.cpu(CpuLevel.X86_64, 2)) {
      List<Ranked> tiles = ranks(device, FftConv.Spec.of(8, 2, 4096).withFilterLength(64));
      for (String parameter : List.of("points", "group", "radix", "rows")) {
        long values = tiles.stream().map(t -> t.tile().get(parameter)).distinct().count();
        assertTrue(values >= 2, parameter + " has " + values + " values");
      }
      assertTrue(
          tiles.stream().anyMatch(t -> t.tile().get("group") < 4096 / t.tile().get("points")),
          "a short filter streams");
    }
  }

  @Test
  void aMeasuredTimeIsOfOneBuildOfTheKernels() {
    try (CpuDevice device = Targets.cpu(CpuLevel.X86_64, 1)) {
      String build =
          ScheduleKey.of(FftConv.kernel(device), FftConv.Spec.of(1, 1, 64), device.spec())
              .kernelHash();
      assertEquals(Long.toHexString(Native.tw_build()), build);
      assertTrue(build.length() >= 8, build);
    }
  }

  @Test
  void plansTakeTheFastestByTheModel() {
    FftConv.Spec spec = FftConv.Spec.of(2, 40, 5000);
    try (CpuDevice device = Targets.cpu(CpuLevel.X86_64, 2)) {
      Schedule schedule = Scheduler.shared().schedule(FftConv.kernel(device), spec, device.spec());
      assertEquals(ranks(device, spec).get(0).tile(), schedule.tile());
      try (FftConv plan = FftConv.plan(device, spec)) {
        assertTrue(
            plan.describe().contains("blocks of " + schedule.tile().get("points") + " points"),
            plan.describe());
      }
    }
  }

  @Test
  void hugeProblemsAreScheduled() {
    try (CpuDevice device = Targets.cpu(CpuLevel.X86_64, 2)) {
      for (FftConv.Spec spec :
          List.of(
              FftConv.Spec.of(1L << 40, 3, 512),
              FftConv.Spec.of(1, 1, FftConv.Spec.MAX_LENGTH),
              FftConv.Spec.of(1, 1, FftConv.Spec.MAX_LENGTH).withFilterLength(3),
              FftConv.Spec.of(3, 5, 999_983).withMode(Mode.CIRCULAR))) {
        assertTrue(ranks(device, spec).size() > 1, spec.toString());
      }
    }
  }

  @Test
  void tilesThatTheRulesForbidAreRefused() {
    FftConv.Spec spec = FftConv.Spec.of(2, 3, 1000);
    Map<String, Long> legal = Map.of("points", 256L, "group", 4L, "radix", 2L, "rows", 2L);
    try (CpuDevice device = Targets.cpu(CpuLevel.X86_64, 2)) {
      FftConv.plan(device, spec, Tile.of(legal)).close();
      for (Map.Entry<String, Long> change :
          Map.of("points", 300L, "group", 3L, "radix", 5L, "rows", 3L).entrySet()) {
        Map<String, Long> values = new HashMap<>(legal);
        values.put(change.getKey(), change.getValue());
        Tile tile = Tile.of(values);
        String message =
            assertThrows(InvalidSpecException.class, () -> FftConv.plan(device, spec, tile))
                .getMessage();
        assertTrue(message.contains("tile"), message);
      }
      assertThrows(InvalidSpecException.class, () -> FftConv.plan(device, spec, null));
      assertThrows(
          InvalidSpecException.class,
          () -> FftConv.plan(device, spec, Tile.of(Map.of("points", 256L))));
    }
  }
}
