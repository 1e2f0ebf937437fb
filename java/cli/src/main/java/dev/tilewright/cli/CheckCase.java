package dev.tilewright.cli;

import dev.tilewright.GpuSpec;
import dev.tilewright.ptx.PtxException;
import dev.tilewright.ptx.PtxKernel;
import dev.tilewright.ptx.PtxModule;
import dev.tilewright.sim.Launch;
import dev.tilewright.sim.Report;
import dev.tilewright.sim.SimMachine;
import dev.tilewright.sim.SimModule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A case of {@code tw check}: a kernel of a module, its launch and its arguments. */
final class CheckCase {
  private final Path path;
  private final CaseFields fields;
  private final PtxModule module;
  private final PtxKernel kernel;
  private final List<CaseArgument> arguments;
  private final Launch launch;

  /**
   * What one run did.
   *
   * @param report the engine's report
   * @param outputs of each argument the bytes that its buffer has in the end, null of those that
   *     the case does not want
   */
  record Run(Report report, List<byte[]> outputs) {}

  private CheckCase(
      Path path,
      CaseFields fields,
      PtxModule module,
      PtxKernel kernel,
      List<CaseArgument> arguments,
      Launch launch) {
    this.path = path;
    this.fields = fields;
    this.module = module;
    this.kernel = kernel;
    this.arguments = arguments;
    this.launch = launch;
  }

  /**
   * Reads a case, its module and its arrays.
   *
   * @throws InputException when something is missing or does not fit, naming file and field
   */
  static CheckCase read(Path path) {
    CaseFields fields = CaseFields.read(path);
    PtxModule module = module(fields, fields.file("module", path));
    String name = fields.text("kernel");
    PtxKernel kernel =
        module
            .kernel(name)
            .orElseThrow(
                () -> fields.fault("kernel", "no kernel " + name + "; there: " + names(module)));
    Launch launch =
        new Launch(
            kernel.name(),
            fields.extent("grid"),
            fields.extent("block"),
            fields.count("sharedBytes"),
            fields.flag("cooperative"),
            new byte[(int) kernel.paramBytes()]);
    List<CaseArgument> arguments =
        CaseArgument.readAll(fields, path, kernel.name(), kernel.params());
    return new CheckCase(path, fields, module, kernel, arguments, launch);
  }

  private static PtxModule module(CaseFields fields, Path file) {
    try {
      return PtxModule.parse(
          file.getFileName().toString(),
          new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (PtxException e) {
      throw fields.fault("module", e.getMessage());
    } catch (IOException e) {
      throw fields.fault("module", file + ": cannot read: " + OutputFiles.reason(e));
    }
  }

  /** The same case on another module that has its kernel. */
  CheckCase on(PtxModule other) {
    return new CheckCase(
        path, fields, other, other.kernel(kernel.name()).orElseThrow(), arguments, launch);
  }

  private static String names(PtxModule module) {
    List<String> names = module.kernels().stream().map(PtxKernel::name).toList();
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  Path path() {
    return path;
  }

  /** The fields, for those that only the project's own cases have. */
  CaseFields fields() {
    return fields;
  }

  String kernel() {
    return kernel.name();
  }

  List<CaseArgument> arguments() {
    return arguments;
  }

  /** Runs it once, on a machine of its own. */
  Run run(GpuSpec chip, Launch.Options options) {
    SimMachine machine = new SimMachine(chip);
    SimModule loaded = machine.load(module);
    ByteBuffer params = ByteBuffer.wrap(launch.params().clone()).order(ByteOrder.LITTLE_ENDIAN);
    long[] addresses = new long[arguments.size()];
    for (int i = 0; i < addresses.length; i++) {
      int offset = (int) kernel.params().get(i).offset();
      if (arguments.get(i) instanceof CaseArgument.Array array) {
        addresses[i] = machine.allocate("argument " + i, array.bytes());
        if (array.data() != null) {
          machine.write(addresses[i], array.data());
        }
        params.putLong(offset, addresses[i]);
      } else {
        params.put(offset, ((CaseArgument.Value) arguments.get(i)).bytes());
      }
    }
    Launch packed =
        new Launch(
            launch.kernel(),
            launch.gridExtent(),
            launch.blockExtent(),
            launch.sharedBytes(),
            launch.cooperative(),
            params.array());
    Report report = machine.launch(loaded, packed, options);
    List<byte[]> outputs = new ArrayList<>();
    for (int i = 0; i < addresses.length; i++) {
      boolean wanted = arguments.get(i) instanceof CaseArgument.Array array && array.out() != null;
      outputs.add(
          wanted
              ? machine.read(addresses[i], ((CaseArgument.Array) arguments.get(i)).bytes())
              : null);
    }
    return new Run(report, outputs);
  }

  /** Writes what a run left in the arrays that the case wants. */
  void write(Run run) {
    for (int i = 0; i < arguments.size(); i++) {
      if (run.outputs().get(i) != null) {
        CaseArgument.Array array = (CaseArgument.Array) arguments.get(i);
        try {
          NpyBytes.write(array.out(), array.type(), array.shape(), run.outputs().get(i));
        } catch (IOException e) {
          throw fields.fault(
              "args[" + i + "].out", array.out() + ": cannot write: " + OutputFiles.reason(e));
        }
      }
    }
  }
}
