package dev.tilewright.cli;

import dev.tilewright.Occupancy;
import dev.tilewright.cli.ProblemOptions.Problem;
import dev.tilewright.constrint.Rule;
import dev.tilewright.schedule.Prediction;
import dev.tilewright.schedule.Ranked;
import dev.tilewright.schedule.Schedule;
import dev.tilewright.schedule.Tile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which tile a plan takes and why.
 *
 * @param problem the problem and its machine
 * @param constants what the problem and the machine put into the rules
 * @param ranked the legal tiles, best predicted first; empty when there is none
 * @param seconds how long it took to list and rank them
 * @param schedule the choice; null when no tile is legal
 * @param conflict the rules that cannot hold together when no tile is legal
 */
record ExplainReport(
    Problem<?> problem,
    Map<String, Long> constants,
    List<Ranked> ranked,
    double seconds,
    Schedule schedule,
    List<String> conflict) {

  private static final int RUNNERS_UP = 3;
  private static final int WIDTH = 100;
  private static final int LABEL = 13;
  private static final Pattern CONFLICT = Pattern.compile("(line \\d+): (.*)");

  private List<Rule> rules() {
    return problem.kernel().space().rules().rules();
  }

  private String file() {
    return problem.kernel().space().rules().source();
  }

  /** The pick with its prediction; a stored tile is predicted like any other. */
  private Prediction predicted() {
    return ranked.stream()
        .filter(r -> r.tile().equals(schedule.tile()))
        .findFirst()
        .map(Ranked::prediction)
        .orElseGet(() -> Prediction.of(schedule.predictedSeconds(), List.of(), "not predicted"));
  }

  private List<Ranked> runnersUp() {
    return ranked.stream()
        .filter(r -> !r.tile().equals(schedule.tile()) && r.prediction().possible())
        .limit(RUNNERS_UP)
        .toList();
  }

  private long thatCanRun() {
    return ranked.stream().filter(r -> r.prediction().possible()).count();
  }

  Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("schema", 1);
    data.put("op", problem.op().op());
    data.put("kernel", problem.kernel().name());
    data.put("machine", machine());
    data.put("problem", problem.text());
    data.put("constants", constants);
    data.put("rulesFile", file());
    List<Map<String, Object>> constraints = new ArrayList<>();
    for (Rule rule : rules()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("line", rule.line());
      row.put("rule", rule.text());
      constraints.add(row);
    }
    data.put("constraints", constraints);
    data.put("legalTiles", ranked.size());
    if (schedule == null) {
      data.put("conflict", conflict);
      return data;
    }
    data.put("runnableTiles", thatCanRun());
    data.put("millis", seconds * 1e3);
    data.put("source", source());
    data.put("measuredMs", Numbers.millisOrNull(schedule.measuredSeconds()));
    data.put("pick", row(schedule.tile(), predicted()));
    data.put("runnersUp", runnersUp().stream().map(r -> row(r.tile(), r.prediction())).toList());
    return data;
  }

  private Map<String, Object> machine() {
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("name", problem.machine().name());
    machine.put("model", problem.machine().model());
    machine.put("description", problem.machine().describe());
    machine.put("fingerprint", problem.machine().fingerprint());
    return machine;
  }

  private static Map<String, Object> row(Tile tile, Prediction prediction) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("tile", tile.values());
    row.put("predictedMs", Numbers.millisOrNull(prediction.seconds()));
    List<Map<String, Object>> terms = new ArrayList<>();
    for (Prediction.Term term : prediction.terms()) {
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("name", term.name());
      data.put("ms", Numbers.millisOrNull(term.seconds()));
      data.put("note", term.note());
      terms.add(data);
    }
    row.put("terms", terms);
    row.put("bound", prediction.bound());
    prediction.occupancy().ifPresent(o -> row.put("occupancy", occupancy(o)));
    return row;
  }

  private static Map<String, Object> occupancy(Occupancy o) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("blocksPerSm", o.blocksPerSm());
    data.put("warpsPerSm", o.warpsPerSm());
    data.put("fraction", o.fraction());
    data.put("limitedBy", o.limitedBy().toString());
    return data;
  }

  private String source() {
    return schedule.source().name().toLowerCase(Locale.ROOT);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%s on %s: %s%n",
            problem.op().op(), problem.machine().name(), problem.machine().describe()));
    entry(text, "problem", problem.text());
    entry(text, "kernel", problem.kernel().name() + ", rules of " + file());
    List<String> words = new ArrayList<>();
    constants.forEach((name, value) -> words.add(name + "=" + value));
    entry(text, "constants", wrapped(0, 0, words.toArray(String[]::new)));
    String label = "constraints";
    for (Rule rule : rules()) {
      entry(text, label, rule("line " + rule.line(), rule.text()));
      label = "";
    }
    if (schedule == null) {
      entry(text, "legal tiles", "none: these cannot hold together");
      for (String rule : conflict) {
        Matcher parts = CONFLICT.matcher(rule);
        entry(text, "", parts.matches() ? rule(parts.group(1), parts.group(2)) : rule);
      }
      return text.toString();
    }
    long fewer = thatCanRun();
    entry(
        text,
        "legal tiles",
        ranked.size() + (fewer < ranked.size() ? ", of which " + fewer + " can run" : ""));
    entry(text, "pick", wrapped(0, 0, schedule.tile().key().split(",")));
    entry(text, "source", sourceText());
    Prediction predicted = predicted();
    entry(text, "predicted", Numbers.time(predicted.seconds()) + "; its terms");
    for (Prediction.Term term : predicted.terms()) {
      entry(
          text,
          "",
          String.format("%-12s %-9s %s", term.name(), Numbers.time(term.seconds()), term.note()));
    }
    entry(text, "bound by", predicted.bound());
    predicted
        .occupancy()
        .ifPresent(
            o ->
                entry(
                    text,
                    "occupancy",
                    String.format(
                        Locale.ROOT,
                        "%d block%s and %d warps an SM, %.0f %%; limited by %s",
                        o.blocksPerSm(),
                        o.blocksPerSm() == 1 ? "" : "s",
                        o.warpsPerSm(),
                        100 * o.fraction(),
                        o.limitedBy())));
    label = "runners-up";
    for (Ranked next : runnersUp()) {
      double more = next.prediction().seconds() / predicted.seconds() - 1;
      entry(text, label, String.format(Locale.ROOT, "%+.1f %% with %s", 100 * more, other(next)));
      label = "";
    }
    return text.toString();
  }

  /** What a tile has that the pick has not. */
  private String other(Ranked next) {
    List<String> words = new ArrayList<>();
    next.tile()
        .values()
        .forEach(
            (name, value) -> {
              if (!value.equals(schedule.tile().values().get(name))) {
                words.add(name + "=" + value);
              }
            });
    return String.join(" ", words);
  }

  private String sourceText() {
    String measured =
        schedule.measured() ? ", measured " + Numbers.time(schedule.measuredSeconds()) : "";
    return switch (schedule.source()) {
      case STORE -> "your store" + measured;
      case SHIPPED -> "shipped with the library" + measured;
      case MODEL -> "the time model; ./tw tune on the machine itself can do better";
    };
  }

  private static void entry(StringBuilder text, String label, String value) {
    text.append(String.format("%-13s%s%n", label, value));
  }

  private static String rule(String line, String rule) {
    return String.format("%-9s ", line) + wrapped(10, 12, rule.split(" "));
  }

  /**
   * Words in lines of at most {@link #WIDTH} characters.
   *
   * @param first column beside the label in which the first line starts
   * @param later column beside the label in which the others start
   */
  private static String wrapped(int first, int later, String... words) {
    StringBuilder text = new StringBuilder();
    int column = LABEL + first;
    boolean begun = false;
    for (String word : words) {
      if (begun && column + 1 + word.length() > WIDTH) {
        text.append('\n').append(" ".repeat(LABEL + later));
        column = LABEL + later;
      } else if (begun) {
        text.append(' ');
        column++;
      }
      text.append(word);
      column += word.length();
      begun = true;
    }
    return text.toString();
  }
}
