package dev.tilewright.ptx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The instruction table, read from the resources that its rows stand in. */
final class InstructionTable {
  private static final List<String> RESOURCES =
      List.of("instructions.txt", "synchronisation.txt", "matrices.txt");
  private static final int MAX_MNEMONIC_WORDS = 4;

  /** A row that the modifiers of an instruction fit, with the modifiers decoded. */
  record Match(InstructionForm form, Modifiers modifiers) {}

  private static final InstructionTable SHARED = read();

  private final Map<Opcode, List<InstructionForm>> forms = new EnumMap<>(Opcode.class);
  private final Set<String> firstWords = new HashSet<>();

  private InstructionTable() {}

  static InstructionTable shared() {
    return SHARED;
  }

  private static InstructionTable read() {
    InstructionTable table = new InstructionTable();
    for (String resource : RESOURCES) {
      table.read(resource);
    }
    return table;
  }

  private void read(String resource) {
    Map<String, String> sets = new HashMap<>();
    for (String line : text(resource).split("\n")) {
      String row = line.strip();
      if (row.isEmpty() || row.startsWith("#")) {
        continue;
      }
      if (row.startsWith("$")) {
        String[] words = row.split("\\s+");
        sets.put(words[0], expand(String.join("|", tail(words, 1)), sets));
      } else {
        add(row, sets);
      }
    }
  }

  static String text(String resource) {
    try (InputStream in = InstructionTable.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> tail(String[] words, int from) {
    return Arrays.asList(words).subList(from, words.length);
  }

  /** Replaces the names of sets by their words. */
  private static String expand(String slot, Map<String, String> sets) {
    List<String> words = new ArrayList<>();
    String optional = slot.startsWith("?") ? "?" : "";
    for (String word : slot.substring(optional.length()).split("\\|")) {
      String set = word.startsWith("$") ? sets.get(word) : word;
      if (set == null) {
        throw new IllegalStateException("no set " + word);
      }
      words.add(set);
    }
    return optional + String.join("|", words);
  }

  private void add(String row, Map<String, String> sets) {
    String[] halves = row.split("(^|\\s+):(\\s+|$)", 2);
    String[] words = halves[0].split("\\s+");
    Opcode opcode = Opcode.named(words[0]);
    if (opcode == null) {
      throw new IllegalStateException("no opcode " + words[0]);
    }
    List<InstructionForm.Slot> slots = new ArrayList<>();
    for (String word : tail(words, 1)) {
      slots.add(InstructionForm.slot(expand(word, sets)));
    }
    List<OperandRule> operands = new ArrayList<>();
    if (halves.length == 2 && !halves[1].isBlank()) {
      for (String word : halves[1].strip().split("\\s+")) {
        operands.add(OperandRule.parse(word));
      }
    }
    forms
        .computeIfAbsent(opcode, o -> new ArrayList<>())
        .add(new InstructionForm(opcode, slots, operands));
    firstWords.add(words[0].split("\\.")[0]);
  }

  /** Every row, for tests. */
  List<InstructionForm> rows() {
    return forms.values().stream().flatMap(List::stream).toList();
  }

  /**
   * The rows whose modifiers fit.
   *
   * @param words the instruction's name and its modifiers without dots
   * @return never empty
   * @throws IllegalArgumentException when none fits; the message says why
   */
  List<Match> find(List<String> spelling) {
    List<String> words = spelling;
    if (words.size() > 2 && words.get(0).startsWith("bar") && words.get(1).equals("cta")) {
      words = new ArrayList<>(spelling); // bar.cta.sync is bar.sync.
      words.remove(1);
    } else if (words.size() > 2 && words.get(0).equals("vote") && words.get(2).equals("sync")) {
      words = new ArrayList<>(spelling); // vote.ballot.sync, as CUB writes it, is vote.sync.ballot.
      words.add(1, words.remove(2));
    }
    for (int n = Math.min(MAX_MNEMONIC_WORDS, words.size()); n > 0; n--) {
      Opcode opcode = Opcode.named(String.join(".", words.subList(0, n)));
      if (opcode != null && forms.containsKey(opcode)) {
        return find(opcode, words.subList(n, words.size()));
      }
    }
    Optional<String> reason = Unsimulated.reason(words);
    if (reason.isPresent()) {
      throw new IllegalArgumentException(String.join(".", words) + ": " + reason.get());
    }
    throw new IllegalArgumentException(
        firstWords.contains(words.get(0))
            ? "no instruction " + String.join(".", words)
            : "unknown instruction " + words.get(0));
  }

  private List<Match> find(Opcode opcode, List<String> modifiers) {
    List<Match> found = new ArrayList<>();
    List<InstructionForm> rows = forms.get(opcode);
    for (InstructionForm form : rows) {
      Modifiers decoded = form.match(modifiers);
      if (decoded != null) {
        found.add(new Match(form, decoded));
      }
    }
    if (!found.isEmpty()) {
      return found;
    }
    for (String word : modifiers) {
      if (rows.stream().noneMatch(f -> f.knows(word))) {
        throw new IllegalArgumentException(
            opcode + " has no " + (DataType.named(word) == null ? "modifier ." : "type .") + word);
      }
    }
    throw new IllegalArgumentException(
        opcode
            + " does not take these types and modifiers together: ."
            + String.join(".", modifiers));
  }
}
