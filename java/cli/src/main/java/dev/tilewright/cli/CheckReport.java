package dev.tilewright.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tilewright.sim.Finding;
import dev.tilewright.sim.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code tw check} prints as JSON.
 *
 * @param cases a case each
 */
record CheckReport(List<Case> cases) {
  /** A finding, with its kind as the user reads it. */
  record Found(
      String kind,
      String message,
      String instruction,
      int ptxLine,
      String source,
      List<Integer> block,
      List<Integer> thread,
      long address) {
    static Found of(Finding f) {
      return new Found(
          f.kind().toString(),
          f.message(),
          f.instruction(),
          f.ptxLine(),
          f.source(),
          f.block(),
          f.thread(),
          f.address());
    }
  }

  /** A case, run under one or several schedules. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Case(
      String caseFile,
      String kernel,
      double millis,
      List<Found> findings,
      String stdout,
      Map<String, Long> counters) {
    static Case of(String file, String kernel, List<Finding> findings, Report first, long nanos) {
      Map<String, Long> counters = new LinkedHashMap<>();
      counters.put("warpInstructions", first.warpInstructions());
      counters.put("threadInstructions", first.threadInstructions());
      return new Case(
          file,
          kernel,
          Math.round(nanos / 1e3) / 1e3,
          findings.stream().map(Found::of).toList(),
          first.stdout(),
          counters);
    }

    /** The name that users read; {@code case} is a word of Java. */
    @com.fasterxml.jackson.annotation.JsonProperty("case")
    @Override
    public String caseFile() {
      return caseFile;
    }
  }
}
