package dev.tilewright;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README.md promises a newcomer. */
final class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "")).resolve("..");

  @Test
  void theProgramCompilesAndPrintsWhatItSays(@TempDir Path folder) throws Exception {
    String readme = Files.readString(ROOT.resolve("README.md"));
    Path source =
        Files.writeString(folder.resolve("Convolve.java"), block(readme, "java", "public class"));
    String classPath = System.getProperty("java.class.path");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options = List.of("-cp", classPath, "-d", folder.toString(), "-Xlint:all");
      compiler
          .getTask(complaints, files, null, options, null, files.getJavaFileObjects(source))
          .call();
    }
    assertEquals("", complaints.toString());
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.bytedeco.javacpp.cachedir="
                    + System.getProperty("org.bytedeco.javacpp.cachedir", folder.toString()),
                "-cp",
                folder + System.getProperty("path.separator") + classPath,
                "Convolve")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String printed = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(java.waitFor(1, TimeUnit.MINUTES));
    assertEquals(0, java.exitValue());
    assertEquals(block(readme, "text", "").strip(), printed.strip());
  }

  @Test
  void theFilesThatItNamesAreThere() throws IOException {
    Matcher links =
        Pattern.compile(
                "\\]\\((?!https?:)([^)#]+)\\)|^\\| `([\\w./]+/(?:run)?)` \\|", Pattern.MULTILINE)
            .matcher(Files.readString(ROOT.resolve("README.md")));
    int found = 0;
    for (; links.find(); found++) {
      String file = links.group(1) == null ? links.group(2) : links.group(1);
      assertTrue(Files.exists(ROOT.resolve(file)), file);
    }
    assertTrue(found > 8, found + " files");
  }

  /** The first fenced block of this language that contains a text. */
  private static String block(String readme, String language, String text) {
    Matcher blocks =
        Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(readme);
    while (blocks.find()) {
      if (blocks.group(1).contains(text)) {
        return blocks.group(1);
      }
    }
    throw new AssertionError("README.md has no " + language + " block with " + text);
  }
}
