package dev.tilewright.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.tilewright.CpuLevel;
import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.NativeMemory;
import dev.tilewright.Tensor;
import dev.tilewright.jni.Native;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rows beyond 2^31 elements and 2^32 bytes, without the memory before them: the kernels are handed
 * addresses so far before a small tensor that the one row they are asked for lies in it. A row
 * number or an offset that loses its high bits reads another place, and the process ends there.
 */
class OffsetTest {
  private static final int LENGTH = 700;
  private static final int TAPS = 90;

  /** Heads or batch rows before the one computed: more than 2^32, so that no 32 bits hold it. */
  private static final long BEFORE = (1L << 32) + 12345;

  static List<Object[]> fftConvs() {
    List<Object[]> cases = new ArrayList<>();
    for (CpuLevel level : Targets.levels()) {
      for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16)) {
        for (FftConv.Mode mode : FftConv.Mode.values()) {
          cases.add(new Object[] {level, dtype, mode});
        }
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("fftConvs")
  void aFarRowOfAnFftConvHasTheBitsOfANearOne(CpuLevel level, DType dtype, FftConv.Mode mode) {
    try (Device device = Device.open("cpu");
        Rows near = new Rows(device, dtype);
        Rows farHead = new Rows(device, dtype);
        Rows farSpectrum = new Rows(device, dtype);
        Rows farBatch = new Rows(device, dtype)) {
      fftConv(level, dtype, mode, near, 1, 1, 0, 0, false);
      fftConv(level, dtype, mode, farHead, 1, BEFORE + 1, BEFORE, 0, false);
      fftConv(level, dtype, mode, farSpectrum, 1, BEFORE + 1, BEFORE, 0, true);
      fftConv(level, dtype, mode, farBatch, BEFORE + 1, 1, 0, BEFORE, false);
      for (String name : Rows.NAMES) {
        assertArrayEquals(near.floats(name), farHead.floats(name), name + " of a far head");
        assertArrayEquals(near.floats(name), farSpectrum.floats(name), name + " by its spectrum");
      }
      assertArrayEquals(near.floats("y"), farBatch.floats("y"), "y of a far batch row");
    }
  }

  /**
   * Row (b, h) alone, forward and, where it is the only one of its head, backward; with the filter
   * given, or its spectrum.
   */
  private static void fftConv(
      CpuLevel level,
      DType dtype,
      FftConv.Mode mode,
      Rows rows,
      long batch,
      long channels,
      long h,
      long b,
      boolean transformed) {
    FftConv.Spec spec =
        FftConv.Spec.of(1, 1, LENGTH).withFilterLength(TAPS).withMode(mode).withDtype(dtype);
    CpuFftTile tile = new CpuFftTile(512, 2, CpuFftTile.usualRadix(level), 1);
    NativeMemory table = CpuFftTables.get(level, tile.points(), tile.radices(level), 0.25);
    int ordinal = level.ordinal();
    try (NativeMemory plan = NativeMemory.allocate(Native.tw_fftconv_plan_bytes(), "plan")) {
      Native.tw_fftconv_plan_init(
          plan.address(),
          table.address(),
          LENGTH,
          TAPS,
          mode.ordinal(),
          dtype.ordinal(),
          tile.group());
      long bytes = Native.tw_fftconv_scratch_bytes(ordinal, plan.address(), true);
      long spectrumBytes = Native.tw_fftconv_spectrum_bytes(ordinal, plan.address());
      try (NativeMemory scratch = NativeMemory.allocate(bytes, "scratch");
          NativeMemory spectrum = NativeMemory.allocate(spectrumBytes, "spectrum")) {
        Native.tw_fill(scratch.address(), bytes / 4, 4, 0);
        Native.tw_fill(spectrum.address(), spectrumBytes / 4, 4, 0);
        Native.tw_fftconv_filter(
            ordinal, plan.address(), rows.at("k", 0), spectrum.address(), scratch.address());
        long sequences = (b * channels + h) * LENGTH * dtype.bytes();
        long filters = h * TAPS * Float.BYTES;
        long scalars = h * Float.BYTES;
        long k = transformed ? 0 : rows.at("k", filters);
        long spectra = transformed ? spectrum.address() - h * spectrumBytes : 0;
        Native.tw_fftconv_forward(
            ordinal,
            plan.address(),
            batch,
            channels,
            rows.at("u", sequences),
            rows.at("pregate", sequences),
            rows.at("postgate", sequences),
            rows.at("d", scalars),
            k,
            spectra,
            rows.at("y", sequences),
            h,
            b,
            b + 1,
            scratch.address());
        if (batch > 1) {
          return;
        }
        Native.tw_fftconv_backward(
            ordinal,
            plan.address(),
            batch,
            channels,
            rows.at("u", sequences),
            rows.at("pregate", sequences),
            rows.at("postgate", sequences),
            rows.at("d", scalars),
            k,
            spectra,
            rows.at("dy", sequences),
            rows.at("du", sequences),
            rows.at("dk", filters),
            rows.at("dd", scalars),
            rows.at("dpregate", sequences),
            rows.at("dpostgate", sequences),
            h,
            scratch.address());
      }
    }
  }

  /** The tensors of one row, the same numbers each time, and what is computed from them. */
  private static final class Rows implements AutoCloseable {
    static final List<String> NAMES =
        List.of(
            "u",
            "pregate",
            "postgate",
            "dy",
            "y",
            "du",
            "dpregate",
            "dpostgate",
            "k",
            "dk",
            "d",
            "dd");

    private final List<Tensor> tensors = new ArrayList<>();

    Rows(Device device, DType dtype) {
      Random random = new Random(1);
      for (String name : NAMES) {
        boolean filter = name.equals("k") || name.equals("dk");
        boolean scalar = name.equals("d") || name.equals("dd");
        float[] values = new float[filter ? TAPS : scalar ? 1 : LENGTH];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextGaussian();
        }
        tensors.add(device.of(values, filter || scalar ? DType.F32 : dtype, values.length));
      }
    }

    private Tensor get(String name) {
      return tensors.get(NAMES.indexOf(name));
    }

    /** The address of an array in which the tensor lies {@code offset} bytes from the start. */
    long at(String name, long offset) {
      return get(name).address() - offset;
    }

    float[] floats(String name) {
      return get(name).toFloats();
    }

    @Override
    public void close() {
      tensors.forEach(Tensor::close);
    }
  }

  static List<Object[]> conv1ds() {
    List<Object[]> cases = new ArrayList<>();
    for (CpuLevel level : Targets.levels()) {
      for (DepthwiseConv1d.Layout layout : DepthwiseConv1d.Layout.values()) {
        cases.add(new Object[] {level, layout});
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("conv1ds")
  void aFarRowOfAConv1dHasTheBitsOfANearOne(CpuLevel level, DepthwiseConv1d.Layout layout) {
    int ordinal = level.ordinal();
    float[][] y = new float[2][];
    float[][] dx = new float[2][];
    long bytes = Native.tw_conv1d_scratch_bytes(ordinal, TAPS);
    for (int far = 0; far < 2; far++) {
      long b = far * BEFORE;
      long offset = b * LENGTH * Float.BYTES;
      try (Device device = Device.open("cpu");
          Rows rows = new Rows(device, DType.F32);
          NativeMemory sums = NativeMemory.allocate((TAPS + 1) * 8L, "sums");
          NativeMemory scratch = NativeMemory.allocate(bytes, "scratch")) {
        Native.tw_fill(sums.address(), TAPS + 1, 8, 0);
        Native.tw_conv1d_forward(
            ordinal,
            layout.ordinal(),
            DType.F32.ordinal(),
            1,
            LENGTH,
            TAPS,
            TAPS - 1,
            rows.at("u", offset),
            rows.at("k", 0),
            rows.at("d", 0),
            rows.at("y", offset),
            b,
            0,
            1,
            0,
            LENGTH,
            scratch.address());
        Native.tw_conv1d_backward(
            ordinal,
            layout.ordinal(),
            DType.F32.ordinal(),
            1,
            LENGTH,
            TAPS,
            TAPS - 1,
            rows.at("u", offset),
            rows.at("k", 0),
            rows.at("dy", offset),
            rows.at("du", offset),
            sums.address(),
            b,
            0,
            1,
            0,
            LENGTH,
            scratch.address());
        y[far] = rows.floats("y");
        dx[far] = rows.floats("du");
      }
    }
    assertArrayEquals(y[0], y[1]);
    assertArrayEquals(dx[0], dx[1]);
  }
}
