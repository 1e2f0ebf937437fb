package dev.tilewright.cli;

import dev.tilewright.Device;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs one op on arrays from {@code .npy} files. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Run one op on .npy files; ./tw ops says what each op takes.",
    footer = {
      "",
      "Files of any real dtype are read as f32; outputs are f32. With a 16-bit",
      "dtype the inputs are rounded to it and the outputs widened. Outputs appear",
      "only when the run succeeded.",
      "",
      "Example: ./tw run fftconv --in u=u.npy --in k=k.npy --out y=y.npy --check"
    })
final class RunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "OP", description = "An op of ./tw ops, such as fftconv.")
  private String opName;

  @Option(
      names = "--device",
      defaultValue = "cpu",
      paramLabel = "NAME",
      description = "A device of ./tw devices (default: ${DEFAULT-VALUE}).")
  private String deviceName;

  @Option(names = "--in", paramLabel = "NAME=FILE", description = "An input array; once for each.")
  private List<String> in = List.of();

  @Option(
      names = "--out",
      paramLabel = "NAME=FILE",
      description = "An output array to keep; once for each.")
  private List<String> out = List.of();

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "A setting of the op, such as mode=circular.")
  private List<String> set = List.of();

  @Option(
      names = "--check",
      description = "Compare with the float64 oracle too; exit 4 when over the bound.")
  private boolean check;

  @Mixin private ReportOptions report;

  @Override
  public Integer call() {
    OpRunner op = op();
    Map<String, String> settings = settings(op);
    Map<String, Path> inFiles = files("--in", in, names(op.inputs()));
    Map<String, Path> outFiles = files("--out", out, names(op.outputs()));
    Map<String, Npy.Header> inputs = new LinkedHashMap<>();
    inFiles.forEach(
        (name, path) -> {
          try {
            inputs.put(name, Npy.header(path));
          } catch (InputException e) {
            throw new InputException("--in " + name + ": " + e.getMessage(), e);
          }
        });
    try (OutputFiles files = OutputFiles.stage(outFiles);
        Progress progress = report.progress();
        Device device = Device.open(deviceName)) {
      RunRequest request =
          new RunRequest(device, inputs, outFiles.keySet(), files, settings, check, progress);
      RunReport result = op.run(request);
      if (!result.isWrong()) {
        files.commit();
      }
      progress.clear();
      Map<String, String> written = new LinkedHashMap<>();
      if (!result.isWrong()) {
        outFiles.forEach((name, path) -> written.put(name, path.toString()));
      }
      report.report(result.data(written), result.text(written));
      return result.isWrong() ? Main.WRONG_RESULT : Main.FINE;
    }
  }

  private OpRunner op() {
    List<OpRunner> ops = OpRunner.all();
    return ops.stream()
        .filter(op -> op.name().equals(opName))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "no op '"
                        + opName
                        + "'; there: "
                        + ops.stream().map(OpRunner::name).collect(Collectors.joining(", "))));
  }

  private static List<String> names(List<OpRunner.Port> ports) {
    return ports.stream().map(OpRunner.Port::name).toList();
  }

  private Map<String, Path> files(String option, List<String> pairs, List<String> known) {
    Map<String, Path> files = new LinkedHashMap<>();
    pairs(option, pairs, known)
        .forEach(
            (name, file) -> {
              try {
                files.put(name, Path.of(file));
              } catch (InvalidPathException e) {
                throw new InputException(option + " " + name + ": no path: " + e.getMessage(), e);
              }
            });
    return files;
  }

  private Map<String, String> settings(OpRunner op) {
    Map<String, String> given =
        pairs("--set", set, op.settings().stream().map(OpRunner.Setting::name).toList());
    Map<String, String> all = new LinkedHashMap<>();
    for (OpRunner.Setting setting : op.settings()) {
      String value = given.getOrDefault(setting.name(), setting.defaultValue());
      if (!setting.allowed().contains(value)) {
        throw new InputException(
            String.format(
                "--set %s=%s: allowed are %s",
                setting.name(), value, String.join(", ", setting.allowed())));
      }
      all.put(setting.name(), value);
    }
    return all;
  }

  private Map<String, String> pairs(String option, List<String> pairs, List<String> known) {
    Map<String, String> map = new LinkedHashMap<>();
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      if (equals <= 0 || equals == pair.length() - 1) {
        throw new InputException(option + " " + pair + ": write it as NAME=VALUE");
      }
      String name = pair.substring(0, equals);
      if (!known.contains(name)) {
        throw new InputException(
            String.format(
                "%s %s: %s has no '%s'; there: %s",
                option, pair, opName, name, String.join(", ", known)));
      }
      if (map.put(name, pair.substring(equals + 1)) != null) {
        throw new InputException(option + " " + name + ": given twice");
      }
    }
    return map;
  }
}
