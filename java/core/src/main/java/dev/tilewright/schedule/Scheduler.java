package dev.tilewright.schedule;

import dev.tilewright.InvalidSpecException;
import dev.tilewright.MachineSpec;
import dev.tilewright.NoFeasibleTileException;
import dev.tilewright.constrint.Query;
import dev.tilewright.constrint.Rule;
import dev.tilewright.constrint.RuleException;
import dev.tilewright.constrint.Solver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/**
 * Chooses tiles: from the user's store, else from the schedules that the library ships, else by
 * enumerating the tile space and asking the kernel's time model. Nothing is measured. An answer
 * takes milliseconds the first time and about a microsecond after that. Thread-safe; threads that
 * ask the same at once solve it once.
 */
public final class Scheduler {
  /** Answers that are kept; the least recently used goes first. */
  private static final int CACHED = 4096;

  /** Tiles that are looked at; a space that has more is cut, in the order of its query. */
  private static final int MOST_TILES = 1 << 18;

  /** What naming the rules that conflict may take; a second is much. */
  private static final Duration CONFLICT = Duration.ofSeconds(10);

  private record Question(Kernel<?> kernel, Object spec, MachineSpec machine) {}

  private final ScheduleStore user;
  private final ScheduleStore shipped;
  private final int capacity;
  private final Reports reports = new Reports();

  /** Guarded by itself; the order is that of use. */
  private final Map<Question, FutureTask<Schedule>> answers =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, FutureTask<Schedule>> eldest) {
          return size() > capacity;
        }
      };

  private long generation;

  /** Made at first use, so that nothing is read before a schedule is asked for. */
  private static final class Shared {
    static final Scheduler INSTANCE = new Scheduler(ScheduleStore.open(ScheduleStore.userPath()));
  }

  private static final class Shipped {
    static final ScheduleStore STORE = ScheduleStore.resource("shipped.json");
  }

  /** The scheduler of this process, over {@link ScheduleStore#userPath}. */
  public static Scheduler shared() {
    return Shared.INSTANCE;
  }

  /** A scheduler over a store of one's own and the schedules that the library ships. */
  public Scheduler(ScheduleStore user) {
    this(user, Shipped.STORE, CACHED);
  }

  Scheduler(ScheduleStore user, ScheduleStore shipped, int capacity) {
    this.user = user;
    this.shipped = shipped;
    this.capacity = capacity;
  }

  /** The user's store; what is put there is used from the next call on. */
  public ScheduleStore store() {
    return user;
  }

  /**
   * The schedule of a problem.
   *
   * @throws NoFeasibleTileException with the smallest set of constraints that conflict, when no
   *     tile is legal or none of the legal ones can run
   * @throws dev.tilewright.TilewrightException what the kernel throws for a machine that it does
   *     not run on
   */
  public <S> Schedule schedule(Kernel<S> kernel, S spec, MachineSpec machine) {
    Question question = new Question(kernel, spec, machine);
    FutureTask<Schedule> answer;
    boolean mine = false;
    synchronized (answers) {
      if (generation != user.generation()) {
        answers.clear();
        generation = user.generation();
      }
      answer = answers.get(question);
      if (answer == null) {
        answer = new FutureTask<>(() -> choose(kernel, spec, machine));
        answers.put(question, answer);
        mine = true;
      }
    }
    if (mine) {
      answer.run();
    }
    boolean keep = false;
    try {
      Schedule schedule = await(answer);
      keep = true;
      return schedule;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NoFeasibleTileException cause) {
        keep = true;
        throw mine ? cause : new NoFeasibleTileException(cause);
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new AssertionError("choosing throws no checked exception", e.getCause());
    } finally {
      if (mine && !keep) {
        synchronized (answers) {
          answers.remove(question, answer); // the fault may be gone next time
        }
      }
    }
  }

  /** Waits for the thread that solves; an interrupt is kept for later, since the wait is short. */
  private static Schedule await(FutureTask<Schedule> answer) throws ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return answer.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Forgets the answers, so that the store is looked at again. */
  public void clear() {
    synchronized (answers) {
      answers.clear();
    }
  }

  /** The best tile so far; the first one where none can run. */
  private static final class Best {
    Tile tile;
    double seconds = Double.POSITIVE_INFINITY;

    void take(Tile candidate, double time) {
      if (tile == null || time < seconds) {
        seconds = time;
        tile = candidate;
      }
    }
  }

  private <S> Schedule choose(Kernel<S> kernel, S spec, MachineSpec machine) {
    ScheduleKey key = ScheduleKey.of(kernel, spec, machine);
    Optional<Schedule> stored = legal(user.find(key), kernel, spec, machine);
    if (stored.isPresent()) {
      return stored.get();
    }
    Optional<Schedule> known = legal(shipped.find(key), kernel, spec, machine);
    if (known.isPresent()) {
      return with(known.get(), Schedule.Source.SHIPPED);
    }
    Best best = new Best();
    long tiles =
        enumerate(
            kernel,
            spec,
            machine,
            tile -> best.take(tile, kernel.seconds(spec, machine, tile)),
            () -> {}); // seeing a tile twice changes nothing
    if (best.seconds == Double.POSITIVE_INFINITY) {
      String reason = best.tile == null ? null : kernel.predict(spec, machine, best.tile).bound();
      throw infeasible(kernel, spec, machine, reason, tiles);
    }
    return new Schedule(
        key.kernel(),
        key.problem(),
        key.machine(),
        best.tile,
        Schedule.Source.MODEL,
        best.seconds,
        Double.NaN,
        tiles);
  }

  private static Schedule with(Schedule schedule, Schedule.Source source) {
    return new Schedule(
        schedule.kernel(),
        schedule.problem(),
        schedule.machine(),
        schedule.tile(),
        source,
        schedule.predictedSeconds(),
        schedule.measuredSeconds(),
        schedule.legalTiles());
  }

  /** Drops a stored schedule whose tile the rules do not allow, whoever wrote it. */
  private <S> Optional<Schedule> legal(
      Optional<Schedule> found, Kernel<S> kernel, S spec, MachineSpec machine) {
    if (found.isEmpty() || isLegal(kernel, spec, machine, found.get().tile())) {
      return found;
    }
    reports.once(
        "a stored tile of "
            + kernel.name()
            + " for "
            + kernel.problem(spec)
            + " breaks the rules and is not used: "
            + ScheduleFile.shorten(found.get().tile().key()));
    return Optional.empty();
  }

  /**
   * Whether the rules allow a tile: it names exactly the kernel's parameters, and its values
   * satisfy the tile space.
   */
  @SuppressWarnings("try") // held for its closing
  public <S> boolean isLegal(Kernel<S> kernel, S spec, MachineSpec machine, Tile tile) {
    if (!new HashSet<>(kernel.parameters()).equals(tile.values().keySet())) {
      return false;
    }
    Map<String, Long> bound = new LinkedHashMap<>(kernel.constants(spec, machine));
    for (Map.Entry<String, Long> value : tile.values().entrySet()) {
      Long constant = bound.putIfAbsent(value.getKey(), value.getValue());
      boolean fine =
          constant != null
              ? constant.equals(value.getValue())
              : kernel.space().rules().allows(value.getKey(), value.getValue());
      if (!fine) {
        return false;
      }
    }
    try (Interrupts held = Interrupts.hold()) {
      Query query = Query.first().nodes(MOST_TILES);
      return Solver.of(kernel.space().rules(), bound).solve(query).satisfiable();
    } catch (IllegalArgumentException | RuleException e) {
      return false; // a value outside of its declared domain
    }
  }

  /**
   * All legal tiles with their predictions, best first; those that cannot run come last. Ties keep
   * the order of the kernel's query.
   *
   * @throws NoFeasibleTileException when no tile is legal
   */
  public <S> List<Ranked> rank(Kernel<S> kernel, S spec, MachineSpec machine) {
    List<Ranked> all = new ArrayList<>();
    enumerate(
        kernel,
        spec,
        machine,
        tile -> all.add(new Ranked(tile, kernel.predict(spec, machine, tile))),
        all::clear);
    if (all.isEmpty()) {
      throw infeasible(kernel, spec, machine, null, 0);
    }
    all.sort(Comparator.comparingDouble(ranked -> ranked.prediction().seconds()));
    return all;
  }

  /** Gives each legal tile to the taker; returns how many there are. */
  private static <S> long enumerate(
      Kernel<S> kernel, S spec, MachineSpec machine, Consumer<Tile> taker, Runnable reset) {
    Map<String, Long> constants = kernel.constants(spec, machine);
    Solver solver = Solver.of(kernel.space().rules(), constants);
    List<String> variables = solver.variables();
    String[] names = kernel.parameters().toArray(String[]::new);
    int[] index = new int[names.length]; // of the solution's value; -1: the value is bound
    long[] bound = new long[names.length];
    for (int i = 0; i < names.length; i++) {
      Long constant = constants.get(Tile.checkedName(names[i]));
      index[i] = constant != null ? -1 : variables.indexOf(names[i]);
      bound[i] = constant != null ? constant : 0;
      if (index[i] < 0 && constant == null) {
        throw new InvalidSpecException(
            "parameter of kernel " + kernel.name(),
            names[i],
            "a variable of " + kernel.space().rules().source() + ": " + variables);
      }
    }
    long[] count = new long[1];
    Solver.Visitor visitor =
        values -> {
          long[] tile = bound.clone();
          for (int i = 0; i < tile.length; i++) {
            if (index[i] >= 0) {
              tile[i] = values[index[i]];
            }
          }
          taker.accept(new Tile(names, tile));
          return ++count[0] < MOST_TILES;
        };
    try (Interrupts held = Interrupts.hold()) {
      while (!solver.forEach(kernel.query(), visitor).complete() && held.taken()) {
        count[0] = 0; // an interrupt cut the search short: once more from the start
        reset.run();
      }
    }
    return count[0];
  }

  @SuppressWarnings("try") // held for its closing
  private static <S> NoFeasibleTileException infeasible(
      Kernel<S> kernel, S spec, MachineSpec machine, String reason, long tiles) {
    String problem = kernel.name() + " for " + kernel.problem(spec) + " on " + machine.name();
    if (tiles > 0) {
      return new NoFeasibleTileException(
          problem, List.of("all " + tiles + " tiles that the rules allow fail: " + reason));
    }
    try (Interrupts held = Interrupts.hold()) {
      Solver solver = Solver.of(kernel.space().rules(), kernel.constants(spec, machine));
      Query query = Query.first().time(CONFLICT);
      List<String> conflict = solver.whyNot(query).stream().map(Rule::toString).toList();
      if (conflict.isEmpty()) {
        // Too hard to narrow down within the limit, though the search itself found nothing.
        conflict = List.of("all rules of " + kernel.space().rules().source() + " together");
      }
      return new NoFeasibleTileException(problem, conflict);
    }
  }
}
