package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Takes each barrier, wait, fence and guarding predicate of the clean kernels away in turn: the run
 * must report it, or give another result. Of those that make a difference to what runs, the ones
 * that neither happens to stand in {@code mutants.txt} with the reason. A sample of them in the
 * normal profile, all with {@code -Pdeep}.
 */
final class MutantsTest {
  private static final boolean DEEP = Boolean.getBoolean("tilewright.deep");
  private static final int SAMPLE = 16;

  /** Kernels whose runs take long: the sample leaves them out. */
  private static final String SLOW = ".*(gemm_|mathematics|triton|mma_).*";

  /** How many there are: a change of a kernel or of what counts must not go unseen. */
  private static final Map<Mutant.Kind, Integer> COUNTS =
      Map.of(
          Mutant.Kind.BARRIER, 228,
          Mutant.Kind.WAIT, 53,
          Mutant.Kind.FENCE, 20,
          Mutant.Kind.ORDER, 14,
          Mutant.Kind.GUARD, 68,
          Mutant.Kind.LEAP, 742);

  /** A line of the list: which mutants survive, and whether they are as good as the kernel. */
  private record Entry(String key, Pattern pattern, boolean equivalent) {}

  @Test
  void mutantsAreKilledOrListed() throws IOException {
    List<Entry> listed = listed();
    Map<Mutant.Kind, Integer> counts = new EnumMap<>(Mutant.Kind.class);
    Map<MutatedKernel.Fate, Integer> fates = new EnumMap<>(MutatedKernel.Fate.class);
    Set<String> unlisted = new TreeSet<>();
    Set<String> met = new TreeSet<>();
    int holes = 0;
    int number = 0;
    for (Map.Entry<String, MutatedKernel> kernel : MutatedKernel.all().entrySet()) {
      String name = kernel.getKey().split(" ")[1];
      for (Mutant mutant : kernel.getValue().mutants()) {
        counts.merge(mutant.kind(), 1, Integer::sum);
        if (!DEEP && (kernel.getKey().matches(SLOW) || number++ % SAMPLE != 0)) {
          continue;
        }
        MutatedKernel.Fate fate = kernel.getValue().fate(mutant);
        fates.merge(fate, 1, Integer::sum);
        if (fate == MutatedKernel.Fate.SURVIVED) {
          String key = name + " " + mutant.kind() + " " + mutant.place();
          Optional<Entry> entry =
              listed.stream().filter(e -> e.pattern().matcher(key).matches()).findFirst();
          entry.ifPresentOrElse(e -> met.add(e.key()), () -> unlisted.add(key + " " + mutant));
          holes += entry.isPresent() && !entry.get().equivalent() ? 1 : 0;
        }
      }
    }
    System.out.println("mutants " + counts + ", fates " + fates + ", holes " + holes);
    assertEquals(Set.of(), unlisted);
    assertEquals(new TreeMap<>(COUNTS), new TreeMap<>(counts));
    int killed = fates.getOrDefault(MutatedKernel.Fate.KILLED, 0);
    int least = DEEP ? 95 : 85; // Of a few dozen, one is some percent.
    assertTrue(killed > 15 && killed * 100 >= least * (killed + holes), "" + fates);
    if (DEEP) {
      assertEquals(new TreeSet<>(listed.stream().map(Entry::key).toList()), met);
    }
  }

  /** Lines of {@code kernel KIND file:line equivalent|hole: reason}; # begins a remark. */
  private static List<Entry> listed() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (InputStream in = MutantsTest.class.getResourceAsStream("mutants.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] words = line.split(" ", 5);
          assertTrue(words[3].matches("(equivalent|hole):") && words.length == 5, line);
          String key = String.join(" ", words[0], words[1], words[2]);
          Pattern pattern = Pattern.compile(Pattern.quote(key).replace("*", "\\E.*\\Q"));
          entries.add(new Entry(key, pattern, words[3].equals("equivalent:")));
        }
      }
    }
    return entries;
  }
}
