package dev.tilewright.cli;

import dev.tilewright.Device;
import dev.tilewright.MachineSpec;
import dev.tilewright.cli.ProblemOptions.Problem;
import dev.tilewright.schedule.Ranked;
import dev.tilewright.schedule.Schedule;
import dev.tilewright.schedule.ScheduleKey;
import dev.tilewright.schedule.ScheduleStore;
import dev.tilewright.schedule.Scheduler;
import dev.tilewright.schedule.Tile;
import dev.tilewright.schedule.TuneJournal;
import dev.tilewright.tune.Budget;
import dev.tilewright.tune.Result;
import dev.tilewright.tune.Strategy;
import dev.tilewright.tune.Trials;
import dev.tilewright.tune.Tunable;
import dev.tilewright.tune.Tuner;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tries the legal tiles of one problem and stores the fastest. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    description = {
      "Find the fastest tile of one problem on a device, and store it for later plans.",
      "With --gpu nothing runs: the tiles are ranked by the time model."
    },
    footer = {
      "",
      "Every tile is compared with the float64 oracle before it is timed. Each result is",
      "written down as it comes: after Ctrl-C or a crash, --resume goes on from there.",
      "",
      "Example: ./tw tune fftconv --device cpu --shape B=2,H=64,L=16384 --budget 60s"
    })
final class TuneCommand implements Callable<Integer> {
  private static final Budget DEFAULT_BUDGET = Budget.of(Duration.ofSeconds(60));

  @Mixin private ProblemOptions options;

  @Option(
      names = "--strategy",
      defaultValue = "model",
      description = {
        "model: best predicted first; exhaustive: all of them in that order; random: seeded;",
        "local: one parameter step from the best so far (default: ${DEFAULT-VALUE})."
      })
  private Strategy strategy;

  @Option(
      names = "--budget",
      paramLabel = "60s|200",
      description = "Time, or a number of tiles (default: 60s; none with exhaustive).")
  private String budgetText;

  @Option(
      names = "--resume",
      description = "Go on from what an earlier search of this problem wrote down.")
  private boolean resume;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Of the random order (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private ReportOptions report;

  @Override
  public Integer call() {
    long begun = System.nanoTime();
    Budget budget =
        budgetText != null
            ? Budget.parse(budgetText)
            : strategy == Strategy.EXHAUSTIVE ? Budget.UNLIMITED : DEFAULT_BUDGET;
    Tunable<?> op = options.op();
    if (options.isModelled()) {
      return rank(options.problem(op, options.machine()));
    }
    Tuner.Settings settings = new Tuner.Settings(strategy, budget, seed);
    try (Device device = options.openDevice()) {
      return tune(op, device, settings, begun);
    }
  }

  /** Without a device: what the model says. */
  private <S> int rank(Problem<S> problem) {
    List<Ranked> ranked =
        new Scheduler(ScheduleStore.inMemory())
            .rank(problem.kernel(), problem.spec(), problem.machine());
    TuneReport.Ranking ranking = new TuneReport.Ranking(problem, ranked);
    report.report(ranking.data(), ranking.text());
    return ranked.get(0).prediction().possible() ? Main.FINE : Main.FAILED;
  }

  private <S> int tune(Tunable<S> op, Device device, Tuner.Settings settings, long begun) {
    MachineSpec machine = device.spec();
    Problem<S> problem = options.problem(op, machine);
    ScheduleStore store = ScheduleStore.open(ScheduleStore.userPath());
    List<Ranked> ranked =
        new Scheduler(store)
            .rank(problem.kernel(), problem.spec(), machine).stream()
                .filter(r -> r.prediction().possible())
                .toList();
    List<Tile> tiles = ranked.stream().map(Ranked::tile).toList();
    ScheduleKey key = ScheduleKey.of(problem.kernel(), problem.spec(), machine);
    TuneJournal journal = store.journal(key);
    if (!resume) {
      journal.delete();
    }
    Tuner.Outcome outcome;
    int resumed;
    try (Progress progress = report.progress()) {
      progress.step("computing the float64 reference");
      try (Trials trials = op.trials(problem.spec(), device)) {
        Tuner tuner = new Tuner(trials, tiles, journal, settings, listener(progress, tiles.size()));
        resumed = tuner.resumed();
        Interrupts interrupts = Interrupts.handle(tuner::stop);
        try {
          outcome = tuner.run(begun);
        } finally {
          interrupts.close();
        }
      }
    }
    String stored = store(problem, store, key, ranked, outcome);
    TuneReport done =
        new TuneReport(
            problem,
            device.name(),
            settings,
            ranked,
            outcome,
            resumed,
            stored,
            (System.nanoTime() - begun) * 1e-9);
    report.report(done.data(), done.text());
    boolean wrong = outcome.results().stream().anyMatch(r -> r.outcome() == Result.Outcome.WRONG);
    return wrong ? Main.WRONG_RESULT : stored == null ? Main.FAILED : Main.FINE;
  }

  private static Tuner.Listener listener(Progress progress, int legal) {
    return new Tuner.Listener() {
      @Override
      public void tried(Result result, int tried, double share, double bestSeconds) {
        progress.step(tried + " of " + legal + " tiles, best " + Numbers.time(bestSeconds), share);
      }

      @Override
      public void finals(int finalists) {
        progress.step("timing the best " + finalists + " once more", 1);
      }
    };
  }

  /** Stores the winner; returns where, or null when there is none or it could not be stored. */
  private static <S> String store(
      Problem<S> problem,
      ScheduleStore store,
      ScheduleKey key,
      List<Ranked> ranked,
      Tuner.Outcome outcome) {
    if (outcome.winner() == null) {
      return null;
    }
    double predicted =
        ranked.stream()
            .filter(r -> r.tile().equals(outcome.winner()))
            .mapToDouble(r -> r.prediction().seconds())
            .findFirst()
            .orElse(Double.NaN);
    boolean written =
        store.put(
            key,
            new Schedule(
                key.kernel(),
                key.problem(),
                key.machine(),
                outcome.winner(),
                Schedule.Source.STORE,
                predicted,
                outcome.seconds(),
                ranked.size()));
    // Read back as another process will: what it would not use is not stored.
    ScheduleStore fresh = ScheduleStore.open(ScheduleStore.userPath());
    Schedule used =
        new Scheduler(fresh).schedule(problem.kernel(), problem.spec(), problem.machine());
    boolean found = used.source() == Schedule.Source.STORE && used.tile().equals(outcome.winner());
    return written && found ? ScheduleStore.userPath().toString() : null;
  }
}
