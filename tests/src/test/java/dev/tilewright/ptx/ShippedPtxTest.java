package dev.tilewright.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Every PTX file of this project is read; a kernel is refused for its textures only. */
final class ShippedPtxTest {
  private static final Path ROOT = Path.of("..", "ptx");

  @Test
  void everyFileIsRead() throws IOException {
    Assumptions.assumeTrue(Files.isDirectory(ROOT), "no PTX here");
    for (Path file : files()) {
      PtxModule module = PtxModule.parse(file.toString(), Files.readString(file));
      assertFalse(module.kernels().isEmpty(), file::toString);
      for (PtxKernel kernel : module.kernels()) {
        String reason = kernel.unsupported().map(PtxException::reason).orElse("");
        String expected = kernel.name().equals("texture_read") ? "textures" : "";
        assertEquals(
            expected,
            reason.contains("textures") ? "textures" : reason,
            () -> file + " " + kernel.name());
      }
    }
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> walk = Files.walk(ROOT)) {
      return walk.filter(f -> f.toString().endsWith(".ptx")).sorted().toList();
    }
  }
}
