package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.tilewright.GpuSpec;
import dev.tilewright.ptx.PtxException;
import dev.tilewright.ptx.PtxKernel;
import dev.tilewright.ptx.PtxModule;
import dev.tilewright.ptx.PtxParam;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Damaged kernels run under limits: refused with a reason, or run to an end with or without
 * findings; nothing else is thrown, and nothing hangs.
 */
final class RunFuzzTest {
  private static final int SECONDS = Boolean.getBoolean("tilewright.deep") ? 60 : 5;
  private static final Duration MOST = Duration.ofSeconds(2);
  private static final long STEPS = 20_000;

  /** How long a run may take beyond its limit: other work may share the processor. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private static final Pattern NUMBER = Pattern.compile("(?<![\\w.$%])-?\\d+(?![\\w.])");
  private static final Pattern REGISTER = Pattern.compile("%(r|rd|p|f|rs|fd)\\d+");
  private static final int[] NUMBERS = {
    0,
    1,
    -1,
    2,
    3,
    7,
    8,
    15,
    16,
    31,
    32,
    33,
    63,
    64,
    255,
    4096,
    65536,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE
  };

  @Test
  void damagedKernelsEnd() throws IOException {
    List<String> images = images();
    long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    long ran = 0;
    for (long seed = 0; System.nanoTime() < end; seed++) {
      Random random = new Random(seed);
      String image = images.get(random.nextInt(images.size()));
      String text = damaged(image, random);
      try {
        PtxModule module = PtxModule.parse("fuzz", text);
        List<PtxKernel> kernels = module.kernels();
        if (!kernels.isEmpty()) {
          run(module, kernels.get(random.nextInt(kernels.size())), random);
          ran++;
        }
      } catch (PtxException e) {
        assertTrue(e.line() > 0 && !e.reason().isBlank(), "seed " + seed);
      } catch (RuntimeException | Error e) {
        fail("seed " + seed + ": " + e, e);
      }
    }
    assertTrue(ran > 0);
  }

  private static void run(PtxModule module, PtxKernel kernel, Random random) {
    SimMachine machine = new SimMachine(GpuSpec.of("h100"));
    SimModule loaded = machine.load(module);
    ByteBuffer params =
        ByteBuffer.allocate((int) kernel.paramBytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (PtxParam param : kernel.params()) {
      params.position((int) param.offset());
      if (param.bytes() == 8) {
        long buffer = machine.allocate("buffer", 8192);
        machine.write(buffer, new byte[8192]);
        params.putLong(buffer);
      } else if (param.bytes() == 4) {
        params.putInt(NUMBERS[random.nextInt(NUMBERS.length)]);
      }
    }
    int[] grid = {1 + random.nextInt(3), 1, 1};
    int[] block = {
      random.nextBoolean() ? 32 * (1 + random.nextInt(8)) : 1 + random.nextInt(96), 1, 1
    };
    Launch launch =
        new Launch(
            kernel.name(),
            grid,
            block,
            random.nextInt(3) * 8192,
            random.nextInt(8) == 0,
            params.array());
    Launch.Options options =
        Launch.Options.DEFAULT
            .seed(random.nextInt(4))
            .checks(random.nextInt(4) != 0)
            .limits(STEPS, MOST);
    Report report = machine.launch(loaded, launch, options);
    assertTrue(report.nanos() < MOST.plus(GRACE).toNanos(), kernel.name());
  }

  private static List<String> images() throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("..", "ptx"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".ptx")).sorted().toList()) {
        if (Files.size(file) < 60_000) {
          texts.add(Files.readString(file));
        }
      }
    }
    return texts;
  }

  /** Some lines of the code changed so that most of it can still be read. */
  private static String damaged(String image, Random random) {
    List<String> lines = new ArrayList<>(List.of(image.split("\n", -1)));
    List<Integer> code = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.endsWith(";") && !line.startsWith(".loc") && !line.startsWith("//")) {
        code.add(i);
      }
    }
    int changes = 1 + random.nextInt(6);
    for (int k = 0; k < changes && !code.isEmpty(); k++) {
      int at = code.get(random.nextInt(code.size()));
      int other = code.get(random.nextInt(code.size()));
      String line = lines.get(at);
      switch (random.nextInt(7)) {
        case 0 -> lines.set(at, "");
        case 1 -> lines.set(at, line + " " + lines.get(other));
        case 2 -> lines.set(at, lines.set(other, line));
        case 3 -> lines.set(at, replaced(line, NUMBER, random, NUMBERS[random.nextInt(19)] + ""));
        case 4 -> lines.set(at, exchanged(line, lines.get(other), random));
        case 5 -> lines.set(at, line.replaceFirst("@%", "@!%"));
        default -> lines.set(at, replaced(line, Pattern.compile("\\b(32|64|16)\\b"), random, "8"));
      }
    }
    return String.join("\n", lines);
  }

  private static String replaced(String line, Pattern pattern, Random random, String by) {
    List<int[]> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(line);
    while (matcher.find()) {
      found.add(new int[] {matcher.start(), matcher.end()});
    }
    if (found.isEmpty()) {
      return line;
    }
    int[] at = found.get(random.nextInt(found.size()));
    return line.substring(0, at[0]) + by + line.substring(at[1]);
  }

  /** A register becomes one of another line. */
  private static String exchanged(String line, String other, Random random) {
    Matcher matcher = REGISTER.matcher(other);
    return matcher.find() ? replaced(line, REGISTER, random, matcher.group()) : line;
  }
}
