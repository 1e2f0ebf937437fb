package dev.tilewright.cli;

import dev.tilewright.TilewrightException;
import dev.tilewright.schedule.Schedule;
import dev.tilewright.schedule.ScheduleStore;
import dev.tilewright.schedule.ScheduleStore.Entry;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The user's stored schedules: lists, removes, exports and imports them. */
@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "ls|rm|export|import",
    description = "List, remove, export or import stored schedules.",
    footer = {
      "",
      "A PATTERN is a part of a kernel's name, a problem, a machine or a tile; with *",
      "or ? in it, it stands for all of one of them. Examples: fftconv, L=16384, 'rnn*'."
    },
    subcommands = {
      CacheCommand.Ls.class,
      CacheCommand.Rm.class,
      CacheCommand.Export.class,
      CacheCommand.Import.class
    })
final class CacheCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: ls, rm, export or import");
  }

  private static ScheduleStore store() {
    return ScheduleStore.open(ScheduleStore.userPath());
  }

  private static Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("schema", 1);
    data.put("store", ScheduleStore.userPath().toString());
    return data;
  }

  /** What a store could not write it keeps in memory, which ends with this process. */
  private static void requireWritten(boolean written) {
    if (!written) {
      throw new TilewrightException(ScheduleStore.userPath() + " cannot be written");
    }
  }

  /** Whether an entry matches one of the patterns. */
  private static Predicate<Entry> matching(List<String> patterns) {
    List<Pattern> compiled = patterns.stream().map(CacheCommand::pattern).toList();
    return entry ->
        compiled.stream()
            .anyMatch(
                p ->
                    p.matcher(entry.key().kernel()).matches()
                        || p.matcher(entry.key().problem()).matches()
                        || p.matcher(entry.key().machine()).matches()
                        || p.matcher(entry.schedule().tile().key()).matches());
  }

  private static Pattern pattern(String text) {
    boolean wild = text.contains("*") || text.contains("?");
    StringBuilder regex = new StringBuilder(wild ? "" : ".*");
    for (char c : text.toCharArray()) {
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex + (wild ? "" : ".*"), Pattern.CASE_INSENSITIVE);
  }

  private static Path path(String file) {
    try {
      return Path.of(file);
    } catch (InvalidPathException e) {
      throw new InputException("FILE: no path: " + e.getMessage(), e);
    }
  }

  private static String count(int schedules) {
    return schedules == 1 ? "1 schedule" : schedules + " schedules";
  }

  @Command(
      name = "ls",
      mixinStandardHelpOptions = true,
      description = "List stored schedules, oldest first.")
  static final class Ls implements Runnable {
    @Parameters(paramLabel = "PATTERN", arity = "0..*", description = "Only what matches one.")
    private List<String> patterns = List.of();

    @Mixin private ReportOptions report;

    @Override
    public void run() {
      List<Entry> entries =
          store().entries().stream()
              .filter(patterns.isEmpty() ? e -> true : matching(patterns))
              .toList();
      List<Map<String, Object>> rows = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      Instant now = Instant.now();
      for (Entry entry : entries) {
        rows.add(row(entry, now));
        Schedule schedule = entry.schedule();
        text.append(
            String.format(
                "%s  %s  %s%n  %s  %s, %s, %s%n",
                entry.key().kernel(),
                entry.key().problem(),
                entry.key().machine(),
                schedule.tile(),
                time(schedule),
                schedule.source().name().toLowerCase(Locale.ROOT),
                age(Duration.between(entry.stored(), now))));
      }
      text.append(count(entries.size()) + " in " + ScheduleStore.userPath() + "\n");
      Map<String, Object> data = data();
      data.put("schedules", rows);
      report.report(data, text.toString());
    }

    private static String time(Schedule schedule) {
      return schedule.measured()
          ? "measured " + Numbers.time(schedule.measuredSeconds())
          : "predicted " + Numbers.time(schedule.predictedSeconds());
    }

    private static Map<String, Object> row(Entry entry, Instant now) {
      Schedule schedule = entry.schedule();
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("kernel", entry.key().kernel());
      row.put("problem", entry.key().problem());
      row.put("machine", entry.key().machine());
      row.put("tile", schedule.tile().values());
      row.put("measuredMs", Numbers.millisOrNull(schedule.measuredSeconds()));
      row.put("predictedMs", Numbers.millisOrNull(schedule.predictedSeconds()));
      row.put("source", schedule.source().name().toLowerCase(Locale.ROOT));
      row.put("stored", entry.stored().toString());
      row.put("ageSeconds", Duration.between(entry.stored(), now).toSeconds());
      return row;
    }

    static String age(Duration age) {
      long seconds = Math.max(0, age.toSeconds());
      if (seconds < 60) {
        return "just now";
      }
      long[] units = {60, 3600, 86_400};
      String[] names = {"minute", "hour", "day"};
      int unit = seconds < units[1] ? 0 : seconds < units[2] ? 1 : 2;
      long n = seconds / units[unit];
      return n + " " + names[unit] + (n == 1 ? "" : "s") + " ago";
    }
  }

  @Command(
      name = "rm",
      mixinStandardHelpOptions = true,
      description = "Remove stored schedules, with what the tuner wrote down beside them.")
  static final class Rm implements Callable<Integer> {
    @Parameters(paramLabel = "PATTERN", arity = "0..*", description = "Remove what matches one.")
    private List<String> patterns = List.of();

    @Option(names = "--all", description = "Remove everything.")
    private boolean all;

    @Mixin private ReportOptions report;

    @Override
    public Integer call() {
      if (all == !patterns.isEmpty()) {
        throw new InputException("name a PATTERN, or --all; ./tw cache ls shows what there is");
      }
      ScheduleStore store = store();
      Predicate<Entry> which = all ? e -> true : matching(patterns);
      List<Entry> entries = store.entries().stream().filter(which).toList();
      int removed = store.remove(which);
      requireWritten(store().entries().stream().noneMatch(which));
      if (all) {
        store.deleteJournals();
      } else {
        entries.forEach(entry -> store.journal(entry.key()).delete());
      }
      Map<String, Object> data = data();
      data.put("removed", removed);
      report.report(data, "removed " + count(removed) + "\n");
      return removed > 0 || all ? Main.FINE : Main.FAILED;
    }
  }

  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = "Write stored schedules to a file that import reads.")
  static final class Export implements Runnable {
    @Parameters(index = "0", paramLabel = "FILE.json", description = "Where to.")
    private String file;

    @Parameters(
        index = "1..*",
        paramLabel = "PATTERN",
        arity = "0..*",
        description = "Only what matches one.")
    private List<String> patterns = List.of();

    @Mixin private ReportOptions report;

    @Override
    public void run() {
      int written;
      try {
        written = store().exportTo(path(file), patterns.isEmpty() ? e -> true : matching(patterns));
      } catch (TilewrightException e) {
        throw new InputException(e.getMessage(), e);
      }
      Map<String, Object> data = data();
      data.put("file", file);
      data.put("exported", written);
      report.report(data, "wrote " + count(written) + " to " + file + "\n");
    }
  }

  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = {
        "Take the schedules of an exported file. One that was measured faster here stays;",
        "those of other machines are kept for them."
      })
  static final class Import implements Runnable {
    @Parameters(paramLabel = "FILE.json", description = "A file that export wrote.")
    private String file;

    @Mixin private ReportOptions report;

    @Override
    public void run() {
      ScheduleStore store = store();
      int taken;
      try {
        taken = store.importFrom(path(file));
      } catch (TilewrightException e) {
        throw new InputException(e.getMessage(), e);
      }
      requireWritten(store().entries().containsAll(store.entries()));
      Map<String, Object> data = data();
      data.put("file", file);
      data.put("imported", taken);
      report.report(data, "took " + count(taken) + " from " + file + "\n");
    }
  }
}
