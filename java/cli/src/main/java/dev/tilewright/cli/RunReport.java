package dev.tilewright.cli;

import dev.tilewright.Tensor;
import dev.tilewright.oracle.RelativeError;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What one {@code tw run} found: problem, time, plan, and the errors of the outputs where they were
 * checked.
 */
final class RunReport {
  private record Check(double relError, double bound) {
    boolean passes() {
      return relError <= bound; // false for NaN
    }
  }

  private final Map<String, Object> data = new LinkedHashMap<>();
  private final Map<String, Check> checks = new LinkedHashMap<>();
  private final String problem;
  private final RunRequest.Timing timing;
  private final String plan;
  private final long workspaceBytes;

  RunReport(
      String op,
      RunRequest request,
      String problem,
      RunRequest.Timing timing,
      String plan,
      long workspaceBytes) {
    this.problem = op + " on " + request.device().name() + ": " + problem;
    this.timing = timing;
    this.plan = plan;
    this.workspaceBytes = workspaceBytes;
    data.put("schema", 1);
    data.put("op", op);
    data.put("device", request.device().name());
    data.putAll(request.settings());
    Map<String, Object> inputs = new LinkedHashMap<>();
    request
        .inputs()
        .forEach(
            (name, header) -> {
              Map<String, Object> input = new LinkedHashMap<>();
              input.put("file", header.path().toString());
              input.put("descr", header.descr());
              input.put("shape", header.shape());
              inputs.put(name, input);
            });
    data.put("inputs", inputs);
    data.put("medianMs", timing.medianMs());
    data.put("calls", timing.calls());
    data.put("plan", plan);
    data.put("workspaceBytes", workspaceBytes);
  }

  /** Compares an output with its reference; a null reference or output is no check. */
  RunReport check(String output, Tensor tensor, double[] reference, double bound) {
    if (tensor != null && reference != null) {
      checks.put(output, new Check(RelativeError.l2(tensor.toFloats(), reference), bound));
    }
    return this;
  }

  boolean isWrong() {
    return checks.values().stream().anyMatch(c -> !c.passes());
  }

  /** The report for JSON; {@code written} are the outputs that stand, by name, with their files. */
  Map<String, Object> data(Map<String, String> written) {
    data.put("outputs", written);
    if (!checks.isEmpty()) {
      Map<String, Object> check = new LinkedHashMap<>();
      check.put("ok", !isWrong());
      checks.forEach((name, c) -> check.put(name, c));
      data.put("check", check);
    }
    return data;
  }

  String text(Map<String, String> written) {
    StringBuilder text = new StringBuilder();
    text.append(problem).append('\n');
    text.append(
        String.format(
            Locale.ROOT,
            "  time       %s ms (%s)%n",
            Numbers.significant(timing.medianMs()),
            timing.calls() == 1 ? "one call" : "median of " + timing.calls() + " calls"));
    text.append("  plan       ").append(plan).append('\n');
    text.append("  workspace  ").append(Numbers.bytes(workspaceBytes)).append('\n');
    checks.forEach(
        (name, c) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "  check      %s: relative L2 error %.2e, bound %.1e: %s%n",
                    name,
                    c.relError(),
                    c.bound(),
                    c.passes() ? "fine" : "WRONG")));
    if (isWrong()) {
      text.append("  wrote      nothing, as a result is wrong\n");
    }
    written.forEach((name, file) -> text.append("  wrote      " + name + ": " + file).append('\n'));
    return text.toString();
  }
}
