package dev.tilewright.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.NativeMemory;
import dev.tilewright.Tensor;
import dev.tilewright.op.DepthwiseConv1d.Args;
import dev.tilewright.op.DepthwiseConv1d.Layout;
import dev.tilewright.op.DepthwiseConv1d.Padding;
import dev.tilewright.op.DepthwiseConv1d.Spec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What the short conv1d refuses, and what its plans keep. */
class DepthwiseConv1dArgumentsTest {
  @Test
  void specNamesWhatIsWrong() {
    refused("batch", () -> Spec.of(0, 1, 1, 1));
    refused("channels", () -> Spec.of(1, -1, 1, 1));
    refused("length", () -> Spec.of(1, 1, 0, 1));
    refused("kernel", () -> Spec.of(1, 1, 1, 0));
    refused("kernel", () -> Spec.of(1, 1, 1, 257));
    refused("dtype", () -> Spec.of(1, 1, 1, 1).withDtype(DType.F64));
    refused("padding", () -> Spec.of(1, 1, 1, 1).withPadding(null));
    refused("layout", () -> Spec.of(1, 1, 1, 1).withLayout(null));
    refused("batch * channels * length", () -> Spec.of(1L << 40, 1L << 40, 1, 1));
    refused("spec", () -> DepthwiseConv1d.plan(null, null));
    refused("device", () -> DepthwiseConv1d.plan(null, Spec.of(1, 1, 1, 1)));
  }

  @Test
  void callsNameWhatIsWrong() {
    Spec spec = Spec.of(2, 3, 8, 4);
    try (Device device = Device.open("cpu");
        Device other = Device.open("cpu");
        DepthwiseConv1d plan = DepthwiseConv1d.plan(device, spec);
        DepthwiseConv1d biased = DepthwiseConv1d.plan(device, spec.withBias(true));
        Tensor x = device.of(new float[48], DType.F32, 2, 3, 8);
        Tensor y = device.empty(DType.F32, 2, 3, 8);
        Tensor half = device.empty(DType.F16, 2, 3, 8);
        Tensor blh = device.empty(DType.F32, 2, 8, 3);
        Tensor flat = device.empty(DType.F32, 48);
        Tensor w = device.of(new float[12], DType.F32, 3, 4);
        Tensor bias = device.of(new float[3], DType.F32, 3);
        Tensor foreign = other.empty(DType.F32, 2, 3, 8)) {
      Tensor shut = device.empty(DType.F32, 2, 3, 8);
      shut.close();
      var s = device.stream();
      plan.forward(s, new Args().x(x).w(w).y(y));
      for (Tensor bad : new Tensor[] {null, half, blh, flat, foreign, shut}) {
        refused("x", () -> plan.forward(s, new Args().x(bad).w(w).y(y)));
        refused("y", () -> plan.forward(s, new Args().x(x).w(w).y(bad)));
        refused("dy", () -> plan.backward(s, new Args().dy(bad).w(w).dx(y)));
      }
      refused("w", () -> plan.forward(s, new Args().x(x).w(bias).y(y)));
      refused("y", () -> plan.forward(s, new Args().x(x).w(w).y(x)));
      refused("dx", () -> plan.backward(s, new Args().dy(y).w(w).dx(y)));
      refused("bias", () -> plan.forward(s, new Args().x(x).w(w).bias(bias).y(y)));
      refused("bias", () -> biased.forward(s, new Args().x(x).w(w).y(y)));
      refused("dbias", () -> plan.backward(s, new Args().dy(y).dbias(bias)));
      refused("args", () -> plan.backward(s, new Args().dy(y)));
      refused("args", () -> plan.forward(s, null));
      refused("stream", () -> plan.forward(null, new Args()));
      refused("stream", () -> plan.forward(other.stream(), new Args().x(x).w(w).y(y)));
      InvalidSpecException e =
          assertThrows(
              InvalidSpecException.class, () -> plan.forward(s, new Args().x(blh).w(w).y(y)));
      assertEquals("x: got f32[2, 8, 3], allowed: f32[2, 3, 8]", e.getMessage());
    }
  }

  @Test
  void eachGradientComesAlone() {
    Spec spec = Spec.of(1, 2, 5, 2).withBias(true);
    for (Layout layout : Layout.values()) {
      try (Device device = Device.open("cpu");
          DepthwiseConv1d plan = DepthwiseConv1d.plan(device, spec.withLayout(layout));
          Tensor ones =
              layout == Layout.BHL
                  ? device.empty(DType.F32, 1, 2, 5)
                  : device.empty(DType.F32, 1, 5, 2);
          Tensor dw = device.empty(DType.F32, 2, 2);
          Tensor dbias = device.empty(DType.F32, 2)) {
        ones.fill(1);
        plan.backward(device.stream(), new Args().dy(ones).dbias(dbias));
        assertEquals(5, dbias.toFloats()[1]);
        plan.backward(device.stream(), new Args().dy(ones).x(ones).dw(dw));
        assertEquals(4, dw.toFloats()[2]);
        assertEquals(5, dw.toFloats()[3]);
      }
    }
  }

  @Test
  void steppersNeedCausalPaddingAndAnOpenPlan() {
    Spec spec = Spec.of(1, 2, 8, 3);
    try (Device device = Device.open("cpu");
        DepthwiseConv1d same = DepthwiseConv1d.plan(device, spec.withPadding(Padding.SAME))) {
      refused("padding", same::stepper);
      DepthwiseConv1d plan = DepthwiseConv1d.plan(device, spec);
      assertTrue(plan.workspaceBytes() > 0);
      assertTrue(plan.describe().contains("K=3"));
      plan.close();
      plan.close();
      assertEquals(0, plan.workspaceBytes());
      refused("plan", plan::stepper);
      refused("plan", () -> plan.forward(device.stream(), new Args()));
    }
  }

  @Test
  void closedPlansKeepNoMemory() {
    try (Device device = Device.open("cpu");
        Tensor x = device.of(new float[6], DType.F32, 1, 2, 3);
        Tensor dw = device.empty(DType.F32, 2, 3)) {
      long before = NativeMemory.liveBlocks();
      for (int i = 0; i < 1000; i++) {
        try (DepthwiseConv1d plan = DepthwiseConv1d.plan(device, Spec.of(1, 2, 3, 3));
            DepthwiseConv1d.Stepper stepper = plan.stepper()) {
          plan.backward(device.stream(), new Args().x(x).dy(x).dw(dw));
          assertEquals(0, stepper.position());
        }
      }
      assertEquals(before, NativeMemory.liveBlocks());
    }
  }

  private static void refused(String argument, Executable call) {
    InvalidSpecException e = assertThrows(InvalidSpecException.class, call);
    assertEquals(argument, e.argument(), e.getMessage());
  }
}
