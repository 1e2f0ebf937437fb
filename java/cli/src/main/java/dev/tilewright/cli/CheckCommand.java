package dev.tilewright.cli;

import dev.tilewright.GpuSpec;
import dev.tilewright.sim.Launch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs kernels from PTX on the processor and reports what is wrong with them. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Run CUDA kernels from PTX without a GPU and report their faults.",
      "Without a case: every kernel that Tilewright ships; planted faults must be found."
    },
    footer = {
      "",
      "A case is a JSON file; paths in it are relative to it:",
      "  {\"module\": \"k.ptx\", \"kernel\": \"add\", \"grid\": [4], \"block\": [256],",
      "   \"sharedBytes\": 0, \"cooperative\": false,",
      "   \"args\": [{\"in\": \"a.npy\"}, {\"out\": \"c.npy\", \"dtype\": \"f32\", \"shape\": [1024]},",
      "            {\"inout\": \"h.npy\", \"out\": \"h_out.npy\"}, {\"i32\": 1024}, {\"f32\": 0.5},",
      "            {\"u64\": 0}, {\"bytes\": \"0000803f\"}]}",
      "An array is passed as a pointer to a buffer of exactly its size; out starts uninitialised.",
      "Scalars: i8 u8 i16 u16 i32 u32 i64 u64 f16 bf16 f32 f64; bytes is a struct by value.",
      "Outputs are those of the first schedule.",
      "",
      "Kinds of findings: out-of-bounds misaligned uninitialised shared-race warp-race",
      "global-race barrier-divergence barrier-misuse async-unwaited deadlock",
      "shfl-absent-lane resources trap timeout unsupported (seeds/ptx-engine.md).",
      "",
      "Exit codes: 0 clean, 4 findings, 2 a faulty case or module.",
      "",
      "Example: ./tw check tests/cases/race_shared.json"
    })
final class CheckCommand implements Callable<Integer> {
  private static final int FINDINGS = Main.WRONG_RESULT;

  /** No kernel that is shipped and ends needs as many. */
  private static final long SHIPPED_STEPS = 2_000_000;

  @Parameters(paramLabel = "CASE.json", arity = "0..*", description = "The cases.")
  private List<Path> files = List.of();

  @Option(names = "--gpu", defaultValue = "h100", description = "Whose limits hold (h100).")
  private String gpu;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "The first schedule's seed (0); the next have the next numbers.")
  private long seed;

  @Option(
      names = "--schedules",
      defaultValue = "3",
      description = "How many orders of warps, blocks and branches are tried (3).")
  private int schedules;

  @Option(
      names = "--counters",
      description = "Print what the first schedule kept busy: instructions, sectors, conflicts.")
  private boolean counters;

  @Option(names = "--no-checks", description = "Only run; look for no races.")
  private boolean noChecks;

  @Option(
      names = "--worst-approx",
      description = "Let approximate instructions err as far as the PTX ISA allows, by the seed.")
  private boolean worstApprox;

  @Option(
      names = "--limit",
      defaultValue = "60",
      paramLabel = "TIME",
      description = "Stop a kernel after this time in one schedule (60s).")
  private String limit;

  @Mixin private ReportOptions report;
  @Spec private CommandSpec command;

  /** A case that is done: its report, its text, and whether something is wrong with it. */
  private record Done(CheckReport.Case json, String text, boolean findings) {}

  @Override
  public Integer call() throws InterruptedException {
    GpuSpec chip = GpuSpec.of(gpu);
    if (schedules < 1) {
      throw new InputException("--schedules " + schedules + ": at least 1");
    }
    Launch.Options options =
        Launch.Options.DEFAULT
            .seed(seed)
            .checks(!noChecks)
            .worstApproximations(worstApprox)
            .counters(counters || report.isJson())
            .worstApproximations(worstApprox)
            .limits(Long.MAX_VALUE, Numbers.duration("--limit", limit));
    return files.isEmpty() ? shipped(chip, options) : named(chip, options);
  }

  /** One after the other: a case may read what one before it wrote. */
  private int named(GpuSpec chip, Launch.Options options) {
    List<Done> all = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    try (Progress progress = report.progress()) {
      for (Path file : files) {
        progress.step(file.toString(), all.size() / (double) files.size());
        try {
          CheckedSchedules checked = run(CheckCase.read(file), chip, options);
          checked.of.write(checked.first());
          all.add(
              new Done(
                  CheckReport.Case.of(checked, null),
                  CheckText.of(checked)
                      + (counters ? CountersReport.text(checked.first().report()) : ""),
                  !checked.findings().isEmpty()));
        } catch (InputException e) {
          faults.add(e.getMessage());
          all.add(new Done(CheckReport.Case.faulty(file.toString(), e.getMessage()), "", false));
        }
      }
    }
    print(chip, all, "");
    for (String fault : faults) {
      command.commandLine().getErr().println(command.qualifiedName() + ": " + Main.oneLine(fault));
    }
    command.commandLine().getErr().flush();
    return !faults.isEmpty() ? Main.FAULTY_INPUT : code(all);
  }

  private int shipped(GpuSpec chip, Launch.Options options) throws InterruptedException {
    List<Path> cases = ShippedCases.list();
    Launch.Options limited = options.limits(SHIPPED_STEPS, options.time());
    long begin = System.nanoTime();
    ExecutorService pool =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            work -> {
              Thread thread = new Thread(work, "tilewright-check");
              thread.setDaemon(true);
              return thread;
            });
    List<Done> all = new ArrayList<>();
    try (Progress progress = report.progress()) {
      List<Future<Done>> futures = new ArrayList<>();
      for (Path file : cases) {
        futures.add(pool.submit(() -> shipped(file, chip, limited)));
      }
      for (int i = 0; i < cases.size(); i++) {
        progress.step(cases.get(i).getFileName().toString(), i / (double) cases.size());
        all.add(futures.get(i).get());
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } finally {
      pool.shutdownNow();
    }
    long wrong = all.stream().filter(Done::findings).count();
    double seconds = (System.nanoTime() - begin) / 1e9;
    print(
        chip,
        all,
        String.format(
            "%d kernels on %s, %s in %.1f s%n",
            all.size(),
            chip.name(),
            wrong == 0 ? "all as they should be" : wrong + " NOT as they should be",
            seconds));
    return code(all);
  }

  private CheckedSchedules run(CheckCase read, GpuSpec chip, Launch.Options options) {
    try {
      return CheckedSchedules.run(read, chip, options, schedules);
    } catch (InputException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalStateException(read.path() + ": the engine failed: " + e, e);
    }
  }

  private Done shipped(Path file, GpuSpec chip, Launch.Options options) {
    CheckCase read = CheckCase.read(file);
    CheckedSchedules checked = run(read, chip, options);
    CaseExpectation expectation = new CaseExpectation(read);
    List<String> wrong =
        expectation.compare(
            checked.findings().stream().map(CheckedSchedules.Found::finding).toList(),
            checked.first());
    return new Done(
        CheckReport.Case.of(checked, wrong),
        CheckText.shipped(checked, expectation.planted(), wrong),
        !wrong.isEmpty());
  }

  private static int code(List<Done> all) {
    return all.stream().anyMatch(Done::findings) ? FINDINGS : Main.FINE;
  }

  private void print(GpuSpec chip, List<Done> all, String end) {
    StringBuilder text = new StringBuilder();
    all.forEach(d -> text.append(d.text()));
    report.report(new CheckReport(chip.name(), all.stream().map(Done::json).toList()), text + end);
  }
}
