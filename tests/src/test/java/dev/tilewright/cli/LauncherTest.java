package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher {@code tw} in a tree of its own, where Maven fails. */
@EnabledOnOs(OS.LINUX)
class LauncherTest {
  @TempDir Path root;

  @BeforeEach
  void makeTree() throws IOException {
    for (String folder :
        List.of("native", "java/core", "java/cli", "bench", "cuda", "tests", "bin", "target/tw")) {
      Files.createDirectories(root.resolve(folder));
    }
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    Files.writeString(root.resolve("tests/pom.xml"), "<project/>");
    Files.copy(Path.of("..", "tw"), root.resolve("tw"));
    for (String tool : List.of("g++", "make")) {
      program(tool, "exit 0");
    }
    program("cmake", "echo cmake version 3.25.1");
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.writeString(root.resolve("bin").resolve(name), "#!/bin/sh\n" + script + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  /** Runs {@code tw}; the last line of what it says. */
  private List<String> tw(int code, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", root.resolve("tw").toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PATH", root.resolve("bin") + ":/usr/bin:/bin");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().remove("TILEWRIGHT_TW_LOCKED"); // set while `tw test` runs this
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(code, process.waitFor(), said);
    return said.lines().toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Could not transfer artifact org.a:b:pom:1.0 from/to central (https://repo.test/maven2):"
            + " repo.test: Temporary failure in name resolution | no network",
        "Could not transfer artifact org.a:b:pom:1.0 from/to central (https://repo.test): PKIX path"
            + " building failed | does not trust the certificate",
        "Could not transfer artifact org.a:b:pom:1.0 from/to m (https://repo.test): status code:"
            + " 407 | credentials",
        "Could not find artifact org.a:b:jar:1.0 in m (https://repo.test) | incomplete",
        "Cannot access central (https://repo.test) in offline mode and the artifact org.a:b:jar:1.0"
            + " has not been downloaded from it before. | work offline",
        "Could not create local repository at /no/such/folder | cannot be written",
      })
  void oneLineSaysWhyMavenCannotFetch(String error, String cause) throws Exception {
    program(
        "mvn",
        "echo '[ERROR] Plugin org.a:b:1.0 or one of its dependencies could not be resolved: "
            + error
            + " -> [Help 1]'; echo '[ERROR] To see the full stack trace'; exit 1");
    List<String> said = tw(2, "devices");
    assertEquals(2, said.size(), said.toString());
    assertTrue(said.get(0).startsWith("tw: building kernels and jars"), said.toString());
    String why = said.get(1);
    String bare = error.strip().replaceFirst("\\.$", "");
    assertTrue(
        why.startsWith("tw: the build failed: " + bare + "; likely cause: ")
            && why.contains(cause)
            && why.endsWith("(whole log: " + root.toRealPath() + "/target/tw/build.log)"),
        why);
    said = tw(1, "test");
    assertTrue(said.get(said.size() - 2).contains("full stack trace"), said.toString());
    assertTrue(said.get(said.size() - 1).contains(cause), said.toString());
  }

  @Test
  void anotherFailureShowsTheEndOfTheLog() throws Exception {
    program("mvn", "echo '[ERROR] COMPILATION ERROR'; exit 1");
    List<String> said = tw(2, "devices");
    assertEquals("[ERROR] COMPILATION ERROR", said.get(1));
    assertTrue(said.get(2).startsWith("tw: the build failed (whole log: "), said.toString());
    assertEquals("[ERROR] COMPILATION ERROR", tw(1, "test").get(0));
  }
}
