package dev.tilewright.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tilewright.sim.Finding;
import dev.tilewright.sim.Report;
import java.util.List;
import java.util.Map;

/**
 * What {@code tw check} prints as JSON.
 *
 * @param gpu the chip whose limits hold
 * @param cases a case each
 */
record CheckReport(String gpu, List<Case> cases) {
  /** A finding, with its kind as the user reads it, and the schedules that showed it. */
  record Found(
      String kind,
      String message,
      String instruction,
      int ptxLine,
      String source,
      List<Integer> block,
      List<Integer> thread,
      long address,
      long seed,
      int schedules) {
    static Found of(CheckedSchedules.Found found) {
      Finding f = found.finding();
      return new Found(
          f.kind().toString(),
          f.message(),
          f.instruction(),
          f.ptxLine(),
          f.source(),
          f.block(),
          f.thread(),
          f.address(),
          found.seed(),
          found.schedules());
    }
  }

  /** A case, run under one or several schedules; or why it could not be run. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Case(
      @JsonProperty("case") String caseFile,
      String kernel,
      Integer schedules,
      Double millis,
      List<Found> findings,
      List<CheckedSchedules.Difference> differences,
      String stdout,
      Map<String, Object> counters,
      List<String> unexpected,
      String error) {

    static Case of(CheckedSchedules checked, List<String> unexpected) {
      Report first = checked.first().report();
      return new Case(
          checked.of.path().toString(),
          checked.of.kernel(),
          checked.schedules(),
          Math.round(checked.millis() * 1e3) / 1e3,
          checked.findings().stream().map(Found::of).toList(),
          checked.differences(),
          first.stdout(),
          CountersReport.data(first),
          unexpected,
          null);
    }

    static Case faulty(String file, String error) {
      return new Case(file, null, null, null, null, null, null, null, null, error);
    }
  }
}
