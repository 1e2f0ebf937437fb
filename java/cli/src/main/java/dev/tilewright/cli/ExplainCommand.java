package dev.tilewright.cli;

import dev.tilewright.NoFeasibleTileException;
import dev.tilewright.cli.ProblemOptions.Problem;
import dev.tilewright.schedule.Ranked;
import dev.tilewright.schedule.Schedule;
import dev.tilewright.schedule.ScheduleStore;
import dev.tilewright.schedule.Scheduler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows which tile a plan takes and why, or why there is none. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Show which tile an op takes on a machine, and why.",
      "Nothing runs: the machine need not be here."
    },
    footer = {
      "",
      "Exit code 1 when no tile is legal; the rules that conflict are listed.",
      "",
      "Example: ./tw explain rnn --gpu h100 --shape B=16,H=12,D=64"
    })
final class ExplainCommand implements Callable<Integer> {
  @Mixin private ProblemOptions options;
  @Mixin private ReportOptions report;

  @Override
  public Integer call() {
    return explain(options.problem(options.op(), options.machine()));
  }

  private <S> int explain(Problem<S> problem) {
    Scheduler scheduler = new Scheduler(ScheduleStore.open(ScheduleStore.userPath()));
    ExplainReport done;
    try {
      long start = System.nanoTime();
      List<Ranked> ranked = scheduler.rank(problem.kernel(), problem.spec(), problem.machine());
      double seconds = (System.nanoTime() - start) * 1e-9;
      Schedule schedule = scheduler.schedule(problem.kernel(), problem.spec(), problem.machine());
      done = new ExplainReport(problem, constants(problem), ranked, seconds, schedule, List.of());
    } catch (NoFeasibleTileException e) {
      done =
          new ExplainReport(problem, constants(problem), List.of(), Double.NaN, null, e.conflict());
    }
    report.report(done.data(), done.text());
    return done.schedule() == null ? Main.FAILED : Main.FINE;
  }

  private static <S> Map<String, Long> constants(Problem<S> problem) {
    return problem.kernel().constants(problem.spec(), problem.machine());
  }
}
