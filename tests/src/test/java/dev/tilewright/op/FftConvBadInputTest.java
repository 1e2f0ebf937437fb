package dev.tilewright.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Tensor;
import dev.tilewright.cpu.CpuDevice;
import dev.tilewright.op.FftConv.Args;
import dev.tilewright.op.FftConv.Mode;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Wrong input is refused by an exception that names the argument, and leaves the plan as it was.
 */
class FftConvBadInputTest {
  private static final FftConv.Spec FULL =
      FftConv.Spec.of(2, 3, 20)
          .withFilterLength(9)
          .withPregate(true)
          .withPostgate(true)
          .withSkip(true);

  /** Every tensor argument, with its setter. */
  private static final Map<String, BiFunction<Args, Tensor, Args>> SETTERS =
      Map.ofEntries(
          Map.entry("u", Args::u),
          Map.entry("k", Args::k),
          Map.entry("pregate", Args::pregate),
          Map.entry("postgate", Args::postgate),
          Map.entry("d", Args::d),
          Map.entry("y", Args::y),
          Map.entry("dy", Args::dy),
          Map.entry("du", Args::du),
          Map.entry("dk", Args::dk),
          Map.entry("dd", Args::dd),
          Map.entry("dpregate", Args::dpregate),
          Map.entry("dpostgate", Args::dpostgate));

  /** A device that owns no memory of the CPU's. */
  private static final Device OTHER =
      (Device)
          Proxy.newProxyInstance(
              Device.class.getClassLoader(),
              new Class<?>[] {Device.class},
              (proxy, method, args) ->
                  switch (method.getName()) {
                    case "name", "toString" -> "cuda:7";
                    case "hashCode" -> 7;
                    case "equals" -> proxy == args[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                  });

  private static final List<String> FORWARD = List.of("u", "k", "pregate", "postgate", "d", "y");
  private static final List<String> BACKWARD =
      List.of(
          "u", "k", "pregate", "postgate", "d", "dy", "du", "dk", "dd", "dpregate", "dpostgate");

  private CpuDevice device;

  @BeforeEach
  void open() {
    device = new CpuDevice();
  }

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void specsNameWhatIsWrong() {
    FftConv.Spec good = FftConv.Spec.of(1, 1, 8);
    refused("batch", () -> FftConv.Spec.of(0, 1, 8));
    refused("channels", () -> FftConv.Spec.of(1, -1, 8));
    refused("length", () -> FftConv.Spec.of(1, 1, 0));
    refused("filterLength", () -> good.withFilterLength(0));
    refused("mode", () -> good.withMode(null));
    refused("dtype", () -> good.withDtype(null));
    refused("dtype", () -> good.withDtype(DType.F64));
    assertThrows(
        InvalidSpecException.class,
        () -> FftConv.Spec.of(1L << 40, 1L << 40, 8),
        "overflow of B*H*L");
    assertThrows(InvalidSpecException.class, () -> FftConv.plan(device, null));
    assertThrows(InvalidSpecException.class, () -> FftConv.plan(null, good));
  }

  @Test
  void everyTensorIsChecked() {
    FftConvProblem p = FftConvProblem.random(FULL, 1);
    try (FftConvRun run = new FftConvRun(device, p)) {
      float[] y = run.forward(false);
      for (boolean forward : new boolean[] {true, false}) {
        for (String name : forward ? FORWARD : BACKWARD) {
          boolean optional =
              name.equals("k")
                  || !forward && name.startsWith("d") && name.length() > 1 && !name.equals("dy");
          if (!optional) {
            refuses(run, forward, name, null, name + " missing");
          }
          long[] shape = shapeOf(name);
          DType dtype = DType.F32;
          long[] longer = shape.clone();
          longer[longer.length - 1]++;
          long[] flat = {1, product(shape)};
          long[] deeper = new long[shape.length + 1];
          deeper[0] = 1;
          System.arraycopy(shape, 0, deeper, 1, shape.length);
          try (Tensor tooLong = device.empty(dtype, longer);
              Tensor reshaped = device.empty(dtype, flat);
              Tensor deep = device.empty(dtype, deeper);
              Tensor wrongType = device.empty(DType.F16, shape);
              Tensor elsewhere = Tensor.foreign(OTHER, wrongType.address(), dtype, shape);
              Tensor closed = device.empty(dtype, shape)) {
            closed.close();
            refuses(run, forward, name, tooLong, name + " too long");
            refuses(run, forward, name, reshaped, name + " of another shape");
            refuses(run, forward, name, deep, name + " of another rank");
            refuses(run, forward, name, wrongType, name + " of another dtype");
            refuses(run, forward, name, elsewhere, name + " of another device");
            refuses(run, forward, name, closed, name + " closed");
          }
        }
      }
      assertArrayEquals(y, run.forward(false), "the plan works on");
    }
  }

  @Test
  void whatTheSpecDoesNotNameMustBeAbsent() {
    FftConvProblem p = FftConvProblem.random(FftConv.Spec.of(2, 3, 20).withFilterLength(9), 1);
    try (FftConvRun run = new FftConvRun(device, p);
        Tensor sequence = device.empty(DType.F32, 2, 3, 20);
        Tensor channel = device.empty(DType.F32, 3)) {
      refuses(run, true, "pregate", sequence, "unneeded pregate");
      refuses(run, true, "postgate", sequence, "unneeded postgate");
      refuses(run, true, "d", channel, "unneeded d");
      refuses(run, false, "dpregate", sequence, "unneeded dpregate");
      refuses(run, false, "dpostgate", sequence, "unneeded dpostgate");
      refuses(run, false, "dd", channel, "unneeded dd");
    }
  }

  @Test
  void gradientsMustNotShareMemory() {
    FftConvProblem p = FftConvProblem.random(FftConv.Spec.of(1, 2, 20).withPregate(true), 1);
    try (FftConvRun run = new FftConvRun(device, p);
        Tensor du = device.empty(DType.F32, 1, 2, 20);
        Tensor dk = device.wrap(du.address() + 4, DType.F32, 2, 20)) {
      refused("dpregate", () -> backward(run, run.inputs(false).du(du).dpregate(du)));
      refused("dk", () -> backward(run, run.inputs(false).du(du).dk(dk)));
    }
  }

  private static void backward(FftConvRun run, Args args) {
    run.plan.backward(run.stream, args.dy(run.dy));
  }

  @Test
  void aFilterIsNeeded() {
    FftConvProblem p = FftConvProblem.random(FftConv.Spec.of(1, 1, 8), 1);
    try (FftConvRun run = new FftConvRun(device, p)) {
      refused("k", () -> run.plan.forward(run.stream, new Args().u(run.u).y(run.y)));
      refused("k", () -> run.plan.setFilter(run.stream, null));
      try (Tensor wrong = device.empty(DType.F32, 1, 9);
          Tensor half = device.empty(DType.BF16, 1, 8)) {
        refused("k", () -> run.plan.setFilter(run.stream, wrong));
        refused("k", () -> run.plan.setFilter(run.stream, half));
      }
    }
  }

  @Test
  void aClosedPlanRefusesAndClosesAgain() {
    FftConvProblem p = FftConvProblem.random(FftConv.Spec.of(1, 1, 8), 1);
    FftConvRun run = new FftConvRun(device, p);
    run.plan.close();
    run.plan.close();
    assertThrows(RuntimeException.class, () -> run.forward(false));
    assertThrows(RuntimeException.class, () -> run.forward(true));
    assertThrows(RuntimeException.class, () -> run.backward(false));
    run.close();
  }

  @Test
  void steppersCheckTheirTokens() {
    FftConvProblem p = FftConvProblem.random(FULL.withMode(Mode.CAUSAL), 1);
    try (FftConvRun run = new FftConvRun(device, p);
        Tensor token = device.empty(DType.F32, 2, 3);
        Tensor y = device.empty(DType.F32, 2, 3);
        Tensor wrong = device.empty(DType.F32, 3, 2)) {
      assertThrows(RuntimeException.class, run.plan::stepper, "no filter was set");
      run.plan.setFilter(run.stream, run.k);
      try (FftConv.Stepper stepper = run.plan.stepper()) {
        refused(
            "u",
            () ->
                stepper.step(
                    run.stream, new Args().u(wrong).pregate(token).postgate(token).d(run.d).y(y)));
        refused(
            "pregate",
            () -> stepper.step(run.stream, new Args().u(token).postgate(token).d(run.d).y(y)));
        refused(
            "d",
            () ->
                stepper.step(run.stream, new Args().u(token).pregate(token).postgate(token).y(y)));
        refused(
            "y",
            () ->
                stepper.step(
                    run.stream, new Args().u(token).pregate(token).postgate(token).d(run.d)));
        assertEquals(0, stepper.position());
      }
    }
  }

  private static void refused(String argument, Executable call) {
    InvalidSpecException thrown =
        assertThrows(InvalidSpecException.class, call, "argument " + argument);
    assertEquals(argument, thrown.argument());
    assertTrue(thrown.getMessage().contains(argument), thrown.getMessage());
  }

  /** A call of this run with one argument replaced throws, naming it. */
  private static void refuses(
      FftConvRun run, boolean forward, String name, Tensor replacement, String what) {
    Args args = run.inputs(false);
    if (forward) {
      args.y(run.y);
    } else {
      args.dy(run.dy).du(run.gradient("du")).dk(run.gradient("dk")); // dk needs u as well
    }
    SETTERS.get(name).apply(args, replacement);
    InvalidSpecException thrown =
        assertThrows(
            InvalidSpecException.class,
            () -> {
              if (forward) {
                run.plan.forward(run.stream, args);
              } else {
                run.plan.backward(run.stream, args);
              }
            },
            what);
    assertEquals(name, thrown.argument(), what + ": " + thrown.getMessage());
  }

  private static long[] shapeOf(String name) {
    return switch (name) {
      case "k", "dk" -> new long[] {3, 9};
      case "d", "dd" -> new long[] {3};
      default -> new long[] {2, 3, 20};
    };
  }

  private static long product(long[] shape) {
    long product = 1;
    for (long dim : shape) {
      product *= dim;
    }
    return product;
  }
}
