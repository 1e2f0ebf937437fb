package dev.tilewright.op;

import static dev.tilewright.op.FftConvConformanceTest.spec;
import static dev.tilewright.op.FftConvConformanceTest.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Tensor;
import dev.tilewright.op.FftConv.Mode;
import dev.tilewright.op.Targets.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Foreign and misaligned memory, writes outside the outputs, and leaks. */
class FftConvMemoryTest {
  private static final float CANARY = 12345;

  /**
   * Elements before and after each tensor: an odd number, so that it is aligned to its element and
   * to nothing more.
   */
  private static final int MARGIN = 33;

  @ParameterizedTest
  @MethodSource("dev.tilewright.op.Targets#all")
  void foreignMisalignedMemoryWorksAndNothingElseIsWritten(Target target) {
    List<String> wrong = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      for (DType dtype : List.of(DType.F32, DType.F16, DType.BF16)) {
        for (int length : new int[] {1, 2, 17, 64, 255, 257, 1000, 4096, 5003, 20000}) {
          long taps = length == 5003 ? 40 : length;
          FftConv.Spec spec = with(spec(new long[] {2, 2, length, taps}, mode, dtype), 7);
          wrong.addAll(runInMargins(target.device(), FftConvProblem.random(spec, length)));
        }
      }
    }
    assertTrue(wrong.isEmpty(), () -> target + ": " + String.join("; ", wrong));
  }

  private static List<String> runInMargins(Device device, FftConvProblem p) {
    List<String> wrong = new ArrayList<>();
    long[] sequence = {p.spec.batch(), p.spec.channels(), p.spec.length()};
    long[] filter = {p.spec.channels(), p.spec.filterLength()};
    DType dtype = p.spec.dtype();
    Map<String, Framed> t = new LinkedHashMap<>();
    t.put("u", new Framed(device, p.u, dtype, sequence));
    t.put("k", new Framed(device, p.k, DType.F32, filter));
    t.put("pregate", new Framed(device, p.pregate, dtype, sequence));
    t.put("postgate", new Framed(device, p.postgate, dtype, sequence));
    t.put("d", new Framed(device, p.d, DType.F32, p.spec.channels()));
    t.put("dy", new Framed(device, p.dy, dtype, sequence));
    for (String name : List.of("y", "du", "dpregate", "dpostgate")) {
      t.put(name, new Framed(device, null, dtype, sequence));
    }
    t.put("dk", new Framed(device, null, DType.F32, filter));
    t.put("dd", new Framed(device, null, DType.F32, p.spec.channels()));
    FftConv.Args forward =
        new FftConv.Args()
            .u(t.get("u").inner)
            .k(t.get("k").inner)
            .pregate(t.get("pregate").inner)
            .postgate(t.get("postgate").inner)
            .d(t.get("d").inner)
            .y(t.get("y").inner);
    FftConv.Args backward =
        new FftConv.Args()
            .u(t.get("u").inner)
            .k(t.get("k").inner)
            .pregate(t.get("pregate").inner)
            .postgate(t.get("postgate").inner)
            .d(t.get("d").inner)
            .dy(t.get("dy").inner)
            .du(t.get("du").inner)
            .dk(t.get("dk").inner)
            .dd(t.get("dd").inner)
            .dpregate(t.get("dpregate").inner)
            .dpostgate(t.get("dpostgate").inner);
    try (FftConv plan = FftConv.plan(device, p.spec)) {
      plan.forward(device.stream(), forward);
      plan.backward(device.stream(), backward);
      device.stream().synchronize();
    }
    wrong.addAll(p.judge("foreign", t.get("y").inner.toFloats()));
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (String name : p.gradients().keySet()) {
      gradients.put(name, t.get(name).inner.toFloats());
    }
    wrong.addAll(p.judge("foreign", gradients));
    t.forEach(
        (name, framed) -> {
          if (!framed.marginsIntact()) {
            wrong.add("written outside " + name + " for " + FftConvProblem.label(p.spec));
          }
          framed.outer.close();
        });
    return wrong;
  }

  /** A wrapped tensor in the middle of a larger one that is filled with canaries. */
  private static final class Framed {
    final Tensor outer;
    final Tensor inner;
    private final float canary;

    Framed(Device device, float[] values, DType dtype, long... shape) {
      int elements = 1;
      for (long dim : shape) {
        elements *= (int) dim;
      }
      outer = device.empty(dtype, elements + 2 * MARGIN);
      outer.fill(CANARY);
      canary = outer.toFloats()[0];
      inner = device.wrap(outer.address() + (long) MARGIN * dtype.bytes(), dtype, shape);
      if (values == null) {
        inner.fill(Float.NaN);
      } else {
        inner.copyFrom(values);
      }
    }

    boolean marginsIntact() {
      float[] all = outer.toFloats();
      for (int i = 0; i < MARGIN; i++) {
        if (all[i] != canary || all[all.length - 1 - i] != canary) {
          return false;
        }
      }
      return true;
    }
  }

  @ParameterizedTest
  @MethodSource("dev.tilewright.op.Targets#all")
  void inputsAreNotWritten(Target target) {
    FftConvProblem p =
        FftConvProblem.random(
            with(spec(new long[] {2, 2, 1000, 700}, Mode.CAUSAL, DType.F32), 7), 1);
    try (FftConvRun run = new FftConvRun(target.device(), p)) {
      run.forward(false);
      run.backward(false);
      assertArrayEquals(p.u, run.u.toFloats());
      assertArrayEquals(p.k, run.k.toFloats());
      assertArrayEquals(p.pregate, run.pregate.toFloats());
      assertArrayEquals(p.postgate, run.postgate.toFloats());
      assertArrayEquals(p.d, run.d.toFloats());
      assertArrayEquals(p.dy, run.dy.toFloats());
    }
  }

  /** A million plans leave the process as large as they found it. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void plansLeakNothing() throws IOException {
    int cycles = 1_000_000;
    Process soak =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:+AlwaysPreTouch",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                FftConvSoak.class.getName(),
                Integer.toString(cycles))
            .redirectErrorStream(true)
            .start();
    String said = new String(soak.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher grown = Pattern.compile("grown (-?[0-9]+)").matcher(said);
    String end = said.substring(Math.max(0, said.length() - 2000));
    assertTrue(grown.find(), end);
    assertFalse(said.contains("never closed"), end);
    long bytes = Long.parseLong(grown.group(1));
    System.out.println(
        "FftConv soak: " + cycles + " plans, resident memory grew by " + bytes + " bytes");
    // two bytes a plan
    assertTrue(
        bytes < 2L << 20, "resident memory grew by " + bytes + " bytes in " + cycles + " plans");
  }
}
