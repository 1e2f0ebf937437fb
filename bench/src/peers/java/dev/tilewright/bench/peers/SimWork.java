package dev.tilewright.bench.peers;

import dev.tilewright.GpuSpec;
import dev.tilewright.Half;
import dev.tilewright.ptx.PtxKernel;
import dev.tilewright.ptx.PtxModule;
import dev.tilewright.sim.Launch;
import dev.tilewright.sim.Report;
import dev.tilewright.sim.SimMachine;
import dev.tilewright.sim.SimModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A kernel of {@code ptx/checks} on data of its own, ready to be launched on the simulated GPU. */
final class SimWork {
  /** What can be run. */
  enum Kind {
    SOFTMAX_F32,
    SOFTMAX_F16,
    TRITON_SOFTMAX,
    GEMM_F16,
    TRITON_MATMUL,
    TRANSPOSE;

    /** Whether it runs matrix instructions. */
    boolean multiplies() {
      return this == GEMM_F16 || this == TRITON_MATMUL;
    }
  }

  private static final int ROWS = 64;
  private static final int COLUMNS = 4096;
  private static final int TRITON_COLUMNS = 400;
  private static final int SIDE = 256;
  private static final int TILE = 64;
  private static final int BANKS = 32;

  private final Random random = new Random(5);
  private final SimMachine machine = new SimMachine(GpuSpec.of("h100"));
  private final List<Object> args = new ArrayList<>();
  private final SimModule module;
  private final Launch launch;
  private float[] expected;
  private final double tolerance;
  private final boolean half;
  private long result;

  SimWork(Kind kind) {
    PtxModule parsed;
    int[] grid = {ROWS, 1, 1};
    int[] block = {128, 1, 1};
    int shared = 0;
    half = kind == Kind.SOFTMAX_F16;
    switch (kind) {
      case SOFTMAX_F32, SOFTMAX_F16 -> {
        parsed = parse("softmax.compute_80.ptx");
        softmax(COLUMNS);
        args.add(COLUMNS);
      }
      case TRITON_SOFTMAX -> {
        parsed = parse("triton_softmax_f32.compute_80.ptx");
        softmax(TRITON_COLUMNS);
        args.addAll(List.of(TRITON_COLUMNS, TRITON_COLUMNS, 0L, 0L));
        shared = 16;
      }
      case GEMM_F16 -> {
        parsed = parse("gemm_mma.compute_80.ptx");
        product(true);
        grid = new int[] {SIDE / TILE, SIDE / TILE, 1};
      }
      case TRITON_MATMUL -> {
        parsed = parse("triton_matmul_f16.compute_80.ptx");
        product(false);
        args.addAll(List.of(0L, 0L));
        grid = new int[] {SIDE / TILE * SIDE / TILE, 1, 1};
        shared = 24576;
      }
      default -> {
        parsed = parse("transpose.compute_80.ptx");
        transpose();
        grid = new int[] {SIDE / BANKS, SIDE / BANKS, 1};
        block = new int[] {BANKS, 8, 1};
      }
    }
    tolerance = kind == Kind.TRANSPOSE ? 0 : half ? 2e-3 : 1e-5;
    module = machine.load(parsed);
    String name =
        switch (kind) {
          case SOFTMAX_F32 -> "softmax_f32";
          case SOFTMAX_F16 -> "softmax_f16";
          case TRITON_SOFTMAX -> "softmax_kernel";
          case GEMM_F16 -> "gemm_mma_f16";
          case TRITON_MATMUL -> "matmul_kernel";
          default -> "transpose_padded";
        };
    launch = new Launch(name, grid, block, shared, false, pack(parsed.kernel(name).orElseThrow()));
  }

  private static PtxModule parse(String file) {
    String path = "/dev/tilewright/bench/ptx/" + file;
    try (InputStream in = SimWork.class.getResourceAsStream(path)) {
      return PtxModule.parse(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] pack(PtxKernel kernel) {
    ByteBuffer params =
        ByteBuffer.allocate((int) kernel.paramBytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < args.size(); i++) {
      params.position((int) kernel.params().get(i).offset());
      if (args.get(i) instanceof Long address) {
        params.putLong(address);
      } else {
        params.putInt((Integer) args.get(i));
      }
    }
    return params.array();
  }

  /** An array with random values of about the size of 1, as the kernel sees them. */
  private float[] input(String name, int count, boolean asHalf) {
    float[] values = new float[count];
    ByteBuffer bytes = ByteBuffer.allocate(count * (asHalf ? 2 : 4)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      float x = (float) random.nextGaussian();
      if (asHalf) {
        bytes.putShort(Half.f32ToF16(x));
        x = Half.f16ToF32(Half.f32ToF16(x));
      } else {
        bytes.putFloat(x);
      }
      values[i] = x;
    }
    long address = machine.allocate(name, bytes.capacity());
    machine.write(address, bytes.array());
    args.add(address);
    return values;
  }

  private void output() {
    result = machine.allocate("the result", (long) expected.length * (half ? 2 : 4));
    args.add(result);
  }

  private void softmax(int columns) {
    float[] x = input("x", ROWS * columns, half);
    expected = new float[x.length];
    for (int from = 0; from < x.length; from += columns) {
      double sum = 0;
      for (int i = from; i < from + columns; i++) {
        sum += Math.exp(x[i]);
      }
      for (int i = from; i < from + columns; i++) {
        expected[i] = (float) (Math.exp(x[i]) / sum);
      }
    }
    output();
  }

  private void product(boolean transposed) {
    float[] a = input("a", SIDE * SIDE, true);
    float[] b = input("b", SIDE * SIDE, true);
    expected = new float[SIDE * SIDE];
    for (int row = 0; row < SIDE; row++) {
      for (int column = 0; column < SIDE; column++) {
        double sum = 0;
        for (int k = 0; k < SIDE; k++) {
          int at = transposed ? column * SIDE + k : k * SIDE + column;
          sum += (double) a[row * SIDE + k] * b[at];
        }
        expected[row * SIDE + column] = (float) sum;
      }
    }
    output();
    args.addAll(List.of(SIDE, SIDE, SIDE));
  }

  private void transpose() {
    float[] x = input("x", SIDE * SIDE, false);
    expected = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      expected[i % SIDE * SIDE + i / SIDE] = x[i];
    }
    output();
    args.addAll(List.of(SIDE, SIDE));
  }

  /** Launches it once. */
  Report run(Launch.Options options) {
    return machine.launch(module, launch, options);
  }

  /** What is wrong with the last result and this report, or "". */
  String fault(Report report) {
    if (!report.findings().isEmpty()) {
      return report.findings().get(0).toString();
    }
    ByteBuffer got =
        ByteBuffer.wrap(machine.read(result, expected.length * (half ? 2 : 4)))
            .order(ByteOrder.LITTLE_ENDIAN);
    double scale = 0;
    for (float x : expected) {
      scale = Math.max(scale, Math.abs(x));
    }
    for (int i = 0; i < expected.length; i++) {
      float x = half ? Half.f16ToF32(got.getShort()) : got.getFloat();
      if (!(Math.abs(x - expected[i]) <= tolerance * scale)) {
        return "element " + i + " is " + x + " instead of " + expected[i];
      }
    }
    return "";
  }
}
