package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tw check} on cases of its own: what it runs, prints, writes and refuses. */
final class CheckCommandTest {
  /** {@code h[i] = a[i] + s}, for i below n; and one that has the faults that tests ask for. */
  private static final String PTX =
      """
      .version 7.0
      .target sm_80
      .address_size 64
      .visible .entry add(.param .u64 a, .param .u64 h, .param .u32 n, .param .f32 s)
      {
        .reg .pred %p<2>;
        .reg .f32 %f<4>;
        .reg .b32 %r<6>;
        .reg .b64 %rd<6>;
        ld.param.u64 %rd1, [a];
        ld.param.u64 %rd2, [h];
        ld.param.u32 %r1, [n];
        ld.param.f32 %f1, [s];
        mov.u32 %r2, %ctaid.x;
        mov.u32 %r3, %ntid.x;
        mov.u32 %r4, %tid.x;
        mad.lo.u32 %r5, %r2, %r3, %r4;
        setp.ge.u32 %p1, %r5, %r1;
        @%p1 bra DONE;
        mul.wide.u32 %rd3, %r5, 4;
        add.u64 %rd4, %rd1, %rd3;
        add.u64 %rd5, %rd2, %rd3;
        ld.global.f32 %f2, [%rd4];
        add.f32 %f3, %f2, %f1;
        st.global.f32 [%rd5], %f3;
      DONE:
        ret;
      }
      .visible .entry last(.param .u64 h)
      {
        .reg .b32 %r<2>;
        .reg .b64 %rd<2>;
        ld.param.u64 %rd1, [h];
        mov.u32 %r1, %ctaid.x;
        st.global.u32 [%rd1], %r1;
        ret;
      }
      .visible .entry ticket(.param .u64 counter, .param .u64 h)
      {
        .reg .b32 %r<3>;
        .reg .b64 %rd<5>;
        ld.param.u64 %rd1, [counter];
        ld.param.u64 %rd2, [h];
        atom.global.add.u32 %r1, [%rd1], 1;
        mov.u32 %r2, %ctaid.x;
        mul.wide.u32 %rd3, %r1, 4;
        add.u64 %rd4, %rd2, %rd3;
        st.global.u32 [%rd4], %r2;
        ret;
      }
      .visible .entry nothing()
      {
        ret;
      }
      """;

  private static final String LAUNCH = "'module':'k.ptx','kernel':'add','grid':[2],'block':[32],";

  @TempDir Path folder;

  @BeforeEach
  void writeInputs() throws IOException {
    Files.writeString(folder.resolve("k.ptx"), PTX);
    Files.writeString(folder.resolve("torn.ptx"), PTX.substring(0, 300));
    byte[] floats = new byte[4 * 40];
    for (int i = 0; i < 40; i++) {
      int bits = Float.floatToIntBits(i);
      for (int b = 0; b < 4; b++) {
        floats[4 * i + b] = (byte) (bits >> 8 * b);
      }
    }
    NpyBytes.write(folder.resolve("a.npy"), "f32", new long[] {40}, floats);
    NpyBytes.write(folder.resolve("wide.npy"), "f64", new long[] {5}, new byte[40]);
    NpyBytes.write(folder.resolve("two.npy"), "u32", new long[] {2}, new byte[8]);
    NpyBytes.write(folder.resolve("one.npy"), "u32", new long[] {1}, new byte[4]);
  }

  private Path write(String json) throws IOException {
    return Files.writeString(folder.resolve("case.json"), json.replace('\'', '"'));
  }

  private Tw check(String json, Object... options) throws IOException {
    Object[] words = new Object[2 + options.length];
    words[0] = "check";
    words[1] = write(json);
    System.arraycopy(options, 0, words, 2, options.length);
    return Tw.run(words);
  }

  private Tw add(String args, Object... options) throws IOException {
    return check("{" + LAUNCH + "'args':[" + args + "]}", options);
  }

  private static final String GOOD =
      "{'in':'a.npy'},{'out':'sub/h.npy','dtype':'f32','shape':[8,5]},{'i32':40},{'f32':0.5}";

  @Test
  void writesWhatTheKernelComputes() throws Exception {
    Tw run = add(GOOD).expect(0);
    assertTrue(run.out().matches("(?s).*case.json: add, 3 schedules of [0-9.]+ ms, clean\\R"));
    Npy.Header header = Npy.header(folder.resolve("sub/h.npy"));
    assertArrayEquals(new long[] {8, 5}, header.shape());
    float[] h = Npy.readAll(header);
    for (int i = 0; i < 40; i++) {
      assertEquals(i + 0.5f, h[i]);
    }
  }

  @Test
  void anInputThatIsAlsoAnOutputTakesItsTypeAndShape() throws Exception {
    add("{'in':'a.npy'},{'inout':'a.npy','out':'b.npy'},{'u32':3},{'f32':-1}").expect(0);
    Npy.Header header = Npy.header(folder.resolve("b.npy"));
    assertEquals("<f4", header.descr());
    assertEquals(-1, Npy.readAll(header)[0]);
    assertEquals(39, Npy.readAll(header)[39]);
    assertEquals(0, Npy.readAll(Npy.header(folder.resolve("a.npy")))[0]);
  }

  @Test
  void jsonHasTheFieldsOfAFinding() throws Exception {
    String args = "{'in':'a.npy'},{'out':'h.npy','dtype':'f32','shape':[39]},{'i32':40},{'f32':1}";
    JsonNode json = add(args, "--json", "--seed", 7).expect(4).json();
    JsonNode one = json.get("cases").get(0);
    assertEquals("add", one.get("kernel").asText());
    assertEquals(folder.resolve("case.json").toString(), one.get("case").asText());
    assertTrue(one.get("millis").isDouble() && one.get("stdout").isTextual());
    assertTrue(one.get("counters").get("threadInstructions").asLong() > 40);
    assertEquals(1, one.get("findings").size());
    JsonNode finding = one.get("findings").get(0);
    assertEquals("out-of-bounds", finding.get("kind").asText());
    assertEquals("st.global.f32 [%rd5], %f3;", finding.get("instruction").asText() + ";");
    assertEquals(25, finding.get("ptxLine").asInt());
    assertEquals("[1,0,0]", finding.get("block").toString());
    assertEquals("[7,0,0]", finding.get("thread").toString());
    assertTrue(finding.get("address").asLong() > 0);
    assertEquals("", finding.get("source").asText());
    assertEquals(7, finding.get("seed").asLong());
    assertEquals(3, finding.get("schedules").asInt());
    assertTrue(finding.get("message").asText().contains("argument 1 (156 bytes)"));
  }

  @Test
  void aRaceIsToldOnceThoughSchedulesNoticeItAtEitherAccess() throws Exception {
    Tw run =
        check(
            "{'module':'k.ptx','kernel':'last','grid':[4],'block':[1],"
                + "'args':[{'out':'h.npy','dtype':'u32','shape':[1]}]}",
            "--json",
            "--schedules",
            4);
    JsonNode one = run.expect(4).json().get("cases").get(0);
    assertEquals(1, one.get("findings").size(), one.toString());
    assertEquals("global-race", one.get("findings").get(0).get("kind").asText());
    assertEquals(4, one.get("schedules").asInt());
    assertEquals(0, one.get("differences").get(0).get("argument").asInt(), one.toString());
  }

  @Test
  void anOutputThatHangsOnTheScheduleIsToldAndIsNoFinding() throws Exception {
    String ticket =
        "{'module':'k.ptx','kernel':'ticket','grid':[4],'block':[1],"
            + "'args':[{'inout':'one.npy'},{'out':'h.npy','dtype':'u32','shape':[4]}]}";
    Tw run = check(ticket).expect(0);
    assertTrue(run.out().contains("clean"), run.out());
    assertTrue(run.out().contains("argument 1 differs under seed 1: "), run.out());
    assertEquals(
        0, check(ticket, "--schedules", 1, "--json").json().at("/cases/0/differences").size());
  }

  @Test
  void checksCanBeLeftOut() throws Exception {
    String race =
        "{'module':'k.ptx','kernel':'last','grid':[4],'block':[1],"
            + "'args':[{'out':'h.npy','dtype':'u32','shape':[1]}]}";
    check(race, "--no-checks").expect(0);
  }

  @Test
  void aCaseMayReadWhatTheOneBeforeItWrote() throws Exception {
    Path first =
        Files.copy(write("{" + LAUNCH + "'args':[" + GOOD + "]}"), folder.resolve("first.json"));
    Path second =
        write(
            "{"
                + LAUNCH
                + "'args':[{'in':'sub/h.npy'},{'out':'h2.npy','dtype':'f32','shape':[40]},"
                + "{'i32':40},{'f32':1}]}");
    Tw.run("check", first, second).expect(0);
    assertEquals(40.5f, Npy.readAll(Npy.header(folder.resolve("h2.npy")))[39]);
  }

  @Test
  void aFaultyCaseDoesNotHideTheOthers() throws Exception {
    Path good =
        Files.copy(write("{" + LAUNCH + "'args':[" + GOOD + "]}"), folder.resolve("first.json"));
    Tw run = Tw.run("check", folder.resolve("none.json"), good, "--json").expect(2);
    JsonNode cases = run.json().get("cases");
    assertTrue(cases.get(0).get("error").asText().contains("no such file"));
    assertEquals(0, cases.get(1).get("findings").size());
    assertEquals(1, run.err().lines().count());
  }

  @Test
  void aKernelWithoutParametersNeedsNoArguments() throws Exception {
    check("{'module':'k.ptx','kernel':'nothing','grid':[1,1,1],'block':[1],'more':{}}").expect(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'in':'b.npy'}|args[0]: \"in\": b.npy: cannot read: no such file",
        "{'in':7}|args[0]: \"in\": is 7; it must be a text",
        "{'in':'a.npy','dtype':'f33'}|args[0]: \"dtype\": no type f33; there: bf16 e4m3",
        "{'in':'a.npy','dtype':'bf16'}|args[0]: \"dtype\": bf16, but a.npy holds <f4; its bits",
        "{'in':'wide.npy','dtype':'f32'}|args[0]: \"dtype\": f32, but wide.npy holds <f8",
        "{'in':'a.npy','shape':[41]}|args[0]: \"shape\": [41], but a.npy has shape [40]",
        "{'in':'a.npy','out':'b.npy'}|args[0]: says in and out; one of in inout out bytes",
        "{'in':'a.npy','i32':1}|args[0]: says in and i32; one of",
        "{'inn':'a.npy'}|args[0]: says no value; one of in inout out",
        "{'out':'b.npy','dtype':'f32'}|args[0]: \"out\": the fields \"dtype\" and \"shape\" say",
        "{'out':'b.npy','dtype':'f32','shape':4}|args[0]: \"shape\": is 4; it must be numbers in",
        "{'out':'b.npy','dtype':'f32','shape':[-1]}|args[0]: \"shape\": has -1; a whole number",
        "{'out':'b.npy','dtype':'f64','shape':[99999,99999]}|more than 2 GiB",
        "{'out':'b.npy','dtype':'f64','shape':[999999999,999999999,999999999]}|more than 2 GiB",
        "{'i32':1}|args[0]: \"i32\": has 4 bytes; the parameter a has 8",
        "{'u64':-1}|args[0]: \"u64\": is -1; a whole number from 0 to 18446744073709551615",
        "{'u64':18446744073709551616}|args[0]: \"u64\": is 18446744073709551616; a whole",
        "{'u64':1e999999999}|args[0]: \"u64\"",
        "{'u64':'7'}|args[0]: \"u64\": is \"7\"; a whole number",
        "{'f64':'x'}|args[0]: \"f64\": is \"x\"; it must be a number",
        "{'f64':1e999}|args[0]: \"f64\": is 1E+999; the largest f64 is",
        "{'bytes':'00'}|args[0]: \"bytes\": has 1 bytes; the parameter a has 8",
        "{'bytes':'000'}|args[0]: \"bytes\": two hexadecimal digits for each byte",
        "{'bytes':'0x'}|args[0]: \"bytes\": two hexadecimal digits for each byte",
        "[1]|args[0]: is [1]; it must be an object",
        "{'in':'.'}|args[0]: \"in\": ",
        "{'in':'k.ptx'}|is no .npy file",
        "{'in':''}|args[0]: \"in\": is \"\"; it must be a text",
      })
  void namesTheFaultyArgument(String first, String text) throws Exception {
    String rest = ",{'out':'h.npy','dtype':'f32','shape':[40]},{'i32':40},{'f32':0.5}";
    Tw run = add(first + rest);
    assertEquals("", run.out());
    String plain = run.err().replace(folder + "/", "");
    assertTrue(plain.startsWith("tw check: case.json: args[0]"), plain);
    run.fails(2, "");
    assertTrue(plain.contains(text), plain);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'module':'k.ptx'|'module':'none.ptx'|\"module\": none.ptx: cannot read: no such file",
        "'module':'k.ptx'|'module':'.'|\"module\": ",
        "'module':'k.ptx'|'module':'torn.ptx'|\"module\": torn.ptx:",
        "'module':'k.ptx'|'module':'a.npy'|\"module\": a.npy:",
        "'module':'k.ptx',|''|the field \"module\" is missing",
        "'kernel':'add'|'kernel':'sub'|\"kernel\": no kernel sub; there: add, last, ticket, nothing",
        "'grid':[2]|'grid':2|\"grid\": is 2; it must be one to three numbers in brackets",
        "'grid':[2]|'grid':[0]|\"grid\": has 0; a whole number from 1",
        "'grid':[2]|'grid':[1,1,1,1]|\"grid\": is [1,1,1,1]; it must be",
        "'grid':[2]|'grid':[1.5]|\"grid\": has 1.5; a whole number",
        "'grid':[2]|'grid':[4294967296]|\"grid\": has 4294967296; a whole number",
        "'block':[32]|'block':[]|\"block\": is []; it must be",
        "'block':[32],|''|the field \"block\" is missing",
        "'block':[32]|'block':[32],'sharedBytes':-4|\"sharedBytes\": has -4; a whole number from 0",
        "'block':[32]|'block':[32],'cooperative':1|\"cooperative\": is 1; it must be true or false",
        "'block':[32]|'block':[32],'block':[64]|is no JSON, line 1: Duplicate",
        "'f32':0.5}]}|'f32':0.5}]|is no JSON, line",
        "'f32':0.5}]}|'f32':0.5}]} x|is no JSON, line",
        "{'f32':0.5}|{'f32':1e39}|\"f32\": is 1E+39; the largest f32 is",
        ",{'f32':0.5}|''|\"args\": 3 arguments; add takes 4 [a: 8 B, h: 8 B, n: 4 B, s: 4 B]",
        "{'f32':0.5}|{'f32':0.5},{'i32':1}|\"args\": 5 arguments; add takes 4",
        "{'in':'a.npy'}|{'inout':'a.npy','out':'./sub/h.npy'}|is the file of another argument too",
        "'sub/h.npy'|'a.npy/h.npy'|\"args[1].out\": a.npy/h.npy: cannot write",
      })
  void namesTheFaultyField(String good, String bad, String text) throws Exception {
    String json = "{" + LAUNCH + "'args':[" + GOOD + "]}";
    assertTrue(json.contains(good), good);
    Tw run = check(json.replace(good, bad.equals("''") ? "" : bad));
    run.fails(2, "");
    String plain = run.err().replace(folder + "/", "");
    assertTrue(
        plain.startsWith("tw check: case.json: " + text.substring(0, 4)) || plain.contains(text),
        plain);
    assertTrue(plain.contains(text), plain);
  }

  @Test
  void refusesFaultyOptions() throws Exception {
    add(GOOD, "--schedules", 0).fails(2, "--schedules 0: at least 1");
    add(GOOD, "--schedules", "x").fails(2, "--schedules");
    add(GOOD, "--seed", "x").fails(2, "--seed");
    add(GOOD, "--limit", "-1").fails(2, "--limit");
    add(GOOD, "--gpu", "h1000").fails(2, "h1000");
    Tw.run("check", folder).fails(2, "is a directory; name a case");
    Files.writeString(folder.resolve("case.json"), "[]");
    Tw.run("check", folder.resolve("case.json")).fails(2, "holds no JSON object");
    Files.writeString(folder.resolve("case.json"), "");
    Tw.run("check", folder.resolve("case.json")).fails(2, "holds no JSON object");
  }

  @Test
  void scalarsTakeTheEndsOfTheirRange() throws Exception {
    for (String n : List.of("{'i32':-2147483648}", "{'u32':4294967295}", "{'f32':'nan'}")) {
      String args = "{'in':'a.npy'},{'u64':18446744073709551615}," + n + ",{'f32':-Infinity}";
      Tw run = add(args, "--schedules", 1);
      assertTrue(run.code() == 4 && run.out().contains("out-of-bounds"), run.out() + run.err());
    }
  }

  /** {@code tw check} alone runs the cases, so each kernel of each image needs one. */
  @Test
  void everyShippedKernelHasACase() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    Set<String> cases = new TreeSet<>();
    for (Path file : ShippedCases.list()) {
      JsonNode json = mapper.readTree(file.toFile());
      Path module = file.resolveSibling(json.get("module").asText()).toRealPath();
      cases.add(module + " " + json.get("kernel").asText());
    }
    Path ptx = Path.of(System.getProperty("basedir", "")).resolve("../ptx").toRealPath();
    Set<String> kernels = new TreeSet<>();
    for (JsonNode image : mapper.readTree(ptx.resolve("manifest.json").toFile()).get("images")) {
      for (JsonNode kernel : image.get("kernels")) {
        kernels.add(ptx.resolve(image.get("file").asText()) + " " + kernel.get("kernel").asText());
      }
    }
    assertTrue(kernels.size() > 180);
    kernels.removeAll(cases);
    // An op's kernels want tables and several launches: its tests run them, with the same checks.
    kernels.removeIf(kernel -> kernel.contains("/ptx/fftconv/"));
    assertEquals(Set.of(), kernels);
  }

  @Test
  void allShippedKernelsAreAsTheyShouldBe() throws Exception {
    assumeTrue(Boolean.getBoolean("tilewright.deep"), "-Dtilewright.deep=true runs it");
    Tw run = Tw.run("check", "--json");
    for (JsonNode one : run.json().get("cases")) {
      if (!one.get("case").asText().contains("async_forms")) { // CasesTest says why
        assertEquals("[]", one.get("unexpected").toString(), one.get("case").asText());
      }
    }
  }

  @Test
  void countersAreInJsonAndPrintedWhenAskedFor() throws Exception {
    JsonNode counters = add(GOOD, "--json").expect(0).json().at("/cases/0/counters");
    assertEquals(2, counters.at("/globalLoads/requests").asLong());
    assertEquals(5, counters.at("/globalLoads/sectors").asLong());
    assertEquals(160, counters.at("/globalStores/bytes").asLong());
    assertEquals(10, counters.at("/l2Sectors").asLong());
    assertEquals(2, counters.at("/instructions/fp32").asLong());
    assertEquals(1, counters.at("/divergentBranches").asLong());
    assertEquals("ld.global.f32 %f2, [%rd4]", counters.at("/accesses/0/instruction").asText());
    String text = add(GOOD, "--counters").expect(0).out();
    assertTrue(text.contains("  global loads    2 requests of 2.5 sectors, 160 bytes"), text);
    assertTrue(!add(GOOD).out().contains("global loads"));
  }

  /** Both accesses of a planted race, as README.md shows them. */
  @Test
  void readmeShowsWhatItPrints() throws IOException {
    Path root = Path.of(System.getProperty("basedir", "")).resolve("..");
    String readme = Files.readString(root.resolve("README.md"));
    String command = "$ ./tw check tests/cases/race_reuse.json\n";
    int begin = readme.indexOf(command) + command.length();
    String shown = readme.substring(begin, readme.indexOf("```", begin));
    String printed = Tw.run("check", root.resolve("tests/cases/race_reuse.json")).expect(4).out();
    assertEquals(
        shown.replaceAll("[0-9.]+ ms", "N ms"),
        printed.replace(root + "/", "").replaceAll("[0-9.]+ ms", "N ms"));
    assertTrue(shown.contains("planted_races.cu:23") && shown.contains("planted_races.cu:25"));
  }

  @Test
  void everyKindOfFindingIsListed() throws Exception {
    Set<String> kinds = new TreeSet<>();
    for (dev.tilewright.sim.FindingKind kind : dev.tilewright.sim.FindingKind.values()) {
      kinds.add(kind.toString());
    }
    assertEquals(
        Set.of(
            ("out-of-bounds misaligned uninitialised shared-race warp-race global-race"
                    + " barrier-divergence barrier-misuse async-unwaited deadlock shfl-absent-lane"
                    + " resources trap timeout unsupported")
                .split(" ")),
        kinds);
  }
}
