package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFilesTest {
  @TempDir Path folder;

  private Map<String, Path> two() {
    Map<String, Path> targets = new LinkedHashMap<>();
    targets.put("a", folder.resolve("a.npy"));
    targets.put("b", folder.resolve("b.npy"));
    return targets;
  }

  private long entries() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.count();
    }
  }

  private static void fill(OutputFiles files) {
    files.write("a", new long[] {1}, (offset, values, n) -> values[0] = 1);
    files.write("b", new long[] {1}, (offset, values, n) -> values[0] = 2);
  }

  @Test
  void putsEveryFileInItsPlaceAtTheEnd() throws IOException {
    Path a = folder.resolve("a.npy");
    Files.writeString(a, "old");
    try (OutputFiles files = OutputFiles.stage(two())) {
      fill(files);
      assertEquals("old", Files.readString(a));
      assertFalse(Files.exists(folder.resolve("b.npy")));
      files.commit();
    }
    assertEquals(1, Npy.readAll(Npy.header(a))[0]);
    assertEquals(2, Npy.readAll(Npy.header(folder.resolve("b.npy")))[0]);
    assertEquals(2, entries());
  }

  @Test
  void keepsThePermissionsOfWhatItReplaces() throws IOException {
    Path a = Files.writeString(folder.resolve("a.npy"), "old");
    Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("rw-------"));
    try (OutputFiles files = OutputFiles.stage(two())) {
      fill(files);
      files.commit();
    }
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(a)));
  }

  @Test
  void leavesNothingWithoutCommit() throws IOException {
    Files.writeString(folder.resolve("a.npy"), "old");
    try (OutputFiles files = OutputFiles.stage(two())) {
      fill(files);
    }
    assertEquals("old", Files.readString(folder.resolve("a.npy")));
    assertEquals(1, entries());
  }

  @Test
  void putsBackWhatItReplacedWhenOneRenameFails() throws IOException {
    Path a = folder.resolve("a.npy");
    Path b = folder.resolve("b.npy");
    Files.writeString(a, "old");
    try (OutputFiles files = OutputFiles.stage(two())) {
      fill(files);
      // Something else takes the place of b while the run computes.
      Files.delete(files.temporary("b"));
      assertThrows(InputException.class, files::commit);
    }
    assertEquals("old", Files.readString(a));
    assertFalse(Files.exists(b));
    assertEquals(1, entries());
  }

  @Test
  void followsALinkToItsFile() throws IOException {
    Path real = Files.writeString(folder.resolve("real.npy"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("a.npy"), real);
    try (OutputFiles files = OutputFiles.stage(Map.of("a", link))) {
      files.write("a", new long[] {1}, (offset, values, n) -> values[0] = 3);
      files.commit();
    }
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(3, Npy.readAll(Npy.header(real))[0]);
  }

  @Test
  void followsALinkToAFileThatIsNotThereYet() throws IOException {
    Path folderLink =
        Files.createSymbolicLink(
            folder.resolve("inner"), Files.createDirectory(folder.resolve("real")));
    Path link = Files.createSymbolicLink(folderLink.resolve("a.npy"), Path.of("next.npy"));
    Files.createSymbolicLink(folderLink.resolve("next.npy"), Path.of("../real.npy"));
    try (OutputFiles files = OutputFiles.stage(Map.of("a", link))) {
      files.write("a", new long[] {1}, (offset, values, n) -> values[0] = 3);
      files.commit();
    }
    assertTrue(Files.isSymbolicLink(link));
    assertTrue(Files.isSymbolicLink(folderLink.resolve("next.npy")));
    assertEquals(3, Npy.readAll(Npy.header(folder.resolve("real.npy")))[0]);
  }

  @Test
  void refusesLinksThatLeadNowhere() throws IOException {
    Path lost = folder.resolve("lost.npy");
    Files.createSymbolicLink(lost, Path.of("none/a.npy"));
    refuses(lost, "there is no directory");
    Path loop = folder.resolve("loop.npy");
    Files.createSymbolicLink(loop, loop);
    refuses(loop, "too many levels of symbolic links");
    assertTrue(Files.isSymbolicLink(lost) && Files.isSymbolicLink(loop));
    assertEquals(2, entries());
  }

  @Test
  void refusesPlacesThatCannotBeWritten() throws IOException {
    refuses(folder.resolve("none/a.npy"), "there is no directory");
    refuses(folder, "is a directory");
    refuses(Path.of("/dev/null"), "is not a regular file");
    Map<String, Path> same = two();
    same.put("b", folder.resolve("x/../a.npy"));
    String message = assertThrows(InputException.class, () -> OutputFiles.stage(same)).getMessage();
    assertTrue(message.contains("also the file of a"), message);
    assertEquals(0, entries());
  }

  private static void refuses(Path target, String why) {
    String message =
        assertThrows(InputException.class, () -> OutputFiles.stage(Map.of("y", target)))
            .getMessage();
    assertTrue(message.startsWith("--out y: ") && message.contains(why), message);
  }
}
