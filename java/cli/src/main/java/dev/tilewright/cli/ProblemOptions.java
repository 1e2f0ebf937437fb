package dev.tilewright.cli;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.GpuSpec;
import dev.tilewright.MachineSpec;
import dev.tilewright.schedule.Kernel;
import dev.tilewright.tune.Shape;
import dev.tilewright.tune.Tunable;
import dev.tilewright.tune.Tunables;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The flags that name one problem of an op and the machine it is for. */
final class ProblemOptions {
  @Parameters(paramLabel = "OP", description = "An op with a tile space: fftconv, rnn.")
  private String opName;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "A device of ./tw devices (default: cpu).")
  private String deviceName;

  @Option(
      names = "--gpu",
      paramLabel = "NAME",
      description = "A GPU that need not be here, such as h100: by the model alone.")
  private String gpu;

  @Option(
      names = "--gpu-file",
      paramLabel = "FILE.json",
      description = "Describes the GPU, or several of which --gpu names one.")
  private String gpuFile;

  @Option(
      names = "--shape",
      paramLabel = "KEY=VALUE,...",
      defaultValue = "",
      description = "The problem; an unknown key shows which there are.")
  private String shape;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description = "f32, f16 or bf16; the op's own default without it.")
  private String dtype;

  /**
   * One problem on one machine.
   *
   * @param op the op
   * @param spec the problem
   * @param machine the machine
   * @param kernel the op's kernel for it
   */
  record Problem<S>(Tunable<S> op, S spec, MachineSpec machine, Kernel<S> kernel) {
    String text() {
      return kernel.problem(spec);
    }
  }

  Tunable<?> op() {
    return Tunables.of(opName);
  }

  /** Whether the machine is a description and not a device. */
  boolean isModelled() {
    if (deviceName != null && (gpu != null || gpuFile != null)) {
      throw new InputException("--device and --gpu exclude each other: say which one is meant");
    }
    return gpu != null || gpuFile != null;
  }

  /** Opens the device that was named, the CPU when none was. */
  Device openDevice() {
    return Device.open(deviceName == null ? "cpu" : deviceName);
  }

  /** The machine; a device is opened for its numbers and closed again. */
  MachineSpec machine() {
    if (isModelled()) {
      return gpu();
    }
    try (Device device = openDevice()) {
      return device.spec();
    }
  }

  private GpuSpec gpu() {
    if (gpuFile == null) {
      return GpuSpec.of(gpu);
    }
    Path file;
    try {
      file = Path.of(gpuFile);
    } catch (InvalidPathException e) {
      throw new InputException("--gpu-file: no path: " + e.getMessage(), e);
    }
    if (gpu == null) {
      return GpuSpec.read(file);
    }
    Map<String, GpuSpec> machines = GpuSpec.readAll(file);
    GpuSpec machine = machines.get(gpu);
    if (machine == null) {
      throw new InputException(
          "--gpu " + gpu + ": " + file + " has only " + String.join(", ", machines.keySet()));
    }
    return machine;
  }

  <S> Problem<S> problem(Tunable<S> op, MachineSpec machine) {
    Shape words = Shape.parse(shape, op.keys());
    S spec = op.spec(words, dtype(op));
    return new Problem<>(op, spec, machine, op.kernel(words, machine));
  }

  private DType dtype(Tunable<?> op) {
    if (dtype == null) {
      return op.dtypes().get(0);
    }
    DType parsed = DType.parse(dtype);
    if (!op.dtypes().contains(parsed)) {
      throw new InputException(
          "--dtype "
              + dtype
              + ": "
              + op.op()
              + " takes "
              + op.dtypes().stream().map(DType::label).collect(Collectors.joining(", ")));
    }
    return parsed;
  }
}
