package dev.tilewright.cli;

import dev.tilewright.sim.Counters;
import dev.tilewright.sim.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The counters of a launch, for JSON and for people. */
final class CountersReport {
  private static final int MOST_ROWS = 16;

  private CountersReport() {}

  /** The counters as JSON shows them; few when they were not kept. */
  static Map<String, Object> data(Report report) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("warpInstructions", report.warpInstructions());
    data.put("threadInstructions", report.threadInstructions());
    Counters c = report.counters();
    if (c == null) {
      return data;
    }
    data.put("instructions", c.instructions());
    data.put("matrix", c.matrix());
    data.put("globalLoads", global(c.globalLoads()));
    data.put("globalStores", global(c.globalStores()));
    data.put("globalAtomics", global(c.globalAtomics()));
    data.put("sharedLoads", shared(c.sharedLoads()));
    data.put("sharedStores", shared(c.sharedStores()));
    data.put("sharedAtomics", shared(c.sharedAtomics()));
    data.put("localRequests", c.localRequests());
    data.put("constantRequests", c.constantRequests());
    data.put("barriers", c.barriers());
    data.put("branches", c.branches());
    data.put("divergentBranches", c.divergentBranches());
    data.put("l2Sectors", c.l2Sectors());
    data.put("l2Hits", c.l2Hits());
    data.put("accesses", c.accesses().stream().map(CountersReport::access).toList());
    return data;
  }

  private static Map<String, Object> global(Counters.Global g) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("requests", g.requests());
    data.put("bytes", g.bytes());
    data.put("sectors", g.sectors());
    data.put("sectorsPerRequest", rounded(g.sectorsPerRequest()));
    return data;
  }

  private static Map<String, Object> shared(Counters.Shared s) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("requests", s.requests());
    data.put("bytes", s.bytes());
    data.put("wavefronts", s.wavefronts());
    data.put("conflicts", s.conflicts());
    data.put("wavefrontsPerRequest", rounded(s.wavefrontsPerRequest()));
    return data;
  }

  private static Map<String, Object> access(Counters.Access a) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("instruction", a.instruction());
    data.put("ptxLine", a.ptxLine());
    data.put("source", a.source());
    if (a.global().requests() > 0) {
      data.put("global", global(a.global()));
    }
    if (a.shared().requests() > 0) {
      data.put("shared", shared(a.shared()));
    }
    return data;
  }

  private static double rounded(double ratio) {
    return Math.round(ratio * 1e4) / 1e4;
  }

  /** The counters as a table; empty when they were not kept. */
  static String text(Report report) {
    Counters c = report.counters();
    if (c == null) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    double lanes = (double) report.threadInstructions() / Math.max(1, report.warpInstructions());
    line(text, "instructions", "%d of warps, %.1f lanes each", report.warpInstructions(), lanes);
    line(text, "", "%s", list(c.instructions()));
    if (!c.matrix().isEmpty()) {
      line(text, "matrix", "%s", list(c.matrix()));
    }
    line(text, "branches", "%d, %d divergent", c.branches(), c.divergentBranches());
    line(text, "barriers", "%d", c.barriers());
    global(text, "global loads", c.globalLoads());
    global(text, "global stores", c.globalStores());
    global(text, "global atomics", c.globalAtomics());
    shared(text, "shared loads", c.sharedLoads());
    shared(text, "shared stores", c.sharedStores());
    shared(text, "shared atomics", c.sharedAtomics());
    if (c.localRequests() + c.constantRequests() > 0) {
      line(text, "requests", "local %d, constant %d", c.localRequests(), c.constantRequests());
    }
    line(text, "L2", "%d sectors, %.1f %% hits", c.l2Sectors(), 100 * c.l2HitRate());
    rows(text, c.accesses());
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String format, Object... values) {
    text.append(String.format(Locale.ROOT, "  %-15s ", name));
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }

  private static void global(StringBuilder text, String name, Counters.Global g) {
    if (g.requests() > 0) {
      double sectors = g.sectorsPerRequest();
      line(text, name, "%d requests of %.1f sectors, %d bytes", g.requests(), sectors, g.bytes());
    }
  }

  private static void shared(StringBuilder text, String name, Counters.Shared s) {
    if (s.requests() > 0) {
      double passes = s.wavefrontsPerRequest();
      line(
          text,
          name,
          "%d requests of %.1f wavefronts, %d conflicts",
          s.requests(),
          passes,
          s.conflicts());
    }
  }

  private static String list(Map<String, Long> counts) {
    StringBuilder text = new StringBuilder();
    counts.forEach((name, n) -> text.append(text.length() == 0 ? "" : ", ").append(name + " " + n));
    return text.toString();
  }

  /** The instructions whose requests take most, with what they would take at best. */
  private static void rows(StringBuilder text, List<Counters.Access> accesses) {
    List<Counters.Access> most =
        accesses.stream()
            .sorted((a, b) -> Long.compare(passes(b), passes(a)))
            .limit(MOST_ROWS)
            .toList();
    if (!most.isEmpty()) {
      line(text, "by instruction", "%10s %10s %10s", "requests", "sectors", "wavefronts");
    }
    for (Counters.Access a : most) {
      long requests = Math.max(a.global().requests(), a.shared().requests());
      String where = a.source().isEmpty() ? "PTX line " + a.ptxLine() : a.source();
      line(
          text,
          "",
          "%10d %10s %10s  %s, %s",
          requests,
          each(a.global().sectors(), a.global().requests()),
          each(a.shared().wavefronts(), a.shared().requests()),
          where,
          a.instruction().strip().replaceAll("\\s+", " "));
    }
  }

  private static long passes(Counters.Access a) {
    return a.global().sectors() / 4 + a.shared().wavefronts();
  }

  private static String each(long passes, long requests) {
    return requests == 0 ? "" : String.format(Locale.ROOT, "%.1f", (double) passes / requests);
  }
}
