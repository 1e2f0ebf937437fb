package dev.tilewright.cli;

import dev.tilewright.cli.ProblemOptions.Problem;
import dev.tilewright.schedule.Prediction;
import dev.tilewright.schedule.Ranked;
import dev.tilewright.schedule.Tile;
import dev.tilewright.tune.Result;
import dev.tilewright.tune.Tuner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one {@code tw tune} found.
 *
 * @param problem what was tuned
 * @param device where
 * @param settings how
 * @param ranked the legal tiles that can run, best predicted first
 * @param outcome what came of it
 * @param resumed results that an earlier search had written down
 * @param stored where the winner is stored; null when it is not
 * @param seconds how long it took
 */
record TuneReport(
    Problem<?> problem,
    String device,
    Tuner.Settings settings,
    List<Ranked> ranked,
    Tuner.Outcome outcome,
    int resumed,
    String stored,
    double seconds) {

  /** Failures that the text lists; the JSON has them all. */
  private static final int FAILURES_SHOWN = 5;

  Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("schema", 1);
    data.put("op", problem.op().op());
    data.put("kernel", problem.kernel().name());
    data.put("device", device);
    data.put("machine", problem.machine().fingerprint());
    data.put("problem", problem.text());
    data.put("strategy", settings.strategy().name().toLowerCase(Locale.ROOT));
    data.put("budget", settings.budget().toString());
    data.put("seed", settings.seed());
    data.put("legalTiles", ranked.size());
    data.put("tried", outcome.results().size());
    data.put("resumed", resumed);
    data.put("complete", outcome.complete());
    data.put("interrupted", outcome.interrupted());
    data.put("seconds", seconds);
    data.put("modelPick", ranked.isEmpty() ? null : timed(ranked.get(0).tile()));
    data.put("winner", outcome.winner() == null ? null : timed(outcome.winner()));
    data.put("finals", outcome.finals().keySet().stream().map(this::timed).toList());
    List<Map<String, Object>> failures = new ArrayList<>();
    for (Result result : outcome.results()) {
      if (!result.isRight()) {
        Map<String, Object> failure = new LinkedHashMap<>();
        failure.put("tile", result.tile().values());
        failure.put("outcome", result.outcome().name().toLowerCase(Locale.ROOT));
        failure.put("reason", result.reason());
        failures.add(failure);
      }
    }
    data.put("failures", failures);
    data.put("stored", stored);
    return data;
  }

  private Map<String, Object> timed(Tile tile) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("tile", tile.values());
    data.put("predictedMs", Numbers.millisOrNull(predicted(tile)));
    data.put("medianMs", Numbers.millisOrNull(outcome.finals().getOrDefault(tile, Double.NaN)));
    return data;
  }

  private double predicted(Tile tile) {
    return ranked.stream()
        .filter(r -> r.tile().equals(tile))
        .mapToDouble(r -> r.prediction().seconds())
        .findFirst()
        .orElse(Double.NaN);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(String.format("%s on %s: %s%n", problem.op().op(), device, problem.text()));
    text.append(
        String.format(
            Locale.ROOT,
            "tried         %d of %d legal tiles%s in %.1f s%s%n",
            outcome.results().size(),
            ranked.size(),
            resumed > 0 ? ", " + resumed + " of them by an earlier search," : "",
            seconds,
            outcome.interrupted() ? ", interrupted: --resume goes on" : ""));
    appendFailures(text);
    Tile winner = outcome.winner();
    if (winner == null) {
      return text.append("no tile was found to run right; nothing is stored\n").toString();
    }
    Tile pick = ranked.get(0).tile();
    if (winner.equals(pick)) {
      text.append(line("winner", winner, "the model's pick"));
    } else {
      text.append(line("winner", winner, ""));
      double ratio = outcome.finals().getOrDefault(pick, Double.NaN) / outcome.seconds();
      text.append(
          line(
              "model's pick",
              pick,
              Double.isNaN(ratio)
                  ? "failed"
                  : String.format(Locale.ROOT, "takes %.2f times as long", ratio)));
    }
    text.append(
        stored == null
            ? "the winner could not be stored: a warning says why\n"
            : "stored in     " + stored + "; new plans of this problem take it\n");
    return text.toString();
  }

  private String line(String what, Tile tile, String note) {
    return String.format(
        "%-13s %s  %s, predicted %s%s%n",
        what,
        tile,
        Numbers.time(outcome.finals().getOrDefault(tile, Double.NaN)),
        Numbers.time(predicted(tile)),
        note.isEmpty() ? "" : "; " + note);
  }

  private void appendFailures(StringBuilder text) {
    List<Result> failures = outcome.results().stream().filter(r -> !r.isRight()).toList();
    for (Result failure : failures.subList(0, Math.min(FAILURES_SHOWN, failures.size()))) {
      text.append(String.format("%-13s %s  %s%n", "failed", failure.tile(), failure.reason()));
    }
    if (failures.size() > FAILURES_SHOWN) {
      text.append("              and " + (failures.size() - FAILURES_SHOWN) + " more\n");
    }
  }

  /** What the model says of a machine that is not here. */
  record Ranking(Problem<?> problem, List<Ranked> ranked) {
    private static final int SHOWN = 10;

    Map<String, Object> data() {
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("schema", 1);
      data.put("op", problem.op().op());
      data.put("kernel", problem.kernel().name());
      data.put("device", null);
      data.put("machine", problem.machine().fingerprint());
      data.put("problem", problem.text());
      data.put("strategy", "model");
      data.put("legalTiles", ranked.size());
      data.put("tried", 0);
      List<Map<String, Object>> best = new ArrayList<>();
      for (Ranked r : first()) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("tile", r.tile().values());
        row.put("predictedMs", Numbers.millisOrNull(r.prediction().seconds()));
        row.put("bound", r.prediction().bound());
        best.add(row);
      }
      data.put("ranking", best);
      data.put("stored", null);
      return data;
    }

    private List<Ranked> first() {
      return ranked.subList(0, Math.min(SHOWN, ranked.size()));
    }

    String text() {
      StringBuilder text = new StringBuilder();
      text.append(
          String.format(
              "%s on %s: %s%nno device: the best of %d legal tiles by the model; nothing is"
                  + " stored%n",
              problem.op().op(), problem.machine().name(), problem.text(), ranked.size()));
      for (Ranked r : first()) {
        Prediction p = r.prediction();
        text.append(
            String.format(
                "%-9s %s  %s%n",
                p.possible() ? Numbers.time(p.seconds()) : "cannot", r.tile(), p.bound()));
      }
      return text.toString();
    }
  }
}
