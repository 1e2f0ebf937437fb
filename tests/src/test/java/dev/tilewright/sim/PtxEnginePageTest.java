package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.ValueSource;

/** What seeds/ptx-engine.md promises. */
final class PtxEnginePageTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "")).resolve("..");

  private static String page() throws Exception {
    return Files.readString(ROOT.resolve("seeds/ptx-engine.md"));
  }

  @Test
  void itsTestCompilesAndPasses(@TempDir Path folder) throws Exception {
    Matcher block =
        Pattern.compile("^```java\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(page());
    assertTrue(block.find());
    Path ptx = ROOT.resolve("ptx/checks/vector_add.compute_75.ptx").toAbsolutePath();
    String own = "src/test/resources/vector_add.ptx";
    assertTrue(block.group(1).contains(own));
    Path source =
        Files.writeString(
            folder.resolve("VectorAddTest.java"), block.group(1).replace(own, ptx.toString()));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "-cp", System.getProperty("java.class.path"), "-d", folder.toString(), "-Xlint:all");
      compiler
          .getTask(complaints, files, null, options, null, files.getJavaFileObjects(source))
          .call();
    }
    assertEquals("", complaints.toString());
    assertEquals(4, run(folder));
  }

  /** Runs the tests of the class as JUnit would; how many there were. */
  private static int run(Path folder) throws Exception {
    int ran = 0;
    URL[] where = {folder.toUri().toURL()};
    try (URLClassLoader loader =
        new URLClassLoader(where, PtxEnginePageTest.class.getClassLoader())) {
      Class<?> type = loader.loadClass("VectorAddTest");
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      for (Method method : type.getDeclaredMethods()) {
        method.setAccessible(true);
        List<Object[]> calls = new ArrayList<>();
        if (method.isAnnotationPresent(Test.class)) {
          calls.add(new Object[0]);
        } else if (method.isAnnotationPresent(ValueSource.class)) {
          String[] values = method.getAnnotation(ValueSource.class).strings();
          Arrays.stream(values).forEach(v -> calls.add(new Object[] {v}));
        }
        for (Object[] arguments : calls) {
          try {
            method.invoke(constructor.newInstance(), arguments);
          } catch (InvocationTargetException e) {
            throw new AssertionError(method + Arrays.toString(arguments), e.getCause());
          }
          ran++;
        }
      }
    }
    return ran;
  }

  @Test
  void itListsEveryKind() throws Exception {
    String page = page();
    for (FindingKind kind : FindingKind.values()) {
      assertTrue(page.contains("\n| `" + kind + "` | "), kind.toString());
    }
  }
}
