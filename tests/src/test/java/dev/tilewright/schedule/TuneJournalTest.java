package dev.tilewright.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.InvalidSpecException;
import dev.tilewright.schedule.TuneJournal.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tuner's journal loses nothing that was written whole, and trusts nothing else. */
class TuneJournalTest {
  @TempDir Path folder;

  private final Logged logged = new Logged();

  @AfterEach
  void close() {
    logged.close();
  }

  private TuneJournal journal(String problem) {
    return ScheduleStore.open(folder.resolve("schedules.json")).journal(Stored.key(problem));
  }

  private Path file(String problem) {
    return TuneJournal.file(folder.resolve("schedules.json"), Stored.key(problem));
  }

  private static Tile tile(long rows) {
    return Tile.of(Map.of("rows", rows));
  }

  @Test
  void measurementsComeBackInOrder() {
    TuneJournal journal = journal("a");
    assertTrue(journal.measurements().isEmpty());
    journal.add(tile(1), 1.5e-3);
    journal.addFailure(tile(2), "line 1\nline 2 \"quoted\"");
    journal.add(tile(3), Double.MIN_VALUE);
    List<Measurement> back = journal("a").measurements();
    assertEquals(3, back.size());
    assertEquals(new Measurement(tile(1), 1.5e-3, null), back.get(0));
    assertTrue(back.get(1).failed());
    assertEquals("line 1\nline 2 \"quoted\"", back.get(1).failure());
    assertEquals(Double.MIN_VALUE, back.get(2).seconds());
    assertTrue(journal("b").measurements().isEmpty());
    journal.delete();
    assertTrue(journal("a").measurements().isEmpty());
    assertTrue(logged.messages().isEmpty(), logged.messages().toString());
  }

  @Test
  void aTimeThatIsNoneIsRefused() {
    for (double seconds : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(InvalidSpecException.class, () -> journal("a").add(tile(1), seconds));
    }
    journal("a").addFailure(tile(1), null);
    journal("a").addFailure(tile(1), "x".repeat(100_000));
    assertEquals(2, journal("a").measurements().size());
  }

  /** Killed while it wrote: at every byte, the whole lines count and the next run goes on. */
  @Test
  void tornAtEveryByte() throws IOException {
    journal("a").add(tile(1), 1e-3);
    int header = Files.readAllLines(file("a")).get(0).length() + 1;
    int first = (int) Files.size(file("a"));
    journal("a").add(tile(2), 2e-3);
    byte[] whole = Files.readAllBytes(file("a"));
    for (int length = 0; length <= whole.length; length++) {
      Files.write(file("a"), Arrays.copyOf(whole, length));
      int lines = 0;
      // A line without its line end counts when nothing else is missing.
      lines += length >= first - 1 ? 1 : 0;
      lines += length >= whole.length - 1 ? 1 : 0;
      assertEquals(lines, journal("a").measurements().size(), "at " + length);
      if (length >= header - 1 || length == 0) {
        journal("a").add(tile(3), 3e-3);
        List<Measurement> after = journal("a").measurements();
        assertEquals(lines + 1, after.size(), "at " + length);
        assertEquals(tile(3), after.get(lines).tile());
      }
    }
  }

  @Test
  void aDamagedLineIsSkipped() throws IOException {
    journal("a").add(tile(1), 1e-3);
    for (String line :
        List.of(
            "",
            "garbage",
            "{\"tile\":{\"rows\":4}}",
            "{\"tile\":{\"rows\":4},\"seconds\":NaN}",
            "{\"tile\":{\"rows\":4},\"seconds\":0}",
            "{\"tile\":{\"rows\":4},\"seconds\":1,\"failure\":\"both\"}",
            "{\"tile\":{\"rows\":4},\"seconds\":1} {}",
            "{\"seconds\":1}",
            "[".repeat(10_000),
            "x".repeat(100_000))) {
      Files.writeString(file("a"), line + "\n", StandardOpenOption.APPEND);
    }
    journal("a").add(tile(2), 2e-3);
    List<Measurement> back = journal("a").measurements();
    assertEquals(List.of(tile(1), tile(2)), back.stream().map(Measurement::tile).toList());
    assertEquals(1, logged.messages().size(), logged.messages().toString());
  }

  @Test
  void aFileOfAnotherKeyIsSetAside() throws IOException {
    journal("a").add(tile(1), 1e-3);
    Files.move(file("a"), file("b"));
    assertTrue(journal("b").measurements().isEmpty());
    assertTrue(Files.exists(file("b").resolveSibling(file("b").getFileName() + ".bad-1")));
    journal("b").add(tile(2), 2e-3);
    assertEquals(1, journal("b").measurements().size());
    assertFalse(file("a").equals(file("b")));
  }

  @Test
  void withoutAFolderItStaysInMemory() throws IOException {
    Files.writeString(folder.resolve("schedules.journal"), "occupied");
    TuneJournal journal = journal("a");
    journal.add(tile(1), 1e-3);
    journal.add(tile(2), 2e-3);
    assertEquals(2, journal.measurements().size());
    assertEquals(1, logged.messages().stream().filter(m -> m.contains("cannot write")).count());
    TuneJournal memory = ScheduleStore.inMemory().journal(Stored.key("a"));
    memory.add(tile(1), 1e-3);
    assertEquals(1, memory.measurements().size());
  }

  @Test
  void threadsShareIt() throws InterruptedException {
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      int thread = t;
      threads[t] =
          new Thread(
              () -> {
                TuneJournal own = journal("a");
                for (int i = 0; i < 25; i++) {
                  own.add(tile(100L * thread + i), 1e-3);
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(
        100, journal("a").measurements().stream().map(Measurement::tile).distinct().count());
  }
}
