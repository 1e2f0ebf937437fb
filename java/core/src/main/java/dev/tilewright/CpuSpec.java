package dev.tilewright;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The numbers of a CPU.
 *
 * @param model name of the processor
 * @param cores physical cores that this process may use: affinity and container quota count
 * @param logicalCpus logical CPUs that this process may use; more than cores with hyper-threading
 * @param l1Bytes first-level data cache of one core
 * @param l2Bytes second-level cache of one core
 * @param l3Bytes one third-level cache, which several cores share; 0 when there is none
 * @param level vector level to use
 */
public record CpuSpec(
    String model,
    int cores,
    int logicalCpus,
    long l1Bytes,
    long l2Bytes,
    long l3Bytes,
    CpuLevel level)
    implements MachineSpec {

  private static final long DEFAULT_L1 = 32L << 10;
  private static final long DEFAULT_L2 = 512L << 10;
  private static final long DEFAULT_L3 = 8L << 20;

  /**
   * Checks the numbers.
   *
   * @throws InvalidSpecException when one is out of its range or the level is null
   */
  public CpuSpec {
    if (cores < 1 || logicalCpus < cores) {
      throw new InvalidSpecException(
          "cores", cores + " of " + logicalCpus + " logical CPUs", "1 to the logical CPUs");
    }
    if (l1Bytes < 1 || l2Bytes < 1 || l3Bytes < 0) {
      throw new InvalidSpecException(
          "caches", l1Bytes + ", " + l2Bytes + ", " + l3Bytes, "L1 and L2 above 0, L3 at least 0");
    }
    if (level == null) {
      throw new InvalidSpecException("level", null, "x86-64, avx2 or avx512");
    }
  }

  /** The machine that this process runs on. */
  public static CpuSpec detect() {
    return read(Path.of("/"), Runtime.getRuntime().availableProcessors(), CpuLevel.detect());
  }

  /**
   * Reads {@code proc/cpuinfo}, {@code proc/self/status} and {@code sys/devices/system/cpu} under
   * {@code root}, which may be a saved copy of another machine's. What is missing gets a usual
   * value.
   *
   * @param available logical CPUs that the process may use, quota included
   */
  public static CpuSpec read(Path root, int available, CpuLevel level) {
    List<String> info = lines(root.resolve("proc/cpuinfo"));
    Path cpus = root.resolve("sys/devices/system/cpu");
    List<Integer> allowed = allowedCpus(root, available);
    int cores = Math.max(1, Math.min(available, physicalCores(cpus, info, allowed)));
    long[] caches = caches(cpus.resolve("cpu" + (allowed.get(0)) + "/cache"));
    return new CpuSpec(
        value(info, "model name", "unknown CPU"),
        cores,
        Math.max(available, cores),
        caches[1] > 0 ? caches[1] : DEFAULT_L1,
        caches[2] > 0 ? caches[2] : DEFAULT_L2,
        caches[1] > 0 || caches[2] > 0 || caches[3] > 0 ? caches[3] : DEFAULT_L3,
        level);
  }

  /** The model in lower case with dashes, for example {@code amd-epyc-7763-64-core-processor}. */
  @Override
  public String name() {
    String slug = model.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    slug = slug.replaceAll("^-|-$", "");
    return slug.isEmpty() ? "cpu" : slug.substring(0, Math.min(slug.length(), 64));
  }

  @Override
  public String fingerprint() {
    return "cpu %s c%d t%d l1=%d l2=%d l3=%d %s"
        .formatted(name(), cores, logicalCpus, l1Bytes, l2Bytes, l3Bytes, level.label());
  }

  /** The same machine with so many cores in use. */
  public CpuSpec withCores(int cores) {
    return cores == this.cores
        ? this
        : new CpuSpec(model, cores, Math.max(cores, logicalCpus), l1Bytes, l2Bytes, l3Bytes, level);
  }

  @Override
  public String describe() {
    return model
        + ", "
        + cores
        + (cores == 1 ? " core, L1 " : " cores, L1 ")
        + size(l1Bytes)
        + ", L2 "
        + size(l2Bytes)
        + ", L3 "
        + (l3Bytes == 0 ? "none" : size(l3Bytes))
        + ", "
        + level.label();
  }

  private static String size(long bytes) {
    return bytes >= 1 << 20 && bytes % (1 << 20) == 0
        ? (bytes >> 20) + " MiB"
        : (bytes >> 10) + " KiB";
  }

  /** CPUs of the affinity mask, or 0 .. available-1 when the file does not say. */
  private static List<Integer> allowedCpus(Path root, int available) {
    List<Integer> allowed = new ArrayList<>();
    String list = value(lines(root.resolve("proc/self/status")), "Cpus_allowed_list", "");
    try {
      for (String range : list.isEmpty() ? new String[0] : list.split(",")) {
        String[] ends = range.strip().split("-");
        int last = Integer.parseInt(ends[ends.length - 1]);
        for (int cpu = Integer.parseInt(ends[0]); cpu <= last; cpu++) {
          allowed.add(cpu);
        }
      }
    } catch (NumberFormatException e) {
      allowed.clear();
    }
    if (allowed.isEmpty()) {
      IntStream.range(0, available).forEach(allowed::add);
    }
    return allowed;
  }

  /** Distinct (package, core) pairs among the allowed CPUs; as many as those when nothing tells. */
  private static int physicalCores(Path cpus, List<String> info, List<Integer> allowed) {
    Set<String> cores = new HashSet<>();
    for (int cpu : allowed) {
      Path topology = cpus.resolve("cpu" + cpu + "/topology");
      String core = first(topology.resolve("core_id"));
      if (core == null) {
        cores.clear();
        break;
      }
      cores.add(first(topology.resolve("physical_package_id")) + ":" + core);
    }
    if (cores.isEmpty()) {
      cores = coresOfCpuinfo(info, new HashSet<>(allowed));
    }
    return cores.isEmpty() ? allowed.size() : cores.size();
  }

  private static Set<String> coresOfCpuinfo(List<String> info, Set<Integer> allowed) {
    Set<String> cores = new HashSet<>();
    boolean counts = false;
    String physical = "0";
    for (String line : info) {
      String text = line.substring(line.indexOf(':') + 1).strip();
      if (line.startsWith("processor")) {
        counts = text.matches("[0-9]+") && allowed.contains(Integer.parseInt(text));
        physical = "0";
      } else if (line.startsWith("physical id")) {
        physical = text;
      } else if (line.startsWith("core id") && counts) {
        cores.add(physical + ":" + text);
      }
    }
    return cores;
  }

  /** Bytes of the data or unified cache of each level 1 to 3; 0 where none is listed. */
  private static long[] caches(Path folder) {
    long[] bytes = new long[4];
    for (int index = 0; index < 8; index++) {
      Path cache = folder.resolve("index" + index);
      String level = first(cache.resolve("level"));
      String size = first(cache.resolve("size"));
      if (level == null || size == null || "Instruction".equals(first(cache.resolve("type")))) {
        continue;
      }
      if (level.matches("[1-3]") && size.matches("[0-9]{1,12}[KMG]?")) {
        int shift = size.endsWith("K") ? 10 : size.endsWith("M") ? 20 : size.endsWith("G") ? 30 : 0;
        bytes[Integer.parseInt(level)] = Long.parseLong(size.replaceAll("[KMG]", "")) << shift;
      }
    }
    return bytes;
  }

  private static String value(List<String> lines, String key, String otherwise) {
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
        String text = line.substring(colon + 1).strip();
        return text.isEmpty() ? otherwise : text;
      }
    }
    return otherwise;
  }

  private static String first(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? null : lines.get(0).strip();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
