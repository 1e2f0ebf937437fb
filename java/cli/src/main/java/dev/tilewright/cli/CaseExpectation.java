package dev.tilewright.cli;

import dev.tilewright.Half;
import dev.tilewright.sim.Finding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one of the project's own cases must do: a clean one gives its reference's results and no
 * finding, one with a planted fault is found out. The fields are described in {@code
 * tests/cases/generate}.
 */
final class CaseExpectation {
  private final CheckCase of;
  private final CaseFields fields;

  CaseExpectation(CheckCase of) {
    this.of = of;
    this.fields = of.fields();
  }

  /** The kinds of the planted fault's findings; empty when the case is clean. */
  List<String> planted() {
    return fields.texts("expect");
  }

  /** What is not as it should be, in words; empty when all is. */
  List<String> compare(Collection<Finding> findings, CheckCase.Run run) {
    List<String> wrong = new ArrayList<>();
    if (fields.has("expect")) {
      compareFindings(findings, wrong);
    } else {
      findings.forEach(f -> wrong.add("a finding on a clean case: " + f));
      compareOutputs(run, wrong);
      compareText(run.report().stdout(), wrong);
    }
    return wrong;
  }

  private void compareFindings(Collection<Finding> findings, List<String> wrong) {
    Set<String> allowed = new TreeSet<>(fields.texts("allow"));
    for (String expected : planted()) {
      List<String> kinds = Arrays.asList(expected.split("\\|"));
      allowed.addAll(kinds);
      List<Finding> found =
          findings.stream().filter(f -> kinds.contains(f.kind().toString())).toList();
      if (found.isEmpty()) {
        wrong.add("not found: " + expected + ", but " + findings);
      }
      Set<String> sources = new TreeSet<>();
      fields.texts("sources").forEach(s -> sources.add(Path.of(s).getFileName().toString()));
      if (!sources.isEmpty()
          && !found.isEmpty()
          && found.stream().noneMatch(f -> sources.contains(f.source()))) {
        wrong.add("none of the lines " + sources + " in " + found);
      }
    }
    for (Finding finding : findings) {
      if (!allowed.contains(finding.kind().toString())) {
        wrong.add("not expected: " + finding);
      }
    }
  }

  private void compareText(String stdout, List<String> wrong) {
    List<String> printed = stdout.lines().sorted().toList();
    List<String> lines = fields.texts("stdout").stream().sorted().toList();
    if (fields.has("stdout") && !printed.equals(lines)) {
      wrong.add("printed " + printed + " instead of " + lines);
    }
  }

  private void compareOutputs(CheckCase.Run run, List<String> wrong) {
    List<CaseFields> args = fields.objects("args");
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i).has("expected")) {
        compareOutput(args.get(i), (CaseArgument.Array) of.arguments().get(i), run.outputs().get(i))
            .forEach(wrong::add);
      }
    }
  }

  private List<String> compareOutput(CaseFields arg, CaseArgument.Array array, byte[] bytes) {
    double[] got = values(bytes, array.type());
    double[] want = values(NpyBytes.read(arg.file("expected", of.path())), array.type());
    if (arg.has("order") && arg.text("order").equals("any")) {
      Arrays.sort(got);
      Arrays.sort(want);
    }
    int columns = (int) array.shape()[array.shape().length - 1];
    int piece = arg.has("each") ? columns : want.length;
    double tolerance = arg.number("tolerance");
    for (int at = 0; at < want.length; at += piece) {
      String difference =
          compare(
              Arrays.copyOfRange(got, at, at + piece),
              Arrays.copyOfRange(want, at, at + piece),
              tolerance);
      if (difference != null) {
        return List.of(array.out().getFileName() + " from " + at + ": " + difference);
      }
    }
    return List.of();
  }

  /** The largest difference, relative to the largest value; exact ones where 0 is tolerated. */
  private static String compare(double[] got, double[] want, double tolerance) {
    double scale = 0;
    for (double w : want) {
      scale = Double.isNaN(w) || Double.isInfinite(w) ? scale : Math.max(scale, Math.abs(w));
    }
    for (int i = 0; i < want.length; i++) {
      boolean same = got[i] == want[i] || Double.isNaN(got[i]) && Double.isNaN(want[i]);
      boolean near = tolerance > 0 && Math.abs(got[i] - want[i]) <= tolerance * scale;
      if (!same && !near) {
        return "element " + i + " is " + got[i] + " instead of " + want[i];
      }
    }
    return null;
  }

  private static double[] values(byte[] bytes, String type) {
    double[] values = new double[bytes.length / NpyBytes.itemBytes(type)];
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case "f16" -> Half.f16ToF32(in.getShort());
            case "bf16" -> Half.bf16ToF32(in.getShort());
            case "f32" -> in.getFloat();
            case "f64" -> in.getDouble();
            case "i8", "u8", "e4m3", "e5m2" -> in.get();
            case "i16", "u16" -> in.getShort();
            case "i32", "u32" -> in.getInt();
            default -> in.getLong();
          };
    }
    return values;
  }
}
