package dev.tilewright.cli;

import dev.tilewright.sim.Finding;
import java.util.List;
import java.util.Locale;

/** What {@code tw check} prints for people. */
final class CheckText {
  private CheckText() {}

  /** A case that the user named: what the kernel printed, a line, its findings. */
  static String of(CheckedSchedules checked) {
    StringBuilder text = new StringBuilder(checked.first().report().stdout());
    if (text.length() > 0 && text.charAt(text.length() - 1) != '\n') {
      text.append('\n');
    }
    int count = checked.findings().size();
    text.append(
        String.format(
            Locale.ROOT,
            "%s: %s, %s, %s%n",
            checked.of.path(),
            checked.of.kernel(),
            time(checked),
            count == 0 ? "clean" : count + (count == 1 ? " finding" : " findings")));
    checked.findings().forEach(f -> append(text, f, checked.schedules()));
    for (CheckedSchedules.Difference d : checked.differences()) {
      text.append(
          String.format(
              Locale.ROOT,
              "  argument %d differs under seed %d: %d bytes, the first at %d; right only where the"
                  + " order of threads may decide%n",
              d.argument(),
              d.seed(),
              d.bytes(),
              d.firstByte()));
    }
    return text.toString();
  }

  private static String time(CheckedSchedules checked) {
    String time = String.format(Locale.ROOT, "%.1f ms", checked.millis());
    return checked.schedules() == 1 ? time : checked.schedules() + " schedules of " + time;
  }

  private static void append(StringBuilder text, CheckedSchedules.Found found, int schedules) {
    Finding f = found.finding();
    String where = f.source().isEmpty() ? "" : " at " + f.source();
    text.append("  ").append(f.kind()).append(where);
    if (schedules > 1) {
      text.append(", first under seed ").append(found.seed());
      text.append(", under ").append(found.schedules()).append(" of ").append(schedules);
    }
    f.message().lines().forEach(l -> text.append("\n    ").append(l.strip()));
    text.append(System.lineSeparator());
  }

  /** A line for one of the project's own cases, and what is wrong with it. */
  static String shipped(CheckedSchedules checked, List<String> planted, List<String> unexpected) {
    String verdict =
        planted.isEmpty()
            ? unexpected.isEmpty() ? "clean" : "NOT CLEAN"
            : (unexpected.isEmpty() ? "found: " : "NOT FOUND: ") + String.join(", ", planted);
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-28s %8.1f ms  %s%n",
                checked.of.path().getFileName().toString().replaceFirst("\\.json$", ""),
                checked.millis(),
                verdict));
    unexpected.forEach(u -> text.append("  ").append(u).append(System.lineSeparator()));
    return text.toString();
  }
}
