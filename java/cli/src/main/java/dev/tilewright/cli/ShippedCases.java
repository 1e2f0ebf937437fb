package dev.tilewright.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * The kernels that this project ships, as cases: {@code tests/cases} of the checkout that the
 * program was built in, or of the one around the current folder.
 */
final class ShippedCases {
  private static final Path CASES = Path.of("tests", "cases");

  private ShippedCases() {}

  /**
   * Every case, by name.
   *
   * @throws InputException when there is no checkout
   */
  static List<Path> list() {
    Path here = Path.of("").toAbsolutePath();
    Path root = above(program());
    root = root == null ? above(here) : root;
    if (root == null) {
      throw new InputException(
          "the kernels that Tilewright ships lie with their cases in its source tree, and neither"
              + " the program nor "
              + here
              + " is in one; run it in a checkout, or name cases: tw check CASE.json");
    }
    Path folder = root.resolve(CASES);
    Path shown = folder.startsWith(here) ? here.relativize(folder) : folder;
    try (Stream<Path> files = Files.list(shown)) {
      return files.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new InputException(shown + ": cannot read: " + OutputFiles.reason(e), e);
    }
  }

  private static Path program() {
    CodeSource source = ShippedCases.class.getProtectionDomain().getCodeSource();
    try {
      return source == null ? null : Path.of(source.getLocation().toURI());
    } catch (URISyntaxException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The nearest folder at or above a path that is a checkout, or null. */
  private static Path above(Path path) {
    for (Path at = path; at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve(CASES))
          && Files.exists(at.resolve("ptx").resolve("manifest.json"))) {
        return at;
      }
    }
    return null;
  }
}
