package dev.tilewright.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.GpuSpec;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.MachineSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutated store files, journals and machine files for five seconds, or a minute in the deep run:
 * only the documented exceptions, no hang, and no illegal tile gets through.
 */
class ScheduleFuzzTest {
  private static final Duration EACH =
      Duration.ofSeconds(Boolean.getBoolean("tilewright.deep") ? 20 : 1);

  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "null",
    "true",
    "-",
    "1e400",
    "-1e-400",
    "NaN",
    "\\u0000",
    "\\",
    "99999999999999999999999",
    "0.5",
    "{}",
    "[]",
    "\"tile\"",
    "\"schema\":2,",
    "\uFEFF",
    "\"rows\":3",
    "\"x\":" + "[".repeat(50),
    "\"measuredSeconds\":0"
  };

  @TempDir Path folder;

  /** One to four random changes: bytes, pieces of JSON, cuts, copies. */
  private static byte[] mutate(byte[] bytes, Random random) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length + 1);
      int end = Math.min(bytes.length, at + random.nextInt(12));
      byte[] piece =
          switch (random.nextInt(5)) {
            case 0 -> new byte[0];
            case 1 -> new byte[] {(byte) random.nextInt(256)};
            case 2 -> PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
            case 3 ->
                Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + random.nextInt(99)));
            default -> Integer.toString(random.nextInt()).getBytes(StandardCharsets.US_ASCII);
          };
      if (random.nextInt(8) == 0) {
        end = bytes.length; // a torn file
      } else if (random.nextBoolean()) {
        end = at; // an insertion
      }
      byte[] next = new byte[at + piece.length + bytes.length - end];
      System.arraycopy(bytes, 0, next, 0, at);
      System.arraycopy(piece, 0, next, at, piece.length);
      System.arraycopy(bytes, end, next, at + piece.length, bytes.length - end);
      bytes = next;
    }
    return bytes;
  }

  private interface Round {
    void run(byte[] bytes) throws IOException;
  }

  private static void fuzz(byte[] seed, Round round) throws IOException {
    long seedOfRandom = System.nanoTime();
    Random random = new Random(seedOfRandom);
    long end = System.nanoTime() + EACH.toNanos();
    do {
      byte[] bytes = mutate(seed, random);
      try {
        round.run(bytes);
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed " + seedOfRandom + ": " + new String(bytes, StandardCharsets.ISO_8859_1), e);
      }
    } while (System.nanoTime() - end < 0);
  }

  private static byte[] store() throws IOException {
    Saxpy kernel = new Saxpy();
    List<ScheduleStore.Entry> entries = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      ScheduleKey key = ScheduleKey.of(kernel, new Saxpy.Spec(840, 64L * i), GpuSpec.of("a100"));
      Schedule schedule =
          new Schedule(
              key.kernel(),
              key.problem(),
              key.machine(),
              Tile.of(Map.of("rows", 2L * i, "columns", 5L)),
              Schedule.Source.STORE,
              1e-3 * i,
              2e-3,
              7);
      entries.add(new ScheduleStore.Entry(key, schedule, java.time.Instant.EPOCH));
    }
    return ScheduleFile.format(entries);
  }

  @Test
  @Timeout(90)
  void parserOfStores() throws IOException {
    int[] accepted = new int[1];
    fuzz(
        store(),
        bytes -> {
          try {
            List<ScheduleStore.Entry> entries = ScheduleFile.parse(bytes);
            accepted[0]++;
            // What is accepted can be written, and reads back the same.
            assertEquals(entries, ScheduleFile.parse(ScheduleFile.format(entries)));
          } catch (ScheduleFile.BadFileException | ScheduleFile.NewerException e) {
            assertTrue(e.getMessage().length() < 500, e.getMessage());
          }
        });
    assertTrue(accepted[0] > 0, "some mutations are harmless");
  }

  @Test
  @Timeout(90)
  void schedulerOverStores() throws IOException {
    MachineSpec machine = GpuSpec.of("a100");
    Saxpy.Spec spec = new Saxpy.Spec(840, 64);
    Saxpy kernel = new Saxpy();
    Path file = folder.resolve("schedules.json");
    try (Logged logged = new Logged()) {
      fuzz(
          store(),
          bytes -> {
            Files.write(file, bytes);
            Scheduler scheduler = new Scheduler(ScheduleStore.open(file));
            Tile tile = scheduler.schedule(kernel, spec, machine).tile();
            assertEquals(0, 840 % (tile.get("rows") * tile.get("columns")));
            assertTrue(tile.get("rows") * tile.get("columns") <= 64);
          });
    }
  }

  @Test
  @Timeout(90)
  void journals() throws IOException {
    ScheduleStore store = ScheduleStore.open(folder.resolve("schedules.json"));
    ScheduleKey key = Stored.key("a");
    for (long rows = 1; rows <= 4; rows++) {
      store.journal(key).add(Tile.of(Map.of("rows", rows)), rows * 1e-3);
    }
    store.journal(key).addFailure(Tile.of(Map.of("rows", 9L)), "wrong result");
    Path file = TuneJournal.file(folder.resolve("schedules.json"), key);
    byte[] whole = Files.readAllBytes(file);
    try (Logged logged = new Logged()) {
      fuzz(
          whole,
          bytes -> {
            Files.write(file, bytes);
            for (TuneJournal.Measurement each : store.journal(key).measurements()) {
              assertTrue(each.failed() || each.seconds() > 0);
            }
          });
    }
  }

  @Test
  @Timeout(90)
  void machines() throws IOException {
    String text =
        """
        {"machines": {"mine": {"base": "a100", "sms": 54, "comment": "half"},
         "other": {"base": "mine", "sharedPerSm": 167936, "sharedConfigsKb": [0, 100, 164],
          "model": "Other", "clockMHz": 1.5e3}}}
        """;
    Path file = folder.resolve("gpu.json");
    fuzz(
        text.getBytes(StandardCharsets.UTF_8),
        bytes -> {
          Files.write(file, bytes);
          try {
            GpuSpec.readAll(file).values().forEach(gpu -> assertTrue(gpu.sms() > 0));
          } catch (InvalidSpecException e) {
            assertTrue(e.getMessage().contains("gpu.json"), e.getMessage());
          }
        });
  }
}
