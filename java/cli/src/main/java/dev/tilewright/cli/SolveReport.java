package dev.tilewright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tilewright.constrint.Objective;
import dev.tilewright.constrint.Result;
import dev.tilewright.constrint.Rule;
import dev.tilewright.constrint.RuleSet;
import dev.tilewright.constrint.Solution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code tw solve} says of a result, to people and as JSON. */
final class SolveReport {
  private final SolveCommand.Question question;
  private final List<String> variables;
  private final List<String> limits;

  /**
   * @param limits what the user set to end the search early, as given
   */
  SolveReport(SolveCommand.Question question, List<String> variables, List<String> limits) {
    this.question = question;
    this.variables = variables;
    this.limits = limits;
  }

  /** Solutions, or the conflict, and a line on the search. */
  String text(RuleSet rules, Result result, List<Rule> conflict) {
    StringBuilder text = new StringBuilder();
    if (question == SolveCommand.Question.BEST && result.satisfiable()) {
      String objective = rules.objective().map(Objective::text).orElse("");
      text.append(
              result.objective().map(v -> objective + " = " + v).orElse(objective + ": no value"))
          .append('\n');
    }
    List<Solution> solutions = result.solutions();
    if (solutions.size() == 1) {
      text.append(one(solutions.get(0)));
    } else if (!solutions.isEmpty()) {
      List<String> lines = new ArrayList<>();
      RowTable table = new RowTable(variables, lines::add);
      for (Solution solution : solutions) {
        table.add(solution.values().values().stream().mapToLong(Long::longValue).toArray());
      }
      table.flush();
      lines.forEach(line -> text.append(line).append('\n'));
    }
    return text.append(summary(result, conflict)).toString();
  }

  private static String one(Solution solution) {
    Map<String, Long> values = solution.values();
    int name = values.keySet().stream().mapToInt(String::length).max().orElse(0);
    int digits = values.values().stream().mapToInt(v -> Long.toString(v).length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    values.forEach(
        (n, v) ->
            text.append(String.format(Locale.ROOT, "  %-" + name + "s  %" + digits + "d%n", n, v)));
    return text.toString();
  }

  /** What was found, in how much time; why nothing was. */
  String summary(Result result, List<Rule> conflict) {
    String effort =
        String.format(
            Locale.ROOT,
            "%,d %s, %s ms",
            result.nodes(),
            result.nodes() == 1 ? "node" : "nodes",
            Numbers.significant(result.nanos() / 1e6));
    if (result.satisfiable()) {
      return found(result) + " (" + effort + ")" + stopped(result) + "\n";
    }
    if (!result.complete()) {
      return "unknown whether it is satisfiable (" + effort + ")" + stopped(result) + "\n";
    }
    StringBuilder text = new StringBuilder();
    text.append(String.format("not satisfiable (%s)", effort));
    if (!conflict.isEmpty()) {
      boolean single = conflict.size() == 1;
      text.append(single ? "; this cannot hold:" : "; these conflict:");
      text.append('\n');
      for (Rule rule : conflict) {
        text.append("  ").append(rule).append('\n');
      }
    } else {
      text.append('\n');
    }
    return text.toString();
  }

  private String found(Result result) {
    String solutions =
        String.format(
            Locale.ROOT, "%,d solution%s", result.count(), result.count() == 1 ? "" : "s");
    return switch (question) {
      case FIRST -> result.count() == 1 ? "first solution" : "first " + solutions;
      case ALL, COUNT -> result.complete() ? solutions : "at least " + solutions;
      case BEST -> result.complete() ? "proven best" : "best so far, perhaps not the best";
    };
  }

  /**
   * What ended the search before it was through; nothing where a first solution was all it sought.
   */
  private String stopped(Result result) {
    if (result.complete() || question == SolveCommand.Question.FIRST && result.satisfiable()) {
      return "";
    }
    return "; stopped by " + (limits.isEmpty() ? "an interrupt" : String.join(" or ", limits));
  }

  static void json(JsonGenerator json, Result result, List<Rule> conflict) throws IOException {
    json.writeStartObject();
    json.writeBooleanField("satisfiable", result.satisfiable());
    json.writeNumberField("count", result.count());
    json.writeArrayFieldStart("solutions");
    for (Solution solution : result.solutions()) {
      json.writeStartObject();
      for (Map.Entry<String, Long> value : solution.values().entrySet()) {
        json.writeNumberField(value.getKey(), value.getValue());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    if (result.objective().isPresent()) {
      json.writeNumberField("objective", result.objective().get());
    } else {
      json.writeNullField("objective");
    }
    json.writeNumberField("nodes", result.nodes());
    json.writeNumberField("millis", Math.round(result.nanos() / 1e3) / 1e3);
    json.writeBooleanField("complete", result.complete());
    json.writeArrayFieldStart("conflict");
    for (Rule rule : conflict) {
      json.writeString(rule.toString());
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
