package dev.tilewright.tune;

import dev.tilewright.CpuSpec;
import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.MachineSpec;
import dev.tilewright.TilewrightException;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.schedule.Kernel;
import dev.tilewright.schedule.Prediction;
import dev.tilewright.schedule.Tile;
import dev.tilewright.schedule.TileSpace;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * An op for tests of the command line: {@code toy}, found as a service. Its tiles (A, B) take
 * {@code NAP * (1 + |A - 5| + |B - 2|)} microseconds; its model thinks that A = 4 is best.
 */
public final class ToyTunable implements Tunable<ToyTunable.Spec> {
  /**
   * A problem.
   *
   * @param n A and B run from 1 to n
   * @param nap microseconds of the fastest tile
   * @param sum largest A + B
   * @param real whether calls sleep; else their times are made up
   * @param fault what happens when A = 1: wrong or fail; with broken every result is wrong
   * @param dtype has no effect
   */
  public record Spec(long n, long nap, long sum, boolean real, String fault, DType dtype) {}

  private static final List<String> FAULTS = List.of("none", "wrong", "fail", "broken");

  /** Made by the service loader. */
  public ToyTunable() {}

  @Override
  public String op() {
    return "toy";
  }

  @Override
  public List<Shape.Key> keys() {
    return List.of(
        new Shape.Key("N", null, "A and B run from 1 to N"),
        new Shape.Key("NAP", "50", "microseconds of the fastest tile"),
        new Shape.Key("real", "false", "whether calls sleep; else their times are made up"),
        new Shape.Key("SUM", "128", "largest A + B"),
        new Shape.Key("fault", "none", "what happens when A = 1; broken: always"));
  }

  @Override
  public List<DType> dtypes() {
    return List.of(DType.F32, DType.BF16);
  }

  @Override
  public Spec spec(Shape shape, DType dtype) {
    String fault = FAULTS.get(shape.choice("fault", FAULTS));
    return new Spec(
        shape.count("N"), shape.count("NAP"), shape.count("SUM"), shape.flag("real"), fault, dtype);
  }

  @Override
  public Kernel<Spec> kernel(Shape shape, MachineSpec machine) {
    if (!(machine instanceof CpuSpec) && !machine.name().equals("h100")) {
      throw new UnsupportedDeviceException("toy has no tile space for " + machine.name());
    }
    return new ToyKernel();
  }

  @Override
  public Trials trials(Spec spec, Device device) {
    return new ToyTrials(spec);
  }

  private record ToyKernel() implements Kernel<Spec> {
    private static final TileSpace SPACE =
        TileSpace.of(
            "toy.tiles", "var A in 1..64;\nvar B in 1..64;\n\nA <= N;\nB <= N;\nA + B <= SUM;\n");

    @Override
    public String name() {
      return "toy_kernel";
    }

    @Override
    public TileSpace space() {
      return SPACE;
    }

    @Override
    public List<String> parameters() {
      return List.of("A", "B");
    }

    @Override
    public Map<String, Long> constants(Spec spec, MachineSpec machine) {
      return Map.of("N", spec.n(), "SUM", spec.sum());
    }

    @Override
    public Prediction predict(Spec spec, MachineSpec machine, Tile tile) {
      double a = 1e-6 * spec.nap() * (1 + Math.abs(tile.get("A") - 4));
      double b = 1e-6 * spec.nap() * Math.abs(tile.get("B") - 2);
      return Prediction.of(
          a + b,
          List.of(new Prediction.Term("a", a, "of A"), new Prediction.Term("b", b, "of B")),
          a > b ? "A" : "B");
    }

    @Override
    public String problem(Spec spec) {
      return "N=%d,NAP=%d,SUM=%d,fault=%s,%s"
          .formatted(spec.n(), spec.nap(), spec.sum(), spec.fault(), spec.dtype().label());
    }
  }

  private record ToyTrials(Spec spec) implements Trials {
    @Override
    public double bound() {
      return 1e-6;
    }

    @Override
    public Trial open(Tile tile) {
      boolean faulty = tile.get("A") == 1 || spec.fault().equals("broken");
      if (faulty && spec.fault().equals("fail")) {
        throw new TilewrightException("A = 1 does not launch");
      }
      boolean wrong = faulty && !spec.fault().equals("none");
      long nanos =
          1000 * spec.nap() * (1 + Math.abs(tile.get("A") - 5) + Math.abs(tile.get("B") - 2));
      return new Trial() {
        @Override
        public double error() {
          return wrong ? Double.NaN : 1e-7;
        }

        @Override
        public long nanos(int calls) {
          return spec.real() ? Trial.super.nanos(calls) : calls * nanos;
        }

        @Override
        public void run() {
          LockSupport.parkNanos(nanos);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {}
  }
}
