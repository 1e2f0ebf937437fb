package dev.tilewright.sim;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tables of instructions with operands and results, in {@code edges/*.txt}. A row is
 *
 * <pre>{@code instruction : source source … = result …}</pre>
 *
 * with values in hex, whose digits tell the register (4, 8, 16 or 32; {@code T} and {@code F} are
 * predicates); {@code =x} is written into the instruction as x, {@code |} joins the results, {@code
 * *} is any result. An instruction with braces or commas names its operands itself, d0, d1, … and
 * s0, s1, ….
 */
final class EdgeTable {
  /** One row. */
  record Row(
      String file, int line, String instruction, List<String> sources, List<String> results) {
    /** Rows of the same key run in one kernel. */
    String key() {
      return instruction
          + sources.stream()
              .map(s -> s.startsWith("=") ? s : " " + kind(s))
              .collect(Collectors.joining())
          + results.stream()
              .map(r -> r.equals("|") ? r : " " + kind(r))
              .collect(Collectors.joining());
    }

    @Override
    public String toString() {
      return file + ":" + line + " " + instruction + " " + String.join(" ", sources);
    }
  }

  private EdgeTable() {}

  private static String kind(String value) {
    return value.equals("T") || value.equals("F") ? "pred" : "b" + 4 * value.length();
  }

  static List<Row> read(String name) {
    List<Row> rows = new ArrayList<>();
    String[] lines = text(name).split("\n");
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].replaceFirst("#.*", "").strip();
      if (line.isEmpty()) {
        continue;
      }
      String[] halves = line.split("\\s+:\\s+", 2);
      String[] values = halves[1].split("\\s+=\\s+", 2);
      rows.add(
          new Row(
              name,
              i + 1,
              halves[0],
              List.of(values[0].strip().split("\\s+")),
              List.of(values[1].strip().split("\\s+"))));
    }
    return rows;
  }

  private static String text(String name) {
    try (InputStream in = EdgeTable.class.getResourceAsStream("/edges/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs rows on a chip; what differs, in words. */
  static List<String> run(String chip, List<Row> rows) {
    Map<String, List<Row>> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      groups.computeIfAbsent(row.key(), k -> new ArrayList<>()).add(row);
    }
    List<String> wrong = new ArrayList<>();
    for (List<Row> group : groups.values()) {
      for (int from = 0; from < group.size(); from += 32) {
        List<Row> part = group.subList(from, Math.min(group.size(), from + 32));
        wrong.addAll(run(chip, part, 32));
        wrong.addAll(run(chip, part, part.size()));
      }
    }
    return wrong;
  }

  /** Lane by lane a row, and again from the first. */
  private static List<String> run(String chip, List<Row> rows, int threads) {
    Row first = rows.get(0);
    List<String> sources = first.sources.stream().filter(s -> !s.startsWith("=")).toList();
    List<String> results = first.results.stream().filter(r -> !r.equals("|")).toList();
    byte[] in = new byte[32 * 16 * sources.size()];
    byte[] out = new byte[32 * 16 * results.size()];
    for (int lane = 0; lane < 32; lane++) {
      Row row = rows.get(lane % rows.size());
      int at = lane * 16 * sources.size();
      for (String source : row.sources) {
        if (!source.startsWith("=")) {
          put(in, at, source);
          at += 16;
        }
      }
    }
    String ptx = ptx(first, sources, results);
    List<String> wrong = new ArrayList<>();
    try {
      PtxRun.on(chip).threads(threads).runClean(ptx, in, out);
    } catch (AssertionError | RuntimeException e) {
      return List.of(first + ": " + e.getMessage().lines().findFirst().orElse(""));
    }
    for (int lane = 0; lane < threads; lane++) {
      Row row = rows.get(lane % rows.size());
      int at = lane * 16 * results.size();
      List<String> got = new ArrayList<>();
      boolean same = true;
      for (String result : row.results) {
        if (!result.equals("|")) {
          String value = get(out, at, result);
          same &= value.equals(result);
          got.add(value);
          at += 16;
        }
      }
      if (!same) {
        wrong.add(row + " gives " + String.join(" ", got) + " instead of " + row.results);
      }
    }
    return wrong.stream().distinct().toList();
  }

  private static void put(byte[] into, int at, String value) {
    BigInteger bits =
        switch (value) {
          case "T" -> BigInteger.ONE;
          case "F" -> BigInteger.ZERO;
          default -> new BigInteger(value, 16);
        };
    for (int i = 0; i < 16; i++) {
      into[at + i] = bits.shiftRight(8 * i).byteValue();
    }
  }

  private static String get(byte[] from, int at, String like) {
    if (kind(like).equals("pred")) {
      return from[at] != 0 ? "T" : "F";
    }
    StringBuilder text = new StringBuilder();
    for (int i = like.length() / 2 - 1; i >= 0; i--) {
      text.append(String.format("%02x", from[at + i]));
    }
    return text.toString();
  }

  private static String ptx(Row row, List<String> sources, List<String> results) {
    StringBuilder text = new StringBuilder();
    text.append(".version 9.0\n.target sm_90\n.address_size 64\n");
    text.append(".visible .entry k(.param .b64 in, .param .b64 out)\n{\n");
    text.append(".reg .b64 i, o;\n.reg .b32 lane, w;\nmov.u32 lane, %tid.x;\n");
    text.append("ld.param.b64 i, [in];\nld.param.b64 o, [out];\n");
    text.append("mad.wide.u32 i, lane, " + 16 * sources.size() + ", i;\n");
    text.append("mad.wide.u32 o, lane, " + 16 * results.size() + ", o;\n");
    for (int s = 0; s < sources.size(); s++) {
      String kind = kind(sources.get(s));
      text.append(".reg ." + kind + " s" + s + ";\n");
      if (kind.equals("pred")) {
        text.append("ld.global.b32 w, [i+" + 16 * s + "];\nsetp.ne.b32 s" + s + ", w, 0;\n");
      } else {
        text.append("ld.global." + kind + " s" + s + ", [i+" + 16 * s + "];\n");
      }
    }
    for (int d = 0; d < results.size(); d++) {
      text.append(".reg ." + kind(results.get(d)) + " d" + d + ";\n");
    }
    text.append(statement(row)).append(";\n");
    for (int d = 0; d < results.size(); d++) {
      String kind = kind(results.get(d));
      if (kind.equals("pred")) {
        text.append("selp.b32 w, 1, 0, d" + d + ";\nst.global.b32 [o+" + 16 * d + "], w;\n");
      } else {
        text.append("st.global." + kind + " [o+" + 16 * d + "], d" + d + ";\n");
      }
    }
    return text.append("ret;\n}\n").toString();
  }

  private static String statement(Row row) {
    if (row.instruction.contains(" ")) {
      return row.instruction;
    }
    boolean piped = row.results.contains("|");
    int count = (int) row.results.stream().filter(r -> !r.equals("|")).count();
    String to =
        IntStream.range(0, count)
            .mapToObj(d -> "d" + d)
            .collect(Collectors.joining(piped ? "|" : ", "));
    StringBuilder text = new StringBuilder(row.instruction + " " + to);
    int s = 0;
    for (String source : row.sources) {
      text.append(", ").append(source.startsWith("=") ? source.substring(1) : "s" + s++);
    }
    return text.toString();
  }
}
