package dev.tilewright.tune;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.GpuSpec;
import dev.tilewright.MachineSpec;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.schedule.Kernel;
import dev.tilewright.schedule.RnnProblem;
import dev.tilewright.schedule.RnnTiles;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The fused recurrent layer, whose tiles are known before its kernel is there to run. */
public final class RnnTunable implements Tunable<RnnProblem> {
  private static final List<String> CELLS =
      Arrays.stream(RnnProblem.Cell.values()).map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
  private static final List<String> PASSES = List.of("forward", "backward");

  /** Made by the service loader. */
  public RnnTunable() {}

  @Override
  public String op() {
    return "rnn";
  }

  @Override
  public List<Shape.Key> keys() {
    return List.of(
        new Shape.Key("B", "1", "sequences"),
        new Shape.Key("N", "1", "heads"),
        new Shape.Key("D", null, "units of a head"),
        new Shape.Key("T", "1024", "time steps"),
        new Shape.Key("cell", CELLS.get(0), String.join("|", CELLS)),
        new Shape.Key("pass", PASSES.get(0), String.join("|", PASSES)));
  }

  @Override
  public List<DType> dtypes() {
    return List.of(DType.BF16, DType.F16, DType.F32);
  }

  @Override
  public RnnProblem spec(Shape shape, DType dtype) {
    Map<String, Long> sizes = new TreeMap<>();
    for (String name : List.of("B", "N", "D", "T")) {
      sizes.put(name, shape.count(name));
    }
    return RnnProblem.of(sizes, CELLS.get(shape.choice("cell", CELLS)), dtype);
  }

  @Override
  public Kernel<RnnProblem> kernel(Shape shape, MachineSpec machine) {
    if (!(machine instanceof GpuSpec)) {
      throw new UnsupportedDeviceException(
          "rnn has tile spaces for GPUs only; name one with --gpu: "
              + String.join(", ", GpuSpec.names()));
    }
    return shape.choice("pass", PASSES) == 0 ? RnnTiles.forward() : RnnTiles.backward();
  }

  @Override
  public Trials trials(RnnProblem spec, Device device) {
    throw new UnsupportedDeviceException(
        "rnn has no kernel that runs on " + device.name() + " yet; --gpu ranks its tiles");
  }
}
