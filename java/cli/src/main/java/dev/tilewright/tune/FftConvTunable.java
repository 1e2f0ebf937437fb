package dev.tilewright.tune;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.MachineSpec;
import dev.tilewright.op.FftConv;
import dev.tilewright.schedule.Kernel;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** {@link FftConv}: {@code B=2,H=64,L=16384,Lk=16384,mode=causal}. */
public final class FftConvTunable implements Tunable<FftConv.Spec> {
  private static final List<String> SWITCH = List.of("false", "true");

  private static final List<String> MODES =
      Arrays.stream(FftConv.Mode.values()).map(m -> m.name().toLowerCase(Locale.ROOT)).toList();

  /** Made by the service loader. */
  public FftConvTunable() {}

  @Override
  public String op() {
    return "fftconv";
  }

  @Override
  public List<Shape.Key> keys() {
    return List.of(
        new Shape.Key("B", "1", "rows that share a filter"),
        new Shape.Key("H", "1", "filters"),
        new Shape.Key("L", null, "samples of a row"),
        new Shape.Key("Lk", "L", "taps of a filter"),
        new Shape.Key("mode", MODES.get(0), String.join("|", MODES)),
        new Shape.Key("gated", SWITCH.get(0), "whether both gates take part: true|false"));
  }

  @Override
  public List<DType> dtypes() {
    return List.of(DType.F32, DType.F16, DType.BF16);
  }

  @Override
  public FftConv.Spec spec(Shape shape, DType dtype) {
    FftConv.Spec spec =
        FftConv.Spec.of(shape.count("B"), shape.count("H"), shape.count("L"))
            .withMode(FftConv.Mode.values()[shape.choice("mode", MODES)])
            .withDtype(dtype);
    if (shape.choice("gated", SWITCH) == 1) {
      spec = spec.withPregate(true).withPostgate(true);
    }
    return shape.has("Lk") ? spec.withFilterLength(shape.count("Lk")) : spec;
  }

  @Override
  public Kernel<FftConv.Spec> kernel(Shape shape, MachineSpec machine) {
    return FftConv.kernel(machine);
  }

  @Override
  public Trials trials(FftConv.Spec spec, Device device) {
    return new FftConvTrials(device, spec);
  }
}
