package dev.tilewright.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tilewright.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The verb {@code bench} of the command line {@code tw}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measure an op against other libraries.",
      "Results are checked against float64 first; contenders take turns in every round; medians."
    },
    footer = {
      "",
      "Baselines are fetched by Maven when they are asked for and kept in"
          + " ~/.cache/tilewright/bench:",
      "  torch (110 MB)   libtorch through its JavaCPP preset",
      "  mkl (160 MB)     MKL's real transforms; mkl-right-angle: complex ones, our way",
      "  fftw (2 MB)      FFTW's real transforms, planned with FFTW_MEASURE",
      "  pytorch          the wheel that --python has",
      "  choco, cpsat     choco-solver, OR-Tools CP-SAT and JMH (38 MB), for constrint; loops are"
          + " ours by hand",
      "  sim fetches JMH alone (3 MB)",
      "They and the probes of the machine are built by g++ on first use.",
      "",
      "Exit code 4 when a result of ours is wrong."
    })
public final class BenchCommand implements Callable<Integer> {
  private static final int FFT_ROUNDS = 9;
  private static final int TILE_ROUNDS = 9;
  private static final int FINE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_RESULT = 4;

  @Parameters(
      paramLabel = "OP",
      description = {
        "What to measure: fftconv; tiles, the time model's pick against every other tile of",
        "fftconv; constrint, the solver on tiles of recurrent layers; sim, kernels on the",
        "simulated GPU."
      })
  private String op;

  @Option(
      names = "--device",
      defaultValue = "cpu",
      description = "Device of ours (${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--baseline",
      split = ",",
      paramLabel = "NAME",
      description = {
        "fftconv: of torch, mkl, mkl-right-angle, fftw, pytorch.",
        "constrint: of choco, cpsat, loops, loops-reduced."
      })
  private List<String> baselines = new ArrayList<>();

  @Option(
      names = "--python",
      paramLabel = "PATH",
      description = "Interpreter that has PyTorch, for the baseline pytorch.")
  private String python;

  @Option(
      names = "--case",
      paramLabel = "KEY=VALUE,...",
      description = {
        "B=2,H=64,L=4096,Lk=4096,mode=causal|circular|bidirectional,gated=false|true,",
        "filter=uncached|cached,pass=forward|backward|forward+backward|step,dtype=f32|f16|bf16,",
        "sparse=FACTOR:KEPTxFACTOR:KEPT... (frequencies kept of a cyclic transform);",
        "only L must be there. constrint: D=64,H=12,B=16,pass=forward|backward; D and B.",
        "Repeatable; without any, a set that covers them."
      })
  private List<String> cases = new ArrayList<>();

  @Option(names = "--rounds", description = "Rounds (9; constrint, sim: 1, of seconds each).")
  private Integer rounds;

  @Option(
      names = "--json",
      paramLabel = "FILE|-",
      description = "Write the report as JSON to a file or to stdout.")
  private String json;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress.")
  private boolean quiet;

  @Spec private CommandSpec spec;

  /** Made by the command line. */
  public BenchCommand() {}

  @Override
  public Integer call() throws IOException {
    if (rounds != null && rounds < 1) {
      throw faulty("--rounds " + rounds + " must be at least 1");
    }
    try {
      return switch (op) {
        case "fftconv" -> fftConv();
        case "constrint" -> constrint();
        case "tiles" -> tiles();
        case "sim" -> sim();
        default ->
            throw faulty(
                "nothing is known of '"
                    + op
                    + "'; what can be measured: fftconv, tiles, constrint, sim");
      };
    } catch (BaselineException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(spec.qualifiedName() + ": " + e.getMessage());
      err.flush();
      return FAILED;
    }
  }

  private int constrint() throws IOException {
    knowsBaselines(TileSearchBench.BASELINES);
    List<RnnShape> shapes = new ArrayList<>();
    try {
      cases.forEach(text -> shapes.add(RnnShape.parse(text)));
    } catch (IllegalArgumentException e) {
      throw faulty(e.getMessage());
    }
    if (shapes.isEmpty()) {
      shapes.addAll(RnnShape.five(false));
      shapes.addAll(RnnShape.five(true));
    }
    try (Device cpu = Device.open("cpu");
        Progress progress = progress(1);
        TileSearchBench bench = new TileSearchBench(baselines, progress)) {
      Map<String, Object> environment = EnvironmentReport.of(cpu, bench.libraries());
      List<TileSearchRow> rows = bench.run(shapes, rounds == null ? 1 : rounds, progress);
      write(
          TileSearchReport.json(environment, rows), () -> TileSearchReport.text(environment, rows));
      return rows.stream().allMatch(TileSearchRow::passed) ? FINE : WRONG_RESULT;
    }
  }

  private int tiles() throws IOException {
    knowsBaselines(List.of());
    List<FftConvCase> problems = problems(TileBench.defaults());
    List<TileBench.Regret> rows = new ArrayList<>();
    try (Device opened = Device.open(device);
        Progress progress = progress(problems.size())) {
      Map<String, Object> environment = EnvironmentReport.of(opened, Map.of());
      TileBench bench = new TileBench(opened, rounds == null ? TILE_ROUNDS : rounds);
      for (FftConvCase problem : problems) {
        progress.nextCase();
        rows.add(bench.run(problem, progress));
      }
      write(TileReport.json(environment, rows), () -> TileReport.text(environment, rows));
    }
    return FINE;
  }

  private int sim() throws IOException {
    knowsBaselines(List.of());
    if (!cases.isEmpty()) {
      throw faulty("sim has no cases to choose from");
    }
    try (Device cpu = Device.open("cpu");
        Progress progress = progress(1);
        SimBench bench = new SimBench(progress)) {
      Map<String, Object> environment =
          EnvironmentReport.of(cpu, Map.of("jmh", Archives.versions().getProperty("jmh")));
      List<SimBench.Row> rows = bench.run(rounds == null ? 1 : rounds, progress);
      write(SimReport.json(environment, rows), () -> SimReport.text(environment, rows));
      return rows.stream().allMatch(row -> row.failure.isEmpty()) ? FINE : WRONG_RESULT;
    }
  }

  private Progress progress(int cases) {
    return new Progress(spec.commandLine().getErr(), !quiet && Progress.isTerminal(), cases);
  }

  private int fftConv() throws IOException {
    knowsBaselines(FftConvBench.BASELINES);
    if (baselines.contains("pytorch") && python == null) {
      throw faulty("baseline pytorch needs --python PATH, an interpreter that has PyTorch");
    }
    List<FftConvCase> problems = problems(DefaultCases.fftConv());
    List<BenchRow> rows = new ArrayList<>();
    Map<String, Object> environment;
    try (Device opened = Device.open(device);
        Progress progress = progress(problems.size());
        FftConvBench bench = new FftConvBench(opened, baselines, python, progress)) {
      environment = bench.environment();
      for (FftConvCase problem : problems) {
        progress.nextCase();
        rows.add(bench.run(problem, rounds == null ? FFT_ROUNDS : rounds, progress));
      }
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("schema", 1);
    report.put("environment", environment);
    report.put("rows", rows.stream().map(BenchRow::toMap).toList());
    write(report, () -> TextReport.of(environment, rows));
    return rows.stream().allMatch(BenchRow::passed) ? FINE : WRONG_RESULT;
  }

  private List<FftConvCase> problems(List<FftConvCase> defaults) {
    if (cases.isEmpty()) {
      return defaults;
    }
    try {
      List<FftConvCase> problems = new ArrayList<>();
      for (String text : cases) {
        FftConvCase problem = FftConvCase.parse(text);
        problem.elements(); // told now and not after minutes
        problems.add(problem);
      }
      return problems;
    } catch (IllegalArgumentException e) {
      throw faulty(e.getMessage());
    } catch (ArithmeticException e) {
      throw faulty("a case of 2^31 elements or more is too large for the bench");
    }
  }

  private ParameterException faulty(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void knowsBaselines(List<String> known) {
    for (String name : baselines) {
      if (!known.contains(name)) {
        throw faulty("unknown baseline '" + name + "'; known: " + known);
      }
    }
  }

  /** As JSON where it was asked for, else as text. */
  private void write(Map<String, Object> report, Supplier<String> text) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json == null) {
      out.print(text.get());
      out.flush();
      return;
    }
    String document =
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report);
    if (json.equals("-")) {
      out.println(document);
      out.flush();
    } else {
      Files.writeString(Path.of(json), document + "\n");
    }
  }
}
