package dev.tilewright.cli;

import dev.tilewright.GpuSpec;
import dev.tilewright.sim.Finding;
import dev.tilewright.sim.Launch;
import dev.tilewright.sim.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs kernels from PTX on the processor and reports what is wrong with them. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Run CUDA kernels from PTX without a GPU and report their faults.",
    footer = {
      "",
      "A case is a JSON file; paths in it are relative to it:",
      "  {\"module\": \"k.ptx\", \"kernel\": \"add\", \"grid\": [4], \"block\": [256],",
      "   \"args\": [{\"in\": \"a.npy\"}, {\"out\": \"c.npy\", \"dtype\": \"f32\", \"shape\": [1024]},",
      "            {\"i32\": 1024}]}",
      "",
      "Exit codes: 0 clean, 4 findings, 2 a faulty case or module.",
      "",
      "Example: ./tw check tests/cases/race_shared.json"
    })
final class CheckCommand implements Callable<Integer> {
  private static final int FINDINGS = 4;

  @Parameters(paramLabel = "CASE.json", arity = "1..*", description = "The cases.")
  private List<Path> files;

  @Option(names = "--gpu", defaultValue = "h100", description = "Whose limits hold (h100).")
  private String gpu;

  @Option(names = "--seed", defaultValue = "0", description = "The first schedule's seed (0).")
  private long seed;

  @Option(
      names = "--schedules",
      defaultValue = "1",
      description = "How many orders of warps, blocks and branches are tried (1).")
  private int schedules;

  @Option(names = "--no-checks", description = "Only run; look for no races.")
  private boolean noChecks;

  @Option(
      names = "--worst-approx",
      description = "Let approximate instructions err as far as the PTX ISA allows, by the seed.")
  private boolean worstApprox;

  @Option(
      names = "--limit",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description = "Stop a kernel after this time (60).")
  private double limit;

  @Mixin private ReportOptions report;

  @Override
  public Integer call() {
    GpuSpec chip;
    try {
      chip = GpuSpec.of(gpu);
    } catch (RuntimeException e) {
      throw new InputException("--gpu: " + e.getMessage(), e);
    }
    List<CheckReport.Case> cases = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    boolean clean = true;
    for (Path file : files) {
      CheckCase checked = CheckCase.read(file);
      CheckReport.Case result = run(checked, chip, text);
      clean &= result.findings().isEmpty();
      cases.add(result);
    }
    report.report(new CheckReport(cases), text.toString());
    return clean ? Main.FINE : FINDINGS;
  }

  private CheckReport.Case run(CheckCase checked, GpuSpec chip, StringBuilder text) {
    Map<String, Finding> findings = new LinkedHashMap<>();
    Report first = null;
    long begin = System.nanoTime();
    for (int k = 0; k < Math.max(1, schedules); k++) {
      Launch.Options options =
          Launch.Options.DEFAULT
              .seed(seed + k)
              .checks(!noChecks)
              .worstApproximations(worstApprox)
              .limits(Long.MAX_VALUE, Duration.ofNanos((long) (limit * 1e9)));
      Report each = checked.run(chip, options);
      first = first == null ? each : first;
      each.findings().forEach(f -> findings.putIfAbsent(f.kind() + ":" + f.ptxLine(), f));
    }
    long nanos = System.nanoTime() - begin;
    text.append(first.stdout());
    text.append(
        String.format(
            "%s: %s, %.1f ms, %s%n",
            checked.path(),
            checked.kernel(),
            nanos / 1e6,
            findings.isEmpty() ? "clean" : findings.size() + " findings"));
    findings.values().forEach(f -> text.append("  ").append(f).append(System.lineSeparator()));
    return CheckReport.Case.of(
        checked.path().toString(), checked.kernel(), List.copyOf(findings.values()), first, nanos);
  }
}
