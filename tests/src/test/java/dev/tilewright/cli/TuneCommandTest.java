package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tilewright.schedule.Schedule;
import dev.tilewright.schedule.ScheduleStore;
import dev.tilewright.schedule.Tile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tw tune} with the op {@code toy} of {@link dev.tilewright.tune.ToyTunable}. */
class TuneCommandTest {
  private static final String TOY = "tune toy --shape N=6,NAP=100";

  private static final String SLOW = "tune toy --shape N=6,NAP=2000,real=true";

  @TempDir Path folder;

  @BeforeEach
  void useAStoreOfItsOwn() {
    System.setProperty(ScheduleStore.PATH_PROPERTY, store().toString());
  }

  @AfterEach
  void giveTheStoreBack() {
    System.clearProperty(ScheduleStore.PATH_PROPERTY);
  }

  private Path store() {
    return folder.resolve("schedules.json");
  }

  private static Tw tw(String words) {
    return Tw.run((Object[]) words.split(" "));
  }

  @Test
  void findsAndStoresTheFastestTileAndPlansTakeIt() throws Exception {
    JsonNode before = tw("explain toy --shape N=6,NAP=100 --json").expect(0).json();
    assertEquals("model", before.get("source").textValue());
    assertEquals(4, before.get("pick").get("tile").get("A").intValue());

    JsonNode done = tw(TOY + " --budget 10s --json").expect(0).json();
    assertEquals(36, done.get("legalTiles").intValue());
    assertEquals(36, done.get("tried").intValue());
    assertEquals("{\"A\":5,\"B\":2}", done.get("winner").get("tile").toString());
    assertEquals("{\"A\":4,\"B\":2}", done.get("modelPick").get("tile").toString());
    assertEquals(0.1, done.get("winner").get("medianMs").doubleValue(), 1e-9);
    assertEquals(store().toString(), done.get("stored").textValue());
    assertTrue(done.get("complete").booleanValue());
    assertFalse(done.get("interrupted").booleanValue());
    assertEquals(0, done.get("failures").size());

    JsonNode after = tw("explain toy --shape N=6,NAP=100 --json").expect(0).json();
    assertEquals("store", after.get("source").textValue());
    assertEquals(5, after.get("pick").get("tile").get("A").intValue());
    assertEquals(0.1, after.get("measuredMs").doubleValue(), 1e-9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model", "exhaustive", "random", "local"})
  void everyStrategyKeepsItsBudget(String strategy) throws Exception {
    JsonNode done = tw(TOY + " --budget 12 --json --strategy " + strategy).expect(0).json();
    assertEquals(12, done.get("tried").intValue());
    assertEquals("12", done.get("budget").textValue());
    assertEquals(strategy, done.get("strategy").textValue());
    assertFalse(done.get("complete").booleanValue());
    assertTrue(done.get("finals").size() >= 1);
  }

  @Test
  void aTimeBudgetIsKept() throws Exception {
    long start = System.nanoTime();
    JsonNode done =
        tw("tune toy --shape N=64,NAP=100,real=true --budget 500ms --json").expect(0).json();
    assertTrue(System.nanoTime() - start < 20e9); // far less on a machine of one's own
    assertTrue(done.get("tried").intValue() < 64 * 64);
    assertTrue(done.get("seconds").doubleValue() >= 0.3);
  }

  @Test
  void textSaysWhatWasTriedAndStored() {
    String text = tw(TOY + " --budget 20 -q").expect(0).out();
    assertTrue(text.startsWith("toy on cpu: N=6,NAP=100"), text);
    assertTrue(text.contains("tried         20 of 36 legal tiles in "), text);
    assertTrue(text.contains("winner        A=5,B=2  "), text);
    assertTrue(text.contains("model's pick  A=4,B=2  "), text);
    assertTrue(text.contains("stored in     " + store()), text);
    text = tw(TOY + " --budget 30 --resume").expect(0).out();
    assertTrue(text.contains("tried         30 of 36 legal tiles, 20 of them by an earlier"), text);
  }

  @Test
  void failuresAreReportedAndAWrongResultIsCodeFour() throws Exception {
    JsonNode done = tw(TOY + ",fault=fail --json").expect(0).json();
    assertEquals(6, done.get("failures").size());
    assertEquals("failed", done.get("failures").get(0).get("outcome").textValue());
    assertEquals("A = 1 does not launch", done.get("failures").get(0).get("reason").textValue());
    done = tw(TOY + ",fault=wrong --json").expect(4).json();
    assertEquals("wrong", done.get("failures").get(0).get("outcome").textValue());
    assertEquals(5, done.get("winner").get("tile").get("A").intValue());
    String text = tw(TOY + ",fault=broken --budget 8").expect(4).out();
    assertTrue(text.contains("and 3 more\nno tile was found to run right"), text);
  }

  @Test
  void withoutADeviceTheModelRanks() throws Exception {
    JsonNode ranking = tw(TOY + " --gpu h100 --json").expect(0).json();
    assertTrue(ranking.get("device").isNull());
    assertTrue(ranking.get("stored").isNull());
    assertEquals(36, ranking.get("legalTiles").intValue());
    assertEquals("{\"A\":4,\"B\":2}", ranking.get("ranking").get(0).get("tile").toString());
    String text = tw(TOY + " --gpu h100").expect(0).out();
    assertTrue(text.contains("no device: the best of 36 legal tiles by the model"), text);
    assertFalse(Files.exists(store()));
  }

  @Test
  void faultyCommandsSayWhatIsAllowed() throws IOException {
    tw("tune nope --shape N=1").fails(2, "an op with a tile space: ");
    tw("tune toy").fails(2, "no N, allowed: N=VALUE (A and B run from 1 to N)");
    tw("tune toy --shape N=1,Q=2").fails(2, "the keys N, NAP, real, SUM, fault");
    tw("tune toy --shape N=x").fails(2, "shape N: got x");
    tw(TOY + " --budget soon").fails(2, "budget: got soon");
    tw(TOY + " --strategy luck").fails(2, "luck");
    tw(TOY + " --dtype f16").fails(2, "toy takes f32, bf16");
    tw(TOY + " --dtype f8").fails(2, "f8");
    tw(TOY + " --gpu gtx9000").fails(2, "rtx4090");
    tw(TOY + " --gpu h100 --device cpu").fails(2, "exclude each other");
    tw(TOY + " --gpu-file " + folder.resolve("none.json")).fails(2, "none.json");
    tw(TOY + " --gpu t4").fails(3, "toy has no tile space for t4");
    tw(TOY + " --device tpu").fails(3, "tpu");
    tw(TOY + ",SUM=1").fails(1, "no tile satisfies");
    assertFalse(Files.exists(store()));
  }

  @Test
  void aGpuOfAFileIsAMachineToo() throws Exception {
    Path file = folder.resolve("gpus.json");
    Files.writeString(file, "{\"name\": \"mine\", \"base\": \"h100\", \"sms\": 100}");
    tw(TOY + " --gpu-file " + file).fails(3, "toy has no tile space for mine");
    tw(TOY + " --gpu-file " + file + " --gpu yours").fails(2, "has only mine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\0\1\2", "{\"schema\":99}\n", "{\"schema\":1}\nnull\n"})
  void aHostileJournalIsSetAsideAndTheSearchGoesOn(String content) throws Exception {
    tw(TOY + " --budget 3").expect(0);
    Path journal = journal();
    Files.writeString(journal, content);
    JsonNode done = tw(TOY + " --budget 5 --resume --json").expect(0).json();
    assertEquals(0, done.get("resumed").intValue());
    assertEquals(5, done.get("tried").intValue());
  }

  @Test
  void damagedLinesOfAJournalAreSkipped() throws Exception {
    tw(TOY + " --budget 3").expect(0);
    Path journal = journal();
    String text = Files.readString(journal);
    Files.writeString(
        journal, text + "{\"tile\":{\"A\":1,\"B\":1},\"seconds\":-1}\n{\"tile\":{\"A");
    JsonNode done = tw(TOY + " --budget 5 --resume --json").expect(0).json();
    assertEquals(3, done.get("resumed").intValue());
    assertEquals(5, done.get("tried").intValue());
  }

  private Path journal() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".jsonl")).findFirst().orElseThrow();
    }
  }

  @Test
  void aStoreThatCannotBeWrittenIsAFailure() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    System.setProperty(ScheduleStore.PATH_PROPERTY, file.resolve("below.json").toString());
    JsonNode done = tw(TOY + " --budget 3 --json").expect(1).json();
    assertTrue(done.get("stored").isNull());
    assertEquals(3, done.get("tried").intValue());
  }

  @Test
  void aFreshPlanOfAnotherProcessTakesWhatWasStored() throws Exception {
    String words = "tune fftconv --shape H=2,L=3000 --json --strategy exhaustive --budget ";
    JsonNode done = tw(words + "3").expect(0).json();
    assertEquals("cpu", done.get("device").textValue());
    assertEquals(3, done.get("tried").intValue());
    assertEquals(0, done.get("failures").size());
    // A tile that neither model nor clock would choose shows that the plan takes the stored one.
    ScheduleStore store = ScheduleStore.open(store());
    ScheduleStore.Entry entry = store.entries().get(0);
    Schedule found = entry.schedule();
    Map<String, Long> odd = new LinkedHashMap<>(found.tile().values());
    odd.put("points", 128L);
    odd.put("group", 24L);
    assertTrue(
        store.put(
            entry.key(),
            new Schedule(
                found.kernel(),
                found.problem(),
                found.machine(),
                Tile.of(odd),
                found.source(),
                found.predictedSeconds(),
                found.measuredSeconds(),
                found.legalTiles())));
    Path u = folder.resolve("u.npy");
    Path k = folder.resolve("k.npy");
    Npy.write(u, new float[6000], 2, 3000);
    Npy.write(k, new float[6000], 2, 3000);
    Process run = start("run fftconv --json --in u=" + u + " --in k=" + k);
    JsonNode report = new ObjectMapper().readTree(run.getInputStream().readAllBytes());
    String plan = report.get("plan").textValue();
    assertTrue(plan.contains("24 blocks of 128 points"), plan);
  }

  /** {@code tw} in a JVM of its own. */
  private Process start(String words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-D" + ScheduleStore.PATH_PROPERTY + "=" + store());
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    if (cache != null) {
      command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("dev.tilewright.cli.Main");
    command.addAll(List.of(words.split(" ")));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Waits until the journal has so many lines, its header included. */
  private void awaitLines(int lines, Process process) throws Exception {
    for (int i = 0; i < 1500 && process.isAlive(); i++) {
      try (Stream<Path> files = Files.walk(folder)) {
        Path journal = files.filter(f -> f.toString().endsWith(".jsonl")).findFirst().orElse(null);
        if (journal != null
            && Files.readAllLines(journal, StandardCharsets.ISO_8859_1).size() >= lines) {
          return;
        }
      }
      Thread.sleep(10);
    }
    throw new AssertionError("the search wrote no " + lines + " lines");
  }

  @Test
  void afterASigkillResumeGoesOnFromWhatItHad() throws Exception {
    Process process = start(SLOW + " --strategy exhaustive");
    awaitLines(6, process);
    process.destroyForcibly();
    assertTrue(process.waitFor(10, TimeUnit.SECONDS));
    assertFalse(Files.exists(store()), "nothing was stored yet");
    JsonNode done = tw(SLOW + " --budget 12 --resume --json").expect(0).json();
    int resumed = done.get("resumed").intValue();
    assertTrue(resumed >= 5 && resumed < 12, "resumed " + resumed);
    assertEquals(12, done.get("tried").intValue());
    assertTrue(Files.exists(store()));
  }

  @Test
  void ctrlCStoresTheBestSoFar() throws Exception {
    Process process = start(SLOW + " --strategy exhaustive --json");
    awaitLines(4, process);
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).inheritIO().start().waitFor();
    byte[] out = process.getInputStream().readAllBytes();
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
    JsonNode done = new ObjectMapper().readTree(out);
    assertTrue(done.get("interrupted").booleanValue());
    assertTrue(done.get("tried").intValue() < 36);
    assertEquals(store().toString(), done.get("stored").textValue());
    assertTrue(Files.exists(store()));
  }
}
