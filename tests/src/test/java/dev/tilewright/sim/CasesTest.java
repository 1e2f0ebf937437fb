package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tilewright.cli.CheckedCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs every case of {@code tests/cases}: clean ones give the reference's result and no finding,
 * planted faults are found at their line.
 */
final class CasesTest {
  private static final Path CASES = Path.of("cases");

  private static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(CASES)) {
      return files.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static void runAll(long seed) throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path file : cases()) {
      CheckedCase checked = CheckedCase.read(file);
      checked.run(seed).forEach(w -> wrong.add(checked.name() + ": " + w));
    }
    assertEquals(List.of(), wrong);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void everySchedule(long seed) throws IOException {
    runAll(seed);
  }
}
