package dev.tilewright.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Half;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.OutOfDeviceMemoryException;
import dev.tilewright.Tensor;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
  private final Device device = Device.open("cpu");

  @AfterEach
  void close() {
    device.close();
  }

  private static float rounded(DType dtype, float x) {
    return switch (dtype) {
      case F16 -> Half.f16ToF32(Half.f32ToF16(x));
      case BF16 -> Half.bf16ToF32(Half.f32ToBf16(x));
      default -> x;
    };
  }

  @ParameterizedTest
  @EnumSource
  void valuesComeBackRounded(DType dtype) {
    Random random = new Random(2);
    for (int n : new int[] {1, 2, 3, 2047, 2048, 2049, 300_001}) {
      float[] values = new float[n];
      float[] expected = new float[n];
      for (int i = 0; i < n; i++) {
        values[i] = (float) random.nextGaussian() * 100;
        expected[i] = rounded(dtype, values[i]);
      }
      values[n / 2] = expected[n / 2] = Float.NaN;
      values[n - 1] = expected[n - 1] = Float.NEGATIVE_INFINITY;
      try (Tensor tensor = device.of(values, dtype, 1, n)) {
        assertArrayEquals(expected, tensor.toFloats());
        float[] copy = new float[n];
        tensor.copyTo(copy);
        assertArrayEquals(expected, copy);
        tensor.fill(1.1f);
        assertEquals(rounded(dtype, 1.1f), tensor.toFloats()[n - 1]);
        assertEquals(rounded(dtype, 1.1f), tensor.toFloats()[0]);
        assertEquals((long) n * dtype.bytes(), tensor.bytes());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void rangesTouchOnlyThemselves(DType dtype) {
    try (Tensor tensor = device.empty(dtype, 10)) {
      tensor.fill(7);
      tensor.copyFrom(3, new float[] {0, 1, 2, 3, 4}, 1, 3);
      assertArrayEquals(new float[] {7, 7, 7, 1, 2, 3, 7, 7, 7, 7}, tensor.toFloats());
      float[] target = new float[4];
      tensor.copyTo(4, target, 1, 2);
      assertArrayEquals(new float[] {0, 2, 3, 0}, target);
      float[] two = new float[2];
      assertThrows(InvalidSpecException.class, () -> tensor.copyTo(9, two, 0, 2));
      assertThrows(InvalidSpecException.class, () -> tensor.copyTo(-1, two, 0, 2));
      assertThrows(InvalidSpecException.class, () -> tensor.copyTo(0, two, 1, 2));
      assertThrows(InvalidSpecException.class, () -> tensor.copyFrom(Long.MAX_VALUE, two, 0, 1));
      assertThrows(InvalidSpecException.class, () -> tensor.copyFrom(0, two, 0, -1));
    }
  }

  @Test
  void memoryIsAligned() {
    for (int n = 1; n < 3000; n += 37) {
      try (Tensor tensor = device.empty(DType.F32, n)) {
        assertEquals(0, tensor.address() % (4 * n < 4096 ? 64 : 4096));
      }
    }
  }

  @Test
  void shapeIsAFact() {
    long[] shape = {2, 3, 5};
    try (Tensor tensor = device.empty(DType.BF16, shape)) {
      shape[0] = 99;
      tensor.shape()[1] = 99;
      assertArrayEquals(new long[] {2, 3, 5}, tensor.shape());
      assertEquals(3, tensor.rank());
      assertEquals(5, tensor.dim(2));
      assertEquals(30, tensor.elements());
      assertEquals("bf16[2, 3, 5]", tensor.toString());
      assertEquals(device, tensor.device());
      assertTrue(tensor.isOwner());
    }
  }

  @Test
  void impossibleShapesAreRefused() {
    for (long[] shape :
        new long[][] {
          {},
          {0},
          {2, 0, 3},
          {-1},
          {1, 1, 1, 1, 1, 1, 1, 1, 1},
          {1L << 40, 1L << 40},
          {1L << 32, 1L << 32},
          {3037000500L, 3037000500L},
          {(1L << 62) + 1},
          {1L << 62}
        }) {
      InvalidSpecException e =
          assertThrows(InvalidSpecException.class, () -> device.empty(DType.F16, shape));
      assertEquals("shape", e.argument());
      assertThrows(InvalidSpecException.class, () -> device.wrap(4096, DType.F64, shape));
    }
    assertThrows(InvalidSpecException.class, () -> device.empty(null, 1));
    assertThrows(InvalidSpecException.class, () -> device.empty(DType.F32, (long[]) null));
    assertThrows(InvalidSpecException.class, () -> device.wrap(4096, DType.F32, (long[]) null));
  }

  @Test
  void hugeForeignTensorsCountIn64Bits() {
    try (Tensor tensor = device.wrap(1 << 20, DType.F16, 1L << 31, 1L << 30)) {
      assertEquals(1L << 61, tensor.elements());
      assertEquals(1L << 62, tensor.bytes());
      assertThrows(InvalidSpecException.class, tensor::toFloats);
    }
  }

  @Test
  void tooLargeAllocationSaysAskedAndFree() {
    OutOfDeviceMemoryException e =
        assertThrows(OutOfDeviceMemoryException.class, () -> device.empty(DType.F32, 1L << 44));
    assertEquals(1L << 46, e.asked());
    assertTrue(e.free() > 0 && e.free() < e.asked());
    assertTrue(e.getMessage().contains(Long.toString(1L << 46)), e.getMessage());
  }

  @Test
  void foreignMemoryIsSharedAndNeverFreed() {
    try (Tensor owner = device.of(new float[] {1, 2, 3, 4}, DType.F32, 4)) {
      Tensor view = device.wrap(owner.address() + 8, DType.F32, 2);
      assertFalse(view.isOwner());
      view.fill(9);
      view.close();
      assertThrows(InvalidSpecException.class, view::address);
      assertArrayEquals(new float[] {1, 2, 9, 9}, owner.toFloats());
    }
    assertThrows(InvalidSpecException.class, () -> device.wrap(0, DType.F32, 2));
    assertThrows(InvalidSpecException.class, () -> device.wrap(4098, DType.F32, 2));
    for (long outside : new long[] {-8, Long.MIN_VALUE, Long.MAX_VALUE - 7}) {
      assertThrows(InvalidSpecException.class, () -> device.wrap(outside, DType.F32, 2));
    }
  }

  @Test
  void closedTensorsRefuseEverything() {
    Tensor tensor = device.empty(DType.F32, 2);
    tensor.close();
    tensor.close();
    assertTrue(tensor.isClosed());
    float[] two = new float[2];
    for (Runnable use :
        new Runnable[] {
          tensor::address,
          tensor::toFloats,
          () -> tensor.copyTo(two),
          () -> tensor.copyFrom(two),
          () -> tensor.fill(0)
        }) {
      InvalidSpecException e = assertThrows(InvalidSpecException.class, use::run);
      assertEquals("tensor", e.argument());
      assertEquals("f32[2] is closed", e.got());
    }
  }

  @Test
  void wrongLengthsAreRefused() {
    try (Tensor tensor = device.empty(DType.F32, 2, 3)) {
      InvalidSpecException e =
          assertThrows(InvalidSpecException.class, () -> tensor.copyFrom(new float[5]));
      assertEquals("values", e.argument());
      assertThrows(InvalidSpecException.class, () -> tensor.copyTo(new float[7]));
    }
    assertThrows(InvalidSpecException.class, () -> device.of(new float[5], DType.F32, 6));
  }

  @Test
  void missingArraysAreRefused() {
    try (Tensor tensor = device.empty(DType.F32, 2, 3)) {
      for (Executable call :
          new Executable[] {
            () -> device.of(null, DType.F32, 6),
            () -> tensor.copyFrom(null),
            () -> tensor.copyTo(null),
            () -> tensor.copyFrom(0, null, 0, 1),
            () -> tensor.copyTo(0, null, 0, 1)
          }) {
        assertEquals("values", assertThrows(InvalidSpecException.class, call).argument());
      }
    }
  }

  @Test
  void onlyItsOwnDimensionsHaveASize() {
    try (Tensor tensor = device.empty(DType.F32, 2, 3)) {
      for (int i : new int[] {-1, 2, 9}) {
        InvalidSpecException e = assertThrows(InvalidSpecException.class, () -> tensor.dim(i));
        assertEquals("dim: got " + i + ", allowed: 0 to 1 of f32[2, 3]", e.getMessage());
      }
    }
  }
}
