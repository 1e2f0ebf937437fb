package dev.tilewright.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that write the same store at once lose nothing, not even when one is killed. */
class ScheduleStoreProcessTest {
  @TempDir Path folder;

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
  }

  private Path file() {
    return folder.resolve("schedules.json");
  }

  private Process writer(String name, int count) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                StoreWriter.class.getName(),
                file().toString(),
                name,
                Integer.toString(count))
            .redirectErrorStream(true)
            .start();
    processes.add(process);
    return process;
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes());
  }

  @Test
  @Timeout(120)
  void processesThatWriteAtOnceLoseNothing() throws Exception {
    int count = 20;
    Process one = writer("one", count);
    Process two = writer("two", count);
    ScheduleStore here = ScheduleStore.open(file());
    for (int i = 0; i < count; i++) {
      assertTrue(Stored.put(here, "here-" + i, i + 1));
    }
    String said = output(one) + output(two);
    assertEquals(0, one.waitFor(), said);
    assertEquals(0, two.waitFor(), said);
    ScheduleStore after = ScheduleStore.open(file());
    for (String name : List.of("one", "two", "here")) {
      for (int i = 0; i < count; i++) {
        assertEquals(i + 1, Stored.rows(after, name + "-" + i));
        assertEquals(i + 1, Stored.rows(here, name + "-" + i));
      }
    }
    assertEquals(3 * count, after.entries().size());
    assertEquals(2 * count, after.journal(Stored.key("shared")).measurements().size());
  }

  @Test
  @Timeout(120)
  void aProcessThatIsKilledLeavesAWholeFileAndNoLock() throws Exception {
    for (int round = 0; round < 2; round++) {
      Process process = writer("killed" + round, 100_000);
      int said = -1;
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(process.getInputStream()))) {
        while (said < 5) {
          String line = lines.readLine();
          assertTrue(line != null, "the writer ended early");
          said = Integer.parseInt(line);
        }
        process.destroyForcibly();
      }
      assertTrue(process.waitFor(10, TimeUnit.SECONDS));
      try (Logged logged = new Logged()) {
        ScheduleStore after = ScheduleStore.open(file());
        for (int i = 0; i <= said; i++) {
          assertEquals(i + 1, Stored.rows(after, "killed" + round + "-" + i));
        }
        assertTrue(
            after.journal(Stored.key("shared")).measurements().size() >= (said + 1) * (round + 1));
        assertTrue(Stored.put(after, "next", 1));
        assertEquals(List.of(), logged.messages());
      }
    }
    assertTrue(Files.exists(file()));
  }
}
