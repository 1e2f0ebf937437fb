package dev.tilewright.cli;

import dev.tilewright.constrint.Order;
import dev.tilewright.constrint.Query;
import dev.tilewright.constrint.Result;
import dev.tilewright.constrint.Rule;
import dev.tilewright.constrint.RuleException;
import dev.tilewright.constrint.RuleSet;
import dev.tilewright.constrint.Solver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Solves a rule file. */
@Command(
    name = "solve",
    mixinStandardHelpOptions = true,
    description = "Solve a file of integer constraints, such as a kernel's tile space.",
    footer = {
      "",
      "Exit codes: 0 satisfiable, 1 not satisfiable or not known within the limits,",
      "2 a faulty file or command.",
      "",
      "Example: echo 'A * B == 24; A %% 3 == 0; maximize A - B' | ./tw solve - --best"
    })
final class SolveCommand implements Callable<Integer> {
  private static final int MAX_BYTES = 64 << 20;

  @Parameters(paramLabel = "FILE", description = "The rules; - reads stdin.")
  private String file;

  @Option(
      names = "--const",
      paramLabel = "NAME=VALUE",
      description = "The value of a constant or a variable; once for each.")
  private List<String> constants = List.of();

  /** What is asked. */
  enum Question {
    FIRST(Query.first()),
    ALL(Query.all()),
    COUNT(Query.count()),
    BEST(Query.best());

    private final Query query;

    Question(Query query) {
      this.query = query;
    }
  }

  /** The flags of which one may be given. */
  static final class Mode {
    @Option(
        names = "--first",
        description = "The first solution in the order of --order (the default).")
    private boolean first;

    @Option(names = "--all", description = "All solutions.")
    private boolean all;

    @Option(names = "--count", description = "How many solutions there are.")
    private boolean count;

    @Option(names = "--best", description = "The best by the file's maximize or minimize.")
    private boolean best;

    private Question question() {
      return all ? Question.ALL : count ? Question.COUNT : best ? Question.BEST : Question.FIRST;
    }
  }

  @ArgGroup(exclusive = true)
  private Mode mode = new Mode();

  @Option(
      names = "--order",
      split = ",",
      paramLabel = "NAME:largest|smallest",
      description =
          "Which variables are decided first, and whether their largest or smallest values come"
              + " first (default: smallest).")
  private List<String> order = List.of();

  @Option(names = "--limit", paramLabel = "N", description = "Stop after N solutions.")
  private Long limit;

  @Option(names = "--nodes", paramLabel = "N", description = "Stop after N decisions.")
  private Long nodes;

  @Option(
      names = "--time",
      paramLabel = "10s|500ms|2m",
      description = "Stop after this time; what was found until then is shown.")
  private String time;

  @Mixin private ReportOptions report;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    RuleSet rules;
    try {
      rules = RuleSet.parse(file.equals("-") ? "stdin" : file, read());
    } catch (RuleException e) {
      return faulty(e);
    }
    if (rules.ignoresParentheses() && !report.isQuiet()) {
      spec.commandLine()
          .getErr()
          .println(
              "tw solve: note: parentheses do not group in a .constrint file that uses nothing new;"
                  + " rename it to .tiles where they should");
      spec.commandLine().getErr().flush();
    }
    Solver solver;
    try {
      solver = Solver.of(rules, constants());
    } catch (RuleException e) {
      return faulty(e);
    } catch (IllegalArgumentException e) {
      throw new InputException("--const: " + e.getMessage(), e);
    }
    Question question = mode.question();
    if (question == Question.BEST && rules.objective().isEmpty()) {
      throw new InputException("--best: " + file + " has no maximize or minimize");
    }
    Query base = question == Question.FIRST && limit != null ? Query.all() : question.query;
    Query query = limited(ordered(base, solver.variables()));
    SolveReport result = new SolveReport(question, solver.variables(), limits());
    boolean found;
    if (question == Question.ALL && !report.isJson()) {
      found = streamed(solver, query, result);
    } else {
      found = solved(rules, solver, query, result);
    }
    return found ? Main.FINE : Main.FAILED;
  }

  private boolean solved(RuleSet rules, Solver solver, Query query, SolveReport text) {
    Result result;
    try (Progress progress = report.progress()) {
      progress.step("solving " + file);
      result = solver.solve(query);
    }
    List<Rule> conflict = conflict(solver, query, result);
    if (report.isJson()) {
      report.stream(generator -> SolveReport.json(generator, result, conflict));
    } else {
      report.report(null, text.text(rules, result, conflict));
    }
    return result.satisfiable();
  }

  /** Rows appear as they are found. */
  private boolean streamed(Solver solver, Query query, SolveReport text) {
    RowTable table = new RowTable(solver.variables(), report::line);
    Result result =
        solver.forEach(
            query,
            values -> {
              table.add(values);
              return !report.isClosed();
            });
    table.flush();
    report.report(null, text.summary(result, conflict(solver, query, result)));
    return result.satisfiable();
  }

  private static List<Rule> conflict(Solver solver, Query query, Result result) {
    return result.satisfiable() || !result.complete() ? List.of() : solver.whyNot(query);
  }

  private int faulty(RuleException e) {
    spec.commandLine().getErr().println("tw solve: " + e.getMessage());
    spec.commandLine().getErr().flush();
    return Main.FAULTY_INPUT;
  }

  private String read() {
    byte[] bytes;
    try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (InvalidPathException e) {
      throw new InputException(file + ": not a path", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot read: " + OutputFiles.reason(e), e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new InputException(file + ": larger than " + Numbers.bytes(MAX_BYTES));
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private Map<String, Long> constants() {
    Map<String, Long> values = new LinkedHashMap<>();
    for (String constant : constants) {
      int equals = constant.indexOf('=');
      if (equals < 1) {
        throw new InputException("--const " + constant + ": not NAME=VALUE");
      }
      String name = constant.substring(0, equals).strip();
      String value = constant.substring(equals + 1).strip();
      try {
        values.put(name, Long.valueOf(value));
      } catch (NumberFormatException e) {
        throw new InputException(
            "--const " + constant + ": '" + value + "' is not an integer of 64 bits", e);
      }
    }
    return values;
  }

  private Query ordered(Query query, List<String> variables) {
    List<String> seen = new ArrayList<>();
    for (String item : order) {
      int colon = item.indexOf(':');
      String name = (colon < 0 ? item : item.substring(0, colon)).strip();
      String values = colon < 0 ? "smallest" : item.substring(colon + 1).strip();
      if (!variables.contains(name)) {
        throw new InputException(
            "--order: no variable '" + name + "'; there: " + String.join(", ", variables));
      }
      if (seen.contains(name)) {
        throw new InputException("--order: " + name + " twice");
      }
      seen.add(name);
      query =
          switch (values.toLowerCase(Locale.ROOT)) {
            case "smallest" -> query.order(name, Order.SMALLEST);
            case "largest" -> query.order(name, Order.LARGEST);
            default -> throw new InputException("--order " + item + ": allowed: largest, smallest");
          };
    }
    return query;
  }

  private Query limited(Query query) {
    if (limit != null) {
      query = query.limit(atLeastOne("--limit", limit));
    }
    if (nodes != null) {
      query = query.nodes(atLeastOne("--nodes", nodes));
    }
    if (time != null) {
      query = query.time(Numbers.duration("--time", time));
    }
    return query;
  }

  /** The limits as the user gave them. */
  private List<String> limits() {
    List<String> limits = new ArrayList<>();
    if (limit != null) {
      limits.add("--limit " + limit);
    }
    if (nodes != null) {
      limits.add("--nodes " + nodes);
    }
    if (time != null) {
      limits.add("--time " + time);
    }
    return limits;
  }

  private static long atLeastOne(String option, long value) {
    if (value < 1) {
      throw new InputException(option + " " + value + ": at least 1");
    }
    return value;
  }
}
