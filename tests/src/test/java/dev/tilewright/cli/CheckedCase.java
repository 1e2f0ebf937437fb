package dev.tilewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tilewright.GpuSpec;
import dev.tilewright.Half;
import dev.tilewright.ptx.PtxModule;
import dev.tilewright.sim.Finding;
import dev.tilewright.sim.Launch;
import dev.tilewright.sim.Report;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Runs a case of {@code tests/cases} and holds it against what the case expects. */
public final class CheckedCase {
  private static final long MAX_STEPS = 2_000_000;

  private final Path file;
  private final JsonNode json;
  private Report report;

  private CheckedCase(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  /** Reads a case. */
  public static CheckedCase read(Path file) throws IOException {
    return new CheckedCase(file, new ObjectMapper().readTree(file.toFile()));
  }

  /** The name without its ending. */
  public String name() {
    return file.getFileName().toString().replace(".json", "");
  }

  /** The report of the last run. */
  public Report report() {
    return report;
  }

  /** Whether nothing may be found. */
  public boolean isClean() {
    return !json.has("expect");
  }

  /** The file of the module, and the kernel's name. */
  public Path module() {
    return file.resolveSibling(json.get("module").asText()).normalize();
  }

  /** The kernel's name. */
  public String kernel() {
    return json.get("kernel").asText();
  }

  /** Runs it once; what is not as expected, in words, empty when all is. */
  public List<String> run(long seed) {
    return run(CheckCase.read(file), seed, MAX_STEPS);
  }

  /** Runs it once on another module, with at most so many steps. */
  public List<String> run(PtxModule other, long seed, long steps) {
    return run(CheckCase.read(file).on(other), seed, steps);
  }

  private List<String> run(CheckCase check, long seed, long steps) {
    Launch.Options options =
        Launch.Options.DEFAULT.seed(seed).limits(steps, Duration.ofSeconds(20));
    report = check.run(GpuSpec.of("h100"), options);
    List<String> wrong = new ArrayList<>();
    if (json.has("expect")) {
      compareFindings(wrong);
    } else {
      report.findings().forEach(f -> wrong.add("a finding on a clean case: " + f));
      compareOutputs(wrong);
      compareText(wrong);
    }
    return wrong;
  }

  private void compareFindings(List<String> wrong) {
    Set<String> allowed = new TreeSet<>();
    json.path("allow").forEach(a -> allowed.add(a.asText()));
    for (JsonNode expected : json.get("expect")) {
      List<String> kinds = Arrays.asList(expected.asText().split("\\|"));
      allowed.addAll(kinds);
      List<Finding> found =
          report.findings().stream().filter(f -> kinds.contains(f.kind().toString())).toList();
      if (found.isEmpty()) {
        wrong.add("no finding " + expected.asText() + ", but " + report.findings());
      }
      Set<String> sources = new TreeSet<>();
      json.path("sources").forEach(s -> sources.add(Path.of(s.asText()).getFileName().toString()));
      if (!sources.isEmpty()
          && !found.isEmpty()
          && found.stream().noneMatch(f -> sources.contains(f.source()))) {
        wrong.add("none of the lines " + sources + " in " + found);
      }
    }
    for (Finding finding : report.findings()) {
      if (!allowed.contains(finding.kind().toString())) {
        wrong.add("not expected: " + finding);
      }
    }
  }

  private void compareText(List<String> wrong) {
    if (!json.has("stdout")) {
      return;
    }
    List<String> lines = new ArrayList<>();
    json.get("stdout").forEach(l -> lines.add(l.asText()));
    List<String> printed = report.stdout().lines().sorted().toList();
    if (!printed.equals(lines.stream().sorted().toList())) {
      wrong.add("printed " + printed + " instead of " + lines);
    }
  }

  private void compareOutputs(List<String> wrong) {
    for (JsonNode arg : json.get("args")) {
      if (arg.has("expected")) {
        String type = arg.get("dtype").asText();
        double[] got = values(file.resolveSibling(arg.get("out").asText()).normalize(), type);
        double[] want = values(file.resolveSibling(arg.get("expected").asText()), type);
        if (type.equals("i64") || type.equals("u64")) {
          compareLongs(arg, wrong);
          continue;
        }
        if (arg.path("order").asText().equals("any")) {
          Arrays.sort(got);
          Arrays.sort(want);
        }
        int columns = (int) arg.get("shape").get(arg.get("shape").size() - 1).asLong();
        int piece = arg.has("each") ? columns : want.length;
        double tolerance = arg.get("tolerance").asDouble();
        for (int at = 0; at < want.length; at += piece) {
          String difference =
              compare(
                  Arrays.copyOfRange(got, at, at + piece),
                  Arrays.copyOfRange(want, at, at + piece),
                  tolerance);
          if (difference != null) {
            wrong.add(arg.get("out").asText() + " from " + at + ": " + difference);
            break;
          }
        }
      }
    }
  }

  /** Numbers that a double does not hold. */
  private void compareLongs(JsonNode arg, List<String> wrong) {
    byte[] got = NpyBytes.read(file.resolveSibling(arg.get("out").asText()).normalize());
    byte[] want = NpyBytes.read(file.resolveSibling(arg.get("expected").asText()));
    int at = Arrays.mismatch(got, want);
    if (at >= 0) {
      wrong.add(arg.get("out").asText() + ": element " + at / Long.BYTES + " differs");
    }
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

  private static double[] values(Path path, String type) {
    byte[] bytes = NpyBytes.read(path);
    int item = NpyBytes.itemBytes(type);
    double[] values = new double[bytes.length / item];
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
