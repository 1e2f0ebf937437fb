package dev.tilewright.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.CpuLevel;
import dev.tilewright.CpuSpec;
import dev.tilewright.DType;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.op.DepthwiseConv1d.Args;
import dev.tilewright.op.DepthwiseConv1d.Layout;
import dev.tilewright.op.DepthwiseConv1d.Padding;
import dev.tilewright.op.DepthwiseConv1d.Spec;
import dev.tilewright.oracle.Bounds;
import dev.tilewright.oracle.Conv1dOracle;
import dev.tilewright.oracle.RelativeError;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The short conv1d against float64, on every vector level that this machine runs. */
class DepthwiseConv1dTest {
  private static final int[] KERNELS = {1, 2, 3, 4, 5, 7, 15, 16, 17, 31, 64, 128, 255, 256};

  @ParameterizedTest
  @EnumSource(Layout.class)
  void agreesWithTheOracleInF32(Layout layout) {
    for (CpuLevel level : Conv1dCase.levels()) {
      try (CpuDevice device = Conv1dCase.device(level, 2)) {
        for (int kernel : KERNELS) {
          Set<Integer> lengths = new LinkedHashSet<>();
          for (int length : new int[] {1, 2, kernel - 1, kernel, 1000}) {
            lengths.add(Math.max(1, length));
          }
          for (int length : lengths) {
            for (Padding padding : Padding.values()) {
              Spec spec =
                  Spec.of(3, 37, length, kernel)
                      .withPadding(padding)
                      .withLayout(layout)
                      .withBias(true);
              check(device, spec);
            }
          }
          check(device, Spec.of(1, 3, 4099, kernel).withLayout(layout));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16"})
  void agreesWithTheOracleInSixteenBits(DType dtype) {
    for (CpuLevel level : Conv1dCase.levels()) {
      try (CpuDevice device = Conv1dCase.device(level, 2)) {
        for (int kernel : new int[] {1, 4, 7, 31, 256}) {
          for (Layout layout : Layout.values()) {
            for (Padding padding : Padding.values()) {
              for (int length : new int[] {1, 2, kernel, 1000, 4099}) {
                check(
                    device,
                    Spec.of(1, 35, length, kernel)
                        .withDtype(dtype)
                        .withPadding(padding)
                        .withLayout(layout)
                        .withBias(kernel != 4));
              }
            }
          }
        }
      }
    }
  }

  /** Blocks of positions and many channels: more than one task and more than one part of sums. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void splitsLongAndWideProblems(Layout layout) {
    try (CpuDevice device = new CpuDevice(CpuSpec.detect(), 3)) {
      for (int kernel : new int[] {4, 33}) {
        check(device, Spec.of(2, 1, 100_003, kernel).withLayout(layout).withBias(true));
        check(device, Spec.of(2, 301, 700, kernel).withLayout(layout).withBias(true));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void numberOfThreadsDoesNotShow(Layout layout) {
    Spec spec = Spec.of(3, 19, 40_000, 5).withLayout(layout).withBias(true);
    Conv1dCase.Result one;
    try (CpuDevice device = new CpuDevice(CpuSpec.detect(), 1)) {
      one = new Conv1dCase(spec, 7).run(device);
    }
    for (int threads : new int[] {2, 5}) {
      try (CpuDevice device = new CpuDevice(CpuSpec.detect(), threads)) {
        Conv1dCase.Result many = new Conv1dCase(spec, 7).run(device);
        assertArrayEquals(one.y(), many.y());
        assertArrayEquals(one.dx(), many.dx());
        assertArrayEquals(one.dw(), many.dw());
        assertArrayEquals(one.dbias(), many.dbias());
      }
    }
  }

  /** dw and dbias of four million equal terms: sums in f32 alone would be far off. */
  @Test
  void sumsOfLongSequencesKeepTheirDigits() {
    int length = 1 << 22;
    Spec spec = Spec.of(1, 1, length, 3).withBias(true);
    try (CpuDevice device = new CpuDevice();
        DepthwiseConv1d plan = DepthwiseConv1d.plan(device, spec);
        var x = device.empty(DType.F32, 1, 1, length);
        var dy = device.empty(DType.F32, 1, 1, length);
        var dw = device.empty(DType.F32, 1, 3);
        var dbias = device.empty(DType.F32, 1)) {
      x.fill(0.1f);
      dy.fill(0.3f);
      plan.backward(device.stream(), new Args().x(x).dy(dy).dw(dw).dbias(dbias));
      double term = (double) 0.1f * 0.3f;
      double[] ref = {term * (length - 2), term * (length - 1), term * length};
      assertTrue(RelativeError.l2(dw.toFloats(), ref) < 2e-6);
      assertTrue(RelativeError.l2(dbias.toFloats(), new double[] {0.3f * (double) length}) < 2e-6);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 7, 16, 64, 256})
  void stepsGiveTheBitsOfForward(int kernel) {
    for (CpuLevel level : Conv1dCase.levels()) {
      try (CpuDevice device = Conv1dCase.device(level, 2)) {
        for (DType dtype : new DType[] {DType.F32, DType.F16, DType.BF16}) {
          for (Layout layout : Layout.values()) {
            Spec spec =
                Spec.of(3, 75, 300, kernel).withDtype(dtype).withLayout(layout).withBias(true);
            Conv1dCase problem = new Conv1dCase(spec, 11);
            float[] whole = problem.run(device).y();
            assertArrayEquals(whole, problem.decode(device), spec + " on " + level);
          }
        }
      }
    }
  }

  /** Tensors that start anywhere an element may start. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void takesMisalignedMemory(Layout layout) {
    for (CpuLevel level : Conv1dCase.levels()) {
      try (CpuDevice device = Conv1dCase.device(level, 1)) {
        for (int kernel : new int[] {4, 40}) {
          for (DType dtype : new DType[] {DType.F32, DType.BF16}) {
            Spec spec = Spec.of(1, 9, 3000, kernel).withLayout(layout).withDtype(dtype);
            Conv1dCase problem = new Conv1dCase(spec, 3);
            float[] whole = problem.run(device).y();
            float[] shifted = new float[whole.length];
            try (DepthwiseConv1d plan = DepthwiseConv1d.plan(device, spec);
                var xRoom = device.empty(dtype, whole.length + 1);
                var yRoom = device.empty(dtype, whole.length + 2);
                var wRoom = device.empty(DType.F32, problem.w.length + 1)) {
              long[] shape = problem.shape();
              int bytes = dtype.bytes();
              var x = device.wrap(xRoom.address() + bytes, dtype, shape);
              var y = device.wrap(yRoom.address() + bytes, dtype, shape);
              var w = device.wrap(wRoom.address() + 4, DType.F32, 9, kernel);
              yRoom.fill(5);
              x.copyFrom(problem.x);
              w.copyFrom(problem.w);
              plan.forward(device.stream(), new Args().x(x).w(w).y(y));
              y.copyTo(shifted);
              float[] room = yRoom.toFloats();
              assertTrue(room[0] == 5 && room[room.length - 1] == 5, "wrote outside y");
            }
            assertArrayEquals(whole, shifted);
          }
        }
      }
    }
  }

  private static void check(CpuDevice device, Spec spec) {
    Conv1dCase problem = new Conv1dCase(spec, 5);
    Conv1dCase.Result got = problem.run(device);
    double bound = Bounds.of(spec.dtype(), spec.length());
    String what = spec + " on " + device.level();
    near(what + " y", got.y(), problem.forward(), bound);
    Conv1dOracle.Gradients ref = problem.backward();
    near(what + " dx", got.dx(), ref.dx(), bound);
    near(what + " dw", got.dw(), ref.dw(), bound);
    if (spec.bias()) {
      near(what + " dbias", got.dbias(), ref.dbias(), bound);
    }
  }

  private static void near(String what, float[] out, double[] ref, double bound) {
    double error = RelativeError.l2(out, ref);
    assertTrue(error <= bound, what + ": error " + error + ", bound " + bound);
  }
}
