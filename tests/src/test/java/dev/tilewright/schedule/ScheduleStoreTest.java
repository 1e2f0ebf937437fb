package dev.tilewright.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.InvalidSpecException;
import dev.tilewright.TilewrightException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The store keeps what it is given, and survives every file that may lie in its place. */
class ScheduleStoreTest {
  @TempDir Path folder;

  private final Logged logged = new Logged();

  @AfterEach
  void close() {
    logged.close();
  }

  private Path file() {
    return folder.resolve("schedules.json");
  }

  private ScheduleStore open() {
    return ScheduleStore.open(file());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsStoredIsFoundByAnotherStore() {
    assertTrue(Stored.put(open(), "a", 4));
    ScheduleStore store = open();
    Schedule found = store.find(Stored.key("a")).orElseThrow();
    assertEquals(Stored.schedule(Stored.key("a"), 4), found);
    assertTrue(found.measured());
    assertTrue(store.find(Stored.key("b")).isEmpty());
    assertEquals(1, store.entries().size());
    assertTrue(logged.messages().isEmpty(), logged.messages().toString());
  }

  @Test
  void timesThatAreNotKnownStayUnknown() {
    ScheduleKey key = Stored.key("a");
    Schedule unknown =
        new Schedule(
            key.kernel(),
            key.problem(),
            key.machine(),
            Tile.of(Map.of("rows", Long.MAX_VALUE, "_x", Long.MIN_VALUE)),
            Schedule.Source.STORE,
            Double.NaN,
            Double.NaN,
            0);
    assertTrue(open().put(key, unknown));
    Schedule found = open().find(key).orElseThrow();
    assertEquals(unknown, found);
    assertFalse(found.measured());
  }

  @Test
  void anotherVersionIsNotUsedAndMakesRoom() {
    Stored.put(open(), "a", 4);
    for (ScheduleKey stale :
        List.of(
            new ScheduleKey("saxpy", "a", "gpu test", "v2", "rules1"),
            new ScheduleKey("saxpy", "a", "gpu test", "v1", "rules2"),
            new ScheduleKey("saxpy", "a", "gpu other", "v1", "rules1"),
            new ScheduleKey("daxpy", "a", "gpu test", "v1", "rules1"))) {
      assertTrue(open().find(stale).isEmpty(), stale.toString());
    }
    ScheduleKey next = new ScheduleKey("saxpy", "a", "gpu test", "v2", "rules1");
    open().put(next, Stored.schedule(next, 8));
    assertEquals(1, open().entries().size());
    assertTrue(open().find(Stored.key("a")).isEmpty());
  }

  @Test
  void changesOfOthersAreSeen() {
    ScheduleStore one = open();
    ScheduleStore two = open();
    assertEquals(-1, Stored.rows(one, "a"));
    Stored.put(two, "a", 1);
    assertEquals(1, Stored.rows(one, "a"));
    Stored.put(one, "b", 2);
    Stored.put(two, "a", 3);
    assertEquals(3, Stored.rows(one, "a"));
    assertEquals(2, Stored.rows(two, "b"));
    assertTrue(two.remove(Stored.key("a")));
    assertFalse(two.remove(Stored.key("a")));
    assertEquals(-1, Stored.rows(one, "a"));
  }

  @Test
  void manyThreadsAndStoresLoseNothing() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int thread = t;
      threads.add(
          new Thread(
              () -> {
                ScheduleStore store = open();
                for (int i = 0; i < 10; i++) {
                  assertTrue(Stored.put(store, thread + "-" + i, i + 1));
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(40, open().entries().size());
    assertTrue(logged.messages().isEmpty(), logged.messages().toString());
  }

  @Test
  void aFileTornAtAnyByteIsSetAsideOrWhole() throws IOException {
    Stored.put(open(), "a", 4);
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Path torn = folder.resolve("torn" + length);
      Files.createDirectory(torn);
      Path file = Files.write(torn.resolve("schedules.json"), Arrays.copyOf(whole, length));
      ScheduleStore store = ScheduleStore.open(file);
      if (length == whole.length - 1) { // only the line end is missing
        assertEquals(4, Stored.rows(store, "a"));
        continue;
      }
      assertEquals(-1, Stored.rows(store, "a"), "at " + length);
      assertTrue(Files.exists(torn.resolve("schedules.json.bad-1")), "at " + length);
      assertFalse(Files.exists(file));
    }
    assertEquals(whole.length - 1, logged.messages().size(), "each is reported once");
  }

  static List<String> hostile() {
    String entry =
        "{'kernel':'saxpy','problem':'a','machine':'gpu test','kernelHash':'v1',"
            + "'rulesHash':'rules1','tile':{'rows':4},'stored':'2026-01-01T00:00:00Z'}";
    List<String> texts = new ArrayList<>();
    for (String part :
        List.of(
            "'tile':[]",
            "'tile':null",
            "'tile':{'rows':4.5}",
            "'tile':{'rows':'4'}",
            "'tile':{'rows':99999999999999999999}",
            "'tile':{'rows':4,'rows':5}",
            "'tile':{'../x':4}",
            "'tile':{'':4}",
            "'tile':{'rows':NaN}")) {
      texts.add("{'schema':1,'schedules':[" + entry.replace("'tile':{'rows':4}", part) + "]}");
    }
    for (String part :
        List.of(
            "'measuredSeconds':NaN",
            "'measuredSeconds':-1",
            "'measuredSeconds':1e999",
            "'measuredSeconds':'fast'",
            "'predictedSeconds':Infinity",
            "'legalTiles':-1",
            "'legalTiles':1.5",
            "'legalTiles':1e99")) {
      texts.add("{'schema':1,'schedules':[" + entry.replace("'stored'", part + ",'stored'") + "]}");
    }
    for (String field : List.of("kernel", "problem", "machine", "kernelHash", "stored")) {
      texts.add("{'schema':1,'schedules':[" + entry.replace("'" + field + "'", "'other'") + "]}");
      texts.add(
          "{'schema':1,'schedules':["
              + entry.replaceFirst("'" + field + "':'[^']*'", "'" + field + "':7")
              + "]}");
    }
    texts.addAll(
        List.of(
            "{'schema':0,'schedules':[]}",
            "{'schema':-1,'schedules':[]}",
            "{'schema':'1','schedules':[]}",
            "{'schema':99999,'schedules':[]}",
            "{'schema':1.0,'schedules':[]}",
            "{'schedules':[]}",
            "{'schema':1}",
            "{'schema':1,'schedules':{}}",
            "{'schema':1,'schedules':[[]]}",
            "{'schema':1,'schedules':[7]}",
            "{'schema':1,'schedules':[" + entry + "]} x",
            "{'schema':1,'schedules':[" + entry + "],'x':" + "[".repeat(100_000),
            "{'schema':1,'schedules':" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
            "{'schema':1,'" + "y".repeat(5_000_000) + "':1,'schedules':[]}",
            "{'schema':1,'schedules':[" + entry.replace("saxpy", "y".repeat(5_000_000)) + "]}",
            "{'schema':1,'schedules':[" + entry.replace("saxpy", "../../etc") + "]}",
            "{'schema':1,'schedules':[" + entry.replace("gpu test", "a\\u0000b") + "]}",
            "\0\0\0\0",
            "not json",
            "[]",
            "null"));
    return texts;
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource
  void hostile(String text) throws IOException {
    Files.writeString(file(), text.replace('\'', '"'), StandardCharsets.ISO_8859_1);
    ScheduleStore store = open();
    assertTrue(store.find(Stored.key("a")).isEmpty());
    assertTrue(store.entries().isEmpty());
    assertEquals(1, logged.messages().size(), logged.messages().toString());
    assertTrue(names().contains("schedules.json.bad-1"), names().toString());
    assertTrue(logged.messages().get(0).length() < 1000, logged.messages().get(0));
    assertTrue(Stored.put(store, "a", 4), "the store works on");
    assertEquals(4, Stored.rows(open(), "a"));
  }

  @Test
  void unknownFieldsAreSkipped() throws IOException {
    Stored.put(open(), "a", 4);
    String text = Files.readString(file());
    Files.writeString(
        file(),
        text.replace("\"tile\"", "\"note\" : {\"by\" : [1, \"me\"]}, \"tile\"")
            .replace("\"schedules\"", "\"comment\" : null, \"schedules\""));
    assertEquals(4, Stored.rows(open(), "a"));
  }

  @Test
  void aNewerSchemaIsLeftToTheNewerVersion() throws IOException {
    String newer = "{\"schema\":2,\"plans\":{}}";
    Files.writeString(file(), newer);
    ScheduleStore store = open();
    assertTrue(store.entries().isEmpty());
    assertEquals(List.of("schedules.json"), names());
    assertFalse(Stored.put(store, "a", 4), "not over what a newer version wrote");
    assertEquals(4, Stored.rows(store, "a"), "kept in memory");
    assertEquals(newer, Files.readString(file()));
  }

  @Test
  void badFilesAreBounded() throws IOException {
    for (int i = 0; i < 3 * StoreFiles.BAD_FILES; i++) {
      Files.writeString(file(), "bad " + i);
      assertTrue(open().entries().isEmpty());
    }
    assertEquals(
        StoreFiles.BAD_FILES, names().stream().filter(name -> name.contains(".bad-")).count());
  }

  @Test
  void aLinkInItsPlaceIsNotFollowed() throws IOException {
    Path target = folder.resolve("precious.txt");
    Files.writeString(target, "precious");
    Files.createSymbolicLink(file(), target);
    ScheduleStore store = open();
    assertTrue(store.entries().isEmpty());
    assertTrue(Stored.put(store, "a", 4));
    assertEquals("precious", Files.readString(target));
    assertTrue(Files.isRegularFile(file(), LinkOption.NOFOLLOW_LINKS));
    assertEquals(4, Stored.rows(open(), "a"));
  }

  @Test
  void aLinkInTheLocksPlaceIsNotFollowed() throws IOException {
    Path target = folder.resolve("elsewhere");
    Files.createSymbolicLink(folder.resolve("schedules.json.lock"), target);
    ScheduleStore store = open();
    assertFalse(Stored.put(store, "a", 4));
    assertEquals(4, Stored.rows(store, "a"));
    assertFalse(Files.exists(target));
  }

  @Test
  void aFolderInItsPlaceIsLeftAlone() throws IOException {
    Files.createDirectories(file().resolve("inside"));
    ScheduleStore store = open();
    assertTrue(store.entries().isEmpty());
    assertFalse(Stored.put(store, "a", 4));
    assertEquals(4, Stored.rows(store, "a"));
    assertTrue(Files.isDirectory(file().resolve("inside")));
  }

  @Test
  void aPipeInItsPlaceDoesNotBlock() throws Exception {
    Process mkfifo = new ProcessBuilder("mkfifo", file().toString()).start();
    Assumptions.assumeTrue(mkfifo.waitFor() == 0);
    assertTrue(open().entries().isEmpty());
  }

  @Test
  void aFolderThatCannotBeMadeKeepsSchedulesInMemory() throws IOException {
    Files.writeString(folder.resolve("occupied"), "a file");
    ScheduleStore store = ScheduleStore.open(folder.resolve("occupied/tilewright/schedules.json"));
    assertFalse(Stored.put(store, "a", 4));
    assertFalse(Stored.put(store, "b", 5));
    assertEquals(4, Stored.rows(store, "a"));
    assertEquals(2, store.entries().size());
    assertEquals(1, logged.messages().stream().filter(m -> m.contains("in memory")).count());
    assertTrue(store.remove(Stored.key("a")));
    assertEquals(-1, Stored.rows(store, "a"));
  }

  @Test
  void whatWasKeptInMemoryIsWrittenLater() throws IOException {
    Path occupied = Files.writeString(folder.resolve("occupied"), "a file");
    ScheduleStore store = ScheduleStore.open(occupied.resolve("schedules.json"));
    assertFalse(Stored.put(store, "a", 4));
    Files.delete(occupied);
    assertTrue(Stored.put(store, "b", 5));
    assertEquals(4, Stored.rows(ScheduleStore.open(occupied.resolve("schedules.json")), "a"));
  }

  @Test
  void aFileThatCannotBeReadIsNotFatal() throws IOException {
    Stored.put(open(), "a", 4);
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(Files.isReadable(file()), "the superuser reads everything");
    assertTrue(open().entries().isEmpty());
    assertEquals(1, logged.messages().size());
  }

  @Test
  void temporaryFilesOfTheDeadAreRemoved() throws IOException {
    Path old = Files.writeString(folder.resolve("schedules.json.tmp-1-2"), "{");
    Files.setLastModifiedTime(old, java.nio.file.attribute.FileTime.fromMillis(0));
    Path fresh = Files.writeString(folder.resolve("schedules.json.tmp-3-4"), "{");
    Stored.put(open(), "a", 4);
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(fresh), "its process may live");
    assertEquals(
        List.of("schedules.json", "schedules.json.lock", "schedules.json.tmp-3-4"), names());
  }

  @Test
  void exportAndImport() throws IOException {
    ScheduleStore store = open();
    Stored.put(store, "a", 4);
    Stored.put(store, "b", 5);
    Path exported = folder.resolve("out/exported.json");
    assertEquals(1, store.exportTo(exported, entry -> entry.key().problem().equals("b")));
    ScheduleStore other = ScheduleStore.open(folder.resolve("other.json"));
    assertEquals(1, other.importFrom(exported));
    assertEquals(5, Stored.rows(other, "b"));
    assertEquals(0, other.importFrom(exported), "measured as fast here");
    Files.writeString(exported, "no");
    assertThrows(TilewrightException.class, () -> other.importFrom(exported));
    assertThrows(TilewrightException.class, () -> other.importFrom(folder.resolve("none")));
    assertTrue(Files.exists(exported), "a file that the user named is not renamed");
    assertThrows(TilewrightException.class, () -> store.exportTo(folder, entry -> true));
  }

  @Test
  void entriesAreBounded() {
    ScheduleStore store = ScheduleStore.inMemory();
    for (int i = 0; i < 300; i++) {
      Stored.put(store, "p" + i, i);
    }
    assertEquals(300, store.entries().size());
    assertTrue(store.path().isEmpty());
  }

  @Test
  void thePathComesFromPropertyVariableOrCache() {
    assertEquals(
        Path.of("/p"), ScheduleStore.userPath("/p", Map.of("TILEWRIGHT_SCHEDULES", "/v"), "/h"));
    assertEquals(
        Path.of("/v"), ScheduleStore.userPath(" ", Map.of("TILEWRIGHT_SCHEDULES", "/v"), "/h"));
    assertEquals(
        Path.of("/x/tilewright/schedules.json"),
        ScheduleStore.userPath(null, Map.of("XDG_CACHE_HOME", "/x"), "/h"));
    assertEquals(
        Path.of("/h/.cache/tilewright/schedules.json"),
        ScheduleStore.userPath(null, Map.of("XDG_CACHE_HOME", "relative"), "/h"));
    assertEquals(
        Path.of("/h/.cache/tilewright/schedules.json"),
        ScheduleStore.userPath(null, Map.of(), "/h"));
  }

  @Test
  void tilesAreWrittenAndReadAsText() {
    Tile tile = Tile.parse("a=1, b=-2");
    assertEquals("a=1,b=-2", tile.key());
    assertEquals(tile, Tile.parse("b=-2,a=1"));
    assertEquals(tile, Tile.parse(tile.key()));
    assertEquals(-2, tile.getInt("b"));
    assertEquals(Tile.of(Map.of()), Tile.parse(""));
    for (String bad : List.of("a", "a=", "=1", "a=1,a=2", "a=x", "a b=1", "a=1,", "1a=1")) {
      assertThrows(InvalidSpecException.class, () -> Tile.parse(bad), bad);
    }
    assertThrows(InvalidSpecException.class, () -> tile.get("c"));
  }
}
