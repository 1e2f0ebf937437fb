package dev.tilewright.op;

import dev.tilewright.CpuLevel;
import dev.tilewright.CpuSpec;
import dev.tilewright.Cuda;
import dev.tilewright.Device;
import dev.tilewright.cpu.CpuDevice;
import java.util.ArrayList;
import java.util.List;

/**
 * What the suite runs on: the CPU at every vector level the machine has, and the first GPU. Opened
 * once, never closed.
 */
final class Targets {
  private static final List<Target> ALL = open();

  private Targets() {}

  /** One device and the name that test reports show. */
  record Target(String name, Device device) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Target> all() {
    return ALL;
  }

  /** Null when CUDA is used, else why it is not. */
  static String whyNoCuda() {
    return Cuda.isAvailable() ? null : Cuda.unavailabilityCause();
  }

  /** A CPU device of its own, which the caller closes. */
  static CpuDevice cpu(CpuLevel level, int threads) {
    CpuSpec s = CpuSpec.detect();
    return new CpuDevice(
        new CpuSpec(
            s.model(), s.cores(), s.logicalCpus(), s.l1Bytes(), s.l2Bytes(), s.l3Bytes(), level),
        threads);
  }

  /** The vector levels of this machine, lowest first. */
  static List<CpuLevel> levels() {
    List<CpuLevel> levels = new ArrayList<>(List.of(CpuLevel.values()));
    levels.removeIf(level -> level.compareTo(CpuSpec.detect().level()) > 0);
    return levels;
  }

  private static List<Target> open() {
    List<Target> targets = new ArrayList<>();
    for (CpuLevel level : levels()) {
      targets.add(new Target("cpu/" + level.label(), cpu(level, 2)));
    }
    if (whyNoCuda() == null) {
      targets.add(new Target("cuda:0", Device.open("cuda:0")));
    }
    return targets;
  }
}
