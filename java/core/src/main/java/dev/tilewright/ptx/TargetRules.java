package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which target an instruction needs, read from the resource {@code targets.txt}. */
final class TargetRules {
  private static final String ANY = "*";

  /** What the instruction's words must have for a target to be needed: one of each set. */
  private record Rule(Target target, List<Set<String>> words) {
    boolean holds(List<String> spelling) {
      return words.stream().allMatch(any -> spelling.stream().anyMatch(any::contains));
    }
  }

  private static final TargetRules SHARED = read();

  private final Map<Opcode, List<Rule>> rules = new EnumMap<>(Opcode.class);

  static TargetRules shared() {
    return SHARED;
  }

  private static TargetRules read() {
    TargetRules rules = new TargetRules();
    Map<String, String> sets = new HashMap<>();
    for (String line : InstructionTable.text("targets.txt").split("\n")) {
      String[] words = line.strip().split("\\s+");
      if (words[0].startsWith("$")) {
        sets.put(words[0], words[1]);
      } else if (!words[0].isEmpty() && !words[0].startsWith("#")) {
        rules.add(words, sets);
      }
    }
    return rules;
  }

  private void add(String[] row, Map<String, String> sets) {
    List<Set<String>> words = new ArrayList<>();
    for (int i = 2; i < row.length; i++) {
      words.add(Set.of(sets.getOrDefault(row[i], row[i]).split("\\|")));
    }
    Rule rule = new Rule(Target.parse(row[0]), words);
    if (row[1].equals(ANY)) {
      for (Opcode opcode : Opcode.values()) {
        rules.computeIfAbsent(opcode, o -> new ArrayList<>()).add(rule);
      }
      return;
    }
    for (String mnemonic : row[1].split("\\|")) {
      Opcode opcode = Opcode.named(mnemonic);
      if (opcode == null) {
        throw new IllegalStateException("no opcode " + mnemonic);
      }
      rules.computeIfAbsent(opcode, o -> new ArrayList<>()).add(rule);
    }
  }

  /** The target that an instruction of these modifiers needs. */
  Target needed(Opcode opcode, List<String> words) {
    Target needed = Target.LEAST;
    for (Rule rule : rules.getOrDefault(opcode, List.of())) {
      if (rule.target.number() > needed.number() && rule.holds(words)) {
        needed = rule.target;
      }
    }
    return needed;
  }
}
