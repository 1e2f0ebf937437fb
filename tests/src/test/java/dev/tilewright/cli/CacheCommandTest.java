package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tilewright.schedule.Schedule;
import dev.tilewright.schedule.ScheduleKey;
import dev.tilewright.schedule.ScheduleStore;
import dev.tilewright.schedule.Tile;
import dev.tilewright.schedule.TuneJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void fill() {
    useStore("schedules.json");
    put("fftconv_cpu", "L=16384", "cpu here c2", 0.004);
    put("fftconv_cpu", "L=1024", "cpu there c64", 0.0002);
    put("rnn_fwd", "D=64", "gpu h100 cc90", Double.NaN);
  }

  @AfterEach
  void giveTheStoreBack() {
    System.clearProperty(ScheduleStore.PATH_PROPERTY);
  }

  private void useStore(String name) {
    System.setProperty(ScheduleStore.PATH_PROPERTY, folder.resolve(name).toString());
  }

  private static ScheduleKey key(String kernel, String problem, String machine) {
    return new ScheduleKey(kernel, problem, machine, "1", "rules");
  }

  private static void put(String kernel, String problem, String machine, double measured) {
    Tile tile = Tile.parse("rows=4,radix=16");
    Schedule schedule =
        new Schedule(kernel, problem, machine, tile, Schedule.Source.STORE, 0.005, measured, 12);
    assertTrue(
        ScheduleStore.open(ScheduleStore.userPath()).put(key(kernel, problem, machine), schedule));
  }

  private static int size() throws Exception {
    return Tw.run("cache", "ls", "--json").expect(0).json().get("schedules").size();
  }

  @Test
  void lists() throws Exception {
    String text = Tw.run("cache", "ls").expect(0).out();
    assertTrue(text.contains("fftconv_cpu  L=16384  cpu here c2"), text);
    assertTrue(text.contains("rows=4,radix=16  measured 4.00 ms, store, just now"), text);
    assertTrue(text.contains("predicted 5.00 ms"), text);
    assertTrue(text.contains("3 schedules in " + ScheduleStore.userPath()), text);
    JsonNode row = Tw.run("cache", "ls", "H100", "--json").expect(0).json().get("schedules").get(0);
    assertEquals("rnn_fwd", row.get("kernel").textValue());
    assertEquals("D=64", row.get("problem").textValue());
    assertEquals("gpu h100 cc90", row.get("machine").textValue());
    assertEquals(16, row.get("tile").get("radix").intValue());
    assertTrue(row.get("measuredMs").isNull());
    assertEquals(5, row.get("predictedMs").doubleValue(), 1e-9);
    assertTrue(row.get("ageSeconds").longValue() < 60);
    useStore("none.json");
    assertTrue(Tw.run("cache", "ls").expect(0).out().startsWith("0 schedules in "));
  }

  @ParameterizedTest
  @CsvSource({
    "fftconv, 2",
    "FFT*, 2",
    "fft, 2",
    "L=1024, 1",
    "L=1*, 2",
    "h100, 1",
    "cpu here ??, 1",
    "radix=16, 3",
    "fft*here, 0",
    "., 0",
    "*, 3"
  })
  void patternsChoose(String pattern, int matches) throws Exception {
    assertEquals(
        matches, Tw.run("cache", "ls", pattern, "--json").expect(0).json().get("schedules").size());
  }

  @Test
  void removes() throws Exception {
    Tw.run("cache", "rm").fails(2, "name a PATTERN, or --all");
    Tw.run("cache", "rm", "x", "--all").fails(2, "name a PATTERN, or --all");
    assertEquals("removed 0 schedules\n", Tw.run("cache", "rm", "nothing").expect(1).out());
    assertEquals("removed 1 schedule\n", Tw.run("cache", "rm", "rnn*").expect(0).out());
    assertEquals(2, size());
    JsonNode json = Tw.run("cache", "rm", "--all", "--json").expect(0).json();
    assertEquals(2, json.get("removed").intValue());
    assertEquals(0, size());
    Tw.run("cache", "rm", "--all").expect(0);
  }

  @Test
  void removesWhatTheTunerWroteDown() {
    ScheduleKey key = key("rnn_fwd", "D=64", "gpu h100 cc90");
    journal(key).add(Tile.parse("rows=1"), 1);
    ScheduleKey other = key("rnn_fwd", "D=128", "gpu h100 cc90"); // led to no schedule
    journal(other).add(Tile.parse("rows=1"), 1);
    Tw.run("cache", "rm", "rnn").expect(0);
    assertEquals(0, journal(key).measurements().size());
    assertEquals(1, journal(other).measurements().size());
    Tw.run("cache", "rm", "--all").expect(0);
    assertEquals(0, journal(other).measurements().size());
  }

  private static TuneJournal journal(ScheduleKey key) {
    return ScheduleStore.open(ScheduleStore.userPath()).journal(key);
  }

  @Test
  void exportsAndImports() throws Exception {
    Path file = folder.resolve("exported.json");
    assertEquals(
        "wrote 2 schedules to " + file + "\n",
        Tw.run("cache", "export", file, "fftconv").expect(0).out());
    useStore("other.json");
    put("fftconv_cpu", "L=16384", "cpu here c2", 0.001); // faster than the file's
    JsonNode json = Tw.run("cache", "import", file, "--json").expect(0).json();
    assertEquals(1, json.get("imported").intValue());
    assertEquals(2, size());
    String text = Tw.run("cache", "ls").out();
    assertTrue(text.contains("cpu there c64"), "another machine's entry is kept: " + text);
    assertTrue(text.contains("measured 1.00 ms"), text);
    Tw.run("cache", "export", file.resolve("below.json")).fails(2, "cannot export");
    useStore("exported.json/below.json");
    Tw.run("cache", "import", file).fails(1, "below.json cannot be written");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{\"schema\":1}",
        "{\"schema\":99,\"schedules\":[]}",
        "{\"schema\":1,\"schedules\":[{\"kernel\":\"../../etc\"}]}"
      })
  void aBadFileIsRefusedAndChangesNothing(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("bad.json"), content);
    Tw.run("cache", "import", file).fails(2, "cannot import " + file);
    assertEquals(3, size());
    assertEquals(content, Files.readString(file));
  }

  @Test
  void aHostileStoreIsSetAside() throws IOException {
    Files.writeString(ScheduleStore.userPath(), "{\"schema\":1,\"schedules\":[{}]}");
    assertTrue(Tw.run("cache", "ls").expect(0).out().startsWith("0 schedules"));
    assertFalse(Files.exists(ScheduleStore.userPath()), "set aside");
  }

  @Test
  void faultyCommands() {
    Tw.run("cache").fails(2, "ls, rm, export or import");
    Tw.run("cache", "frobnicate").fails(2, "frobnicate");
    Tw.run("cache", "import").fails(2, "FILE.json");
    Tw.run("cache", "import", folder.resolve("none.json")).fails(2, "cannot import");
    Tw.run("cache", "import", folder).fails(2, "cannot import");
  }

  @Test
  void agesAreInWords() {
    assertEquals("just now", CacheCommand.Ls.age(Duration.ofSeconds(-5)));
    assertEquals("1 minute ago", CacheCommand.Ls.age(Duration.ofSeconds(100)));
    assertEquals("3 hours ago", CacheCommand.Ls.age(Duration.ofHours(3)));
    assertEquals("40 days ago", CacheCommand.Ls.age(Duration.ofDays(40)));
  }
}
