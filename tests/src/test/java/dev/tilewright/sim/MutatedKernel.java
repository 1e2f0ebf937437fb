package dev.tilewright.sim;

import dev.tilewright.cli.CheckedCase;
import dev.tilewright.ptx.PtxKernel;
import dev.tilewright.ptx.PtxModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A kernel with all its clean cases, which its mutants are held against. */
final class MutatedKernel {
  private static final int SEEDS = 3;
  private static final long STEPS = 2_000_000;

  /** What became of a mutant. */
  enum Fate {
    /** A finding, another result, or no end. */
    KILLED,
    /** No thread comes to the place, or the guard keeps nobody away, in any case. */
    IDLE,
    /** It makes a difference to what runs, and nothing shows. */
    SURVIVED
  }

  private final String name;
  private final String text;
  private final List<CheckedCase> cases = new ArrayList<>();
  private final List<Long> steps = new ArrayList<>();
  private PtxModule module;

  private MutatedKernel(CheckedCase first) throws IOException {
    name = first.kernel();
    text = Files.readString(first.module());
  }

  /** Every kernel that has a clean case, by its image's and its own name. */
  static Map<String, MutatedKernel> all() throws IOException {
    Map<String, MutatedKernel> all = new TreeMap<>();
    List<Path> files;
    try (Stream<Path> in = Files.list(Path.of("cases"))) {
      files = in.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    }
    for (Path file : files) {
      CheckedCase checked = CheckedCase.read(file);
      if (checked.isClean()) {
        String key = checked.module().getFileName() + " " + checked.kernel();
        if (!all.containsKey(key)) {
          all.put(key, new MutatedKernel(checked));
        }
        all.get(key).cases.add(checked);
      }
    }
    return all;
  }

  List<Mutant> mutants() {
    module = PtxModule.parse(name, text);
    PtxKernel kernel = module.kernel(name).orElseThrow();
    return Mutant.of(text, kernel);
  }

  Fate fate(Mutant mutant) {
    measure();
    if (differs(mutant.parse())) {
      return Fate.KILLED;
    }
    return traps(mutant.parseAlarm()) ? Fate.SURVIVED : Fate.IDLE;
  }

  /** Counts the steps of the kernel as it is: a mutant that takes many more does not end. */
  private void measure() {
    for (int i = steps.size(); i < cases.size(); i++) {
      List<String> wrong = cases.get(i).run(module, 0, STEPS);
      if (!wrong.isEmpty()) {
        throw new AssertionError(cases.get(i).name() + ": " + wrong);
      }
      steps.add(3 * cases.get(i).report().warpInstructions() + 10_000);
    }
  }

  private boolean differs(PtxModule mutated) {
    for (int i = 0; i < cases.size(); i++) {
      for (int seed = 0; seed < SEEDS; seed++) {
        if (!cases.get(i).run(mutated, seed, steps.get(i)).isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean traps(PtxModule alarmed) {
    for (int i = 0; i < cases.size(); i++) {
      cases.get(i).run(alarmed, 0, steps.get(i));
      if (cases.get(i).report().findings().stream().anyMatch(f -> f.kind() == FindingKind.TRAP)) {
        return true;
      }
    }
    return false;
  }
}
