package dev.tilewright.op;

import static dev.tilewright.op.FftConvConformanceTest.spec;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.op.FftConv.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes, runs and closes many plans and prints by how many bytes the process has grown since its
 * first fifth. A process of its own: only with a Java heap of fixed size that was touched at the
 * start, and without the optimising compiler, do resident pages tell native memory.
 */
final class FftConvSoak {
  private FftConvSoak() {}

  public static void main(String[] arguments) throws IOException {
    int cycles = Integer.parseInt(arguments[0]);
    FftConv.Spec[] specs = {
      spec(new long[] {1, 1, 64, 64}, Mode.CAUSAL, DType.F32),
      spec(new long[] {1, 1, 33, 33}, Mode.CIRCULAR, DType.F32),
      spec(new long[] {1, 1, 50, 101}, Mode.BIDIRECTIONAL, DType.BF16),
      spec(new long[] {1, 1, 128, 8}, Mode.CAUSAL, DType.F32)
    };
    Device device = Device.open("cpu");
    FftConvRun[] runs = new FftConvRun[specs.length];
    FftConv.Args[] args = new FftConv.Args[specs.length];
    for (int i = 0; i < specs.length; i++) {
      runs[i] = new FftConvRun(device, FftConvProblem.random(specs[i], i));
      args[i] = runs[i].inputs(false).y(runs[i].y);
    }
    long before = 0;
    for (int i = 0; i < cycles; i++) {
      if (i == cycles / 5) {
        before = residentBytes();
      }
      int n = i % runs.length;
      try (FftConv plan = FftConv.plan(device, specs[n])) {
        plan.setFilter(device.stream(), runs[n].k);
        plan.forward(device.stream(), args[n]);
      }
    }
    System.out.println("grown " + (residentBytes() - before));
    for (FftConvRun run : runs) {
      run.close();
    }
  }

  private static long residentBytes() throws IOException {
    System.gc();
    return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096;
  }
}
