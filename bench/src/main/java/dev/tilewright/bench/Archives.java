package dev.tilewright.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The Maven artifacts of the baselines: fetched when a baseline is asked for, never by the build.
 */
final class Archives {
  private static final String JAVACPP = "1.5.13";
  static final String TORCH_VERSION = "2.10.0-" + JAVACPP;
  private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

  private static final List<String> OTHER_PLATFORMS =
      List.of("darwin-x86-64", "darwin-aarch64", "win32-x86-64", "linux-aarch64");

  private Archives() {}

  /** Folder of MKL's shared objects. */
  static Path mkl() {
    String version = "2025.3-" + JAVACPP;
    return libraries("mkl-" + version, artifact("mkl", version, "linux-x86_64-redist"));
  }

  /** Folder of FFTW's shared objects. */
  static Path fftw() {
    String version = "3.3.10-" + JAVACPP;
    return libraries("fftw-" + version, artifact("fftw", version, "linux-x86_64"));
  }

  /** The jars of the PyTorch preset, as a class path. */
  static String torch() {
    String version = TORCH_VERSION;
    Path folder =
        Cache.folder(
            "pytorch-" + version,
            f ->
                fetch(
                    f,
                    artifact("pytorch", version, null)
                        + artifact("pytorch", version, "linux-x86_64")
                        + artifact("openblas", "0.3.31-" + JAVACPP, "linux-x86_64")
                        + artifact("javacpp", JAVACPP, "linux-x86_64")));
    return folder + "/*";
  }

  /**
   * Folder of the jars of choco-solver, OR-Tools with its native library for Linux on x86-64, and
   * JMH with its annotation processor.
   */
  static Path solvers() {
    Properties versions = versions();
    String choco = versions.getProperty("choco");
    String ortools = versions.getProperty("ortools");
    String jmh = versions.getProperty("jmh");
    String google = "com.google.ortools";
    StringBuilder others = new StringBuilder("<exclusions>");
    for (String platform : OTHER_PLATFORMS) {
      others.append("<exclusion><groupId>" + google + "</groupId><artifactId>ortools-" + platform);
      others.append("</artifactId></exclusion>");
    }
    others.append("</exclusions>");
    return Cache.folder(
        "solvers-" + choco + "-" + ortools + "-" + jmh,
        folder ->
            fetch(
                folder,
                artifact("org.choco-solver", "choco-solver", choco, "")
                    + artifact(google, "ortools-java", ortools, others.toString())
                    + artifact("org.openjdk.jmh", "jmh-core", jmh, "")
                    + artifact("org.openjdk.jmh", "jmh-generator-annprocess", jmh, "")));
  }

  /** Folder of the jars of JMH with its annotation processor. */
  static Path jmh() {
    String jmh = versions().getProperty("jmh");
    return Cache.folder(
        "jmh-" + jmh,
        folder ->
            fetch(
                folder,
                artifact("org.openjdk.jmh", "jmh-core", jmh, "")
                    + artifact("org.openjdk.jmh", "jmh-generator-annprocess", jmh, "")));
  }

  /** Versions that the build knows too: choco, ortools, jmh. */
  static Properties versions() {
    Properties versions = new Properties();
    try {
      versions.load(new ByteArrayInputStream(Cache.resource("versions.properties")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return versions;
  }

  private static String artifact(String name, String version, String classifier) {
    return artifact(
        "org.bytedeco",
        name,
        version,
        classifier == null ? "" : "<classifier>" + classifier + "</classifier>");
  }

  private static String artifact(String group, String name, String version, String more) {
    return "<dependency><groupId>"
        + group
        + "</groupId><artifactId>"
        + name
        + "</artifactId><version>"
        + version
        + "</version>"
        + more
        + "</dependency>";
  }

  private static Path libraries(String name, String dependency) {
    return Cache.folder(
        name,
        folder -> {
          Path jars = Files.createDirectory(folder.resolve("jars"));
          fetch(jars, dependency);
          try (Stream<Path> files = Files.list(jars)) {
            for (Path jar : files.toList()) {
              unpack(jar, folder);
            }
          }
          Cache.delete(jars);
        });
  }

  /** Copies the artifacts and what they need into the folder, by the user's own Maven settings. */
  private static void fetch(Path folder, String dependencies)
      throws IOException, InterruptedException {
    Path pom = folder.resolve("pom.xml");
    Files.writeString(
        pom,
        "<project><modelVersion>4.0.0</modelVersion><groupId>dev.tilewright</groupId>"
            + "<artifactId>baseline</artifactId><version>1</version><dependencies>"
            + dependencies
            + "</dependencies></project>");
    Cache.execute(
        folder,
        List.of(
            "mvn",
            "-q",
            "-B",
            "-f",
            pom.toString(),
            PLUGIN + ":copy-dependencies",
            "-DoutputDirectory=" + folder));
    Files.delete(pom);
  }

  /** Takes the shared objects out of a jar, all into one folder. */
  private static void unpack(Path jar, Path folder) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
        ZipEntry entry = e.nextElement();
        String file = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        if (file.endsWith(".so") || file.contains(".so.")) {
          try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, folder.resolve(file));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
