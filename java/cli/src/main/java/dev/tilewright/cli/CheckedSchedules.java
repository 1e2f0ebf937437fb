package dev.tilewright.cli;

import dev.tilewright.GpuSpec;
import dev.tilewright.sim.Finding;
import dev.tilewright.sim.FindingKind;
import dev.tilewright.sim.Launch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The runs of a case under several schedules, and what they say together. */
final class CheckedSchedules {
  /** Other schedules say no more of these: they would wait for the limit, or not run, again. */
  private static final Set<FindingKind> FINAL =
      EnumSet.of(FindingKind.TIMEOUT, FindingKind.RESOURCES, FindingKind.UNSUPPORTED);

  private static final Set<FindingKind> RACES =
      EnumSet.of(FindingKind.SHARED_RACE, FindingKind.WARP_RACE, FindingKind.GLOBAL_RACE);

  private static final Pattern PLACE = Pattern.compile("PTX line (\\d+)");

  /** A finding, the seed of the schedule that showed it first, and how many showed it. */
  record Found(Finding finding, long seed, int schedules) {}

  /** An output that another schedule's run left otherwise: which argument, and from which byte. */
  record Difference(int argument, long seed, int firstByte, int bytes) {}

  final CheckCase of;
  private final List<CheckCase.Run> runs = new ArrayList<>();
  private final Map<String, Found> findings = new LinkedHashMap<>();
  private final List<Difference> differences = new ArrayList<>();

  private CheckedSchedules(CheckCase of) {
    this.of = of;
  }

  /**
   * Runs a case.
   *
   * @param options those of the first schedule; each further one takes the next seed and counts
   *     nothing
   */
  static CheckedSchedules run(CheckCase of, GpuSpec chip, Launch.Options options, int schedules) {
    CheckedSchedules all = new CheckedSchedules(of);
    boolean more = true;
    for (int k = 0; k < schedules && more; k++) {
      long seed = options.seed() + k;
      CheckCase.Run run = of.run(chip, options.seed(seed).counters(k == 0 && options.counters()));
      all.add(run, seed);
      more = run.report().findings().stream().noneMatch(f -> FINAL.contains(f.kind()));
    }
    return all;
  }

  private void add(CheckCase.Run run, long seed) {
    Set<String> seen = new TreeSet<>();
    for (Finding finding : run.report().findings()) {
      String key = key(finding);
      if (seen.add(key)) {
        findings.merge(
            key,
            new Found(finding, seed, 1),
            (first, again) -> new Found(first.finding(), first.seed(), first.schedules() + 1));
      }
    }
    if (!runs.isEmpty()) {
      compare(run, seed);
    }
    runs.add(run);
  }

  /** A race may be noticed at either of its two accesses: it is the same race. */
  private static String key(Finding finding) {
    Set<String> lines = new TreeSet<>();
    lines.add(Integer.toString(finding.ptxLine()));
    if (RACES.contains(finding.kind())) {
      Matcher places = PLACE.matcher(finding.message());
      while (places.find()) {
        lines.add(places.group(1));
      }
    }
    return finding.kind() + " " + lines;
  }

  private void compare(CheckCase.Run run, long seed) {
    for (int i = 0; i < run.outputs().size(); i++) {
      byte[] first = first().outputs().get(i);
      byte[] now = run.outputs().get(i);
      int at = first == null ? -1 : Arrays.mismatch(first, now);
      int argument = i;
      if (at >= 0 && differences.stream().noneMatch(d -> d.argument() == argument)) {
        int count = 0;
        for (int b = at; b < now.length; b++) {
          count += now[b] == first[b] ? 0 : 1;
        }
        differences.add(new Difference(i, seed, at, count));
      }
    }
  }

  /** The run under the first schedule. */
  CheckCase.Run first() {
    return runs.get(0);
  }

  int schedules() {
    return runs.size();
  }

  /** The time of the fastest run. */
  double millis() {
    return runs.stream().mapToLong(r -> r.report().nanos()).min().orElse(0) / 1e6;
  }

  Collection<Found> findings() {
    return findings.values();
  }

  List<Difference> differences() {
    return differences;
  }
}
