package dev.tilewright.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.CpuSpec;
import dev.tilewright.DType;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.NativeMemory;
import dev.tilewright.OutOfDeviceMemoryException;
import dev.tilewright.Tensor;
import dev.tilewright.TilewrightException;
import dev.tilewright.cpu.CpuDevice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans that cannot be made, or whose device is gone. */
class PlanLifetimeTest {
  /** So many that the scratch of all threads is more than any machine has. */
  private static final int MANY_THREADS = 1024;

  @Test
  void aPlanThatFindsNoMemoryLeaksNothing() {
    try (CpuDevice device = new CpuDevice(CpuSpec.detect(), MANY_THREADS)) {
      long length = 1L << 26;
      long transform = 1L << 24;
      FftConv.Spec dense = FftConv.Spec.of(1, 1, length);
      FftConv.Spec sparse =
          FftConv.Spec.of(1, 1, transform).withSparse(SparsePattern.comb(transform, 16));
      for (FftConv.Spec spec : List.of(dense, sparse)) {
        Executable plan = () -> FftConv.plan(device, spec).close();
        assertThrows(OutOfDeviceMemoryException.class, plan); // makes the tables, which stay
        assertLeaksNothing(OutOfDeviceMemoryException.class, plan);
      }
    }
  }

  @Test
  void aStepperThatIsInterruptedLeaksNothing() {
    try (CpuDevice device = new CpuDevice(CpuSpec.detect(), 2);
        FftConv plan = FftConv.plan(device, FftConv.Spec.of(1, 4, 1000));
        Tensor k = device.of(new float[4000], DType.F32, 4, 1000)) {
      plan.setFilter(device.stream(), k);
      plan.stepper().close();
      assertLeaksNothing(
          TilewrightException.class,
          () -> {
            Thread.currentThread().interrupt();
            try {
              plan.stepper().close();
            } finally {
              Thread.interrupted();
            }
          });
    }
  }

  private static void assertLeaksNothing(Class<? extends Throwable> thrown, Executable call) {
    long blocks = NativeMemory.liveBlocks();
    assertThrows(thrown, call);
    assertEquals(blocks, NativeMemory.liveBlocks());
  }

  /** Small problems run on the caller's thread, larger ones on the device's: both need it open. */
  @ParameterizedTest
  @ValueSource(longs = {16, 20_000})
  void aPlanOfAClosedDeviceSaysSo(long length) {
    CpuDevice device = new CpuDevice(CpuSpec.detect(), 2);
    FftConv.Spec dense = FftConv.Spec.of(1, 4, length);
    FftConv.Spec sparse =
        dense.withFilterLength(16).withSparse(SparsePattern.comb(length == 16 ? 256 : 32768, 2));
    float[] values = new float[Math.toIntExact(4 * length)];
    for (FftConv.Spec spec : List.of(dense, sparse)) {
      FftConv plan = FftConv.plan(device, spec);
      Tensor u = device.of(values, DType.F32, 1, 4, length);
      Tensor y = device.empty(DType.F32, 1, 4, length);
      Tensor k = device.empty(DType.F32, 4, spec.filterLength());
      k.fill(0);
      var stream = device.stream();
      plan.setFilter(stream, k);
      FftConv.Args args = new FftConv.Args().u(u).y(y).k(k).dy(u).du(y);
      plan.forward(stream, args);
      FftConv.Stepper stepper = spec.sparse() == null ? plan.stepper() : null;
      device.close();
      closed(() -> plan.forward(stream, args));
      closed(() -> plan.backward(stream, args));
      closed(() -> plan.setFilter(stream, k));
      closed(() -> FftConv.plan(u.device(), spec));
      if (stepper != null) {
        closed(plan::stepper);
        closed(() -> stepper.step(stream, new FftConv.Args()));
        stepper.close();
      }
      plan.close();
      List.of(u, y, k).forEach(Tensor::close);
      device = new CpuDevice(CpuSpec.detect(), 2);
    }
    device.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {16, 200_000})
  void aShortConvolutionOfAClosedDeviceSaysSo(long length) {
    CpuDevice device = new CpuDevice(CpuSpec.detect(), 2);
    try (DepthwiseConv1d plan =
            DepthwiseConv1d.plan(device, DepthwiseConv1d.Spec.of(1, 4, length, 4));
        DepthwiseConv1d.Stepper stepper = plan.stepper();
        Tensor x = device.empty(DType.F32, 1, 4, length);
        Tensor y = device.empty(DType.F32, 1, 4, length);
        Tensor w = device.empty(DType.F32, 4, 4)) {
      x.fill(1);
      w.fill(1);
      DepthwiseConv1d.Args args = new DepthwiseConv1d.Args().x(x).w(w).y(y).dy(x).dx(y);
      plan.forward(device.stream(), args);
      device.close();
      closed(() -> plan.forward(device.stream(), args));
      closed(() -> plan.backward(device.stream(), args));
      closed(plan::stepper);
      closed(() -> stepper.step(device.stream(), args));
    }
  }

  private static void closed(Executable call) {
    InvalidSpecException thrown = assertThrows(InvalidSpecException.class, call);
    assertEquals("device", thrown.argument());
    assertTrue(thrown.getMessage().contains("closed"), thrown.getMessage());
  }

  @Test
  void steppersReportTheirMemory() {
    try (CpuDevice device = new CpuDevice(CpuSpec.detect(), 2);
        FftConv plan = FftConv.plan(device, FftConv.Spec.of(2, 4, 1000));
        DepthwiseConv1d small =
            DepthwiseConv1d.plan(device, DepthwiseConv1d.Spec.of(2, 4, 1000, 3));
        Tensor k = device.of(new float[4000], DType.F32, 4, 1000)) {
      plan.setFilter(device.stream(), k);
      plan.stepper().close(); // makes the tables, which stay
      long held = NativeMemory.liveBytes();
      FftConv.Stepper stepper = plan.stepper();
      assertEquals(NativeMemory.liveBytes() - held, stepper.workspaceBytes());
      stepper.close();
      assertEquals(0, stepper.workspaceBytes());
      DepthwiseConv1d.Stepper ring = small.stepper();
      assertEquals(2 * 4 * 3 * Float.BYTES, ring.workspaceBytes());
      ring.close();
      assertEquals(0, ring.workspaceBytes());
    }
  }
}
