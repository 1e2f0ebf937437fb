package dev.tilewright.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.CpuLevel;
import dev.tilewright.CpuSpec;
import dev.tilewright.Cuda;
import dev.tilewright.DType;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is read from the machine: CPU numbers, levels, CUDA's absence, a native library that does
 * not load.
 */
class MachineTest {
  @TempDir Path root;

  private void file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }

  private void cache(int cpu, int index, String level, String type, String size)
      throws IOException {
    String folder = "sys/devices/system/cpu/cpu" + cpu + "/cache/index" + index + "/";
    file(folder + "level", level);
    file(folder + "type", type);
    file(folder + "size", size);
  }

  @Test
  void thisMachineHasSaneNumbers() {
    CpuSpec spec = CpuSpec.detect();
    assertTrue(spec.cores() >= 1 && spec.cores() <= Runtime.getRuntime().availableProcessors());
    assertTrue(spec.l1Bytes() >= 8 << 10 && spec.l1Bytes() <= 1 << 20, spec.describe());
    assertTrue(spec.l2Bytes() >= spec.l1Bytes(), spec.describe());
    assertTrue(spec.describe().contains(spec.level().label()));
  }

  @Test
  void hyperThreadsShareACore() throws IOException {
    file("proc/cpuinfo", "processor\t: 0\nmodel name\t: Test CPU @ 3 GHz: fast\n");
    file("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t2-3,6-7");
    for (int cpu : new int[] {2, 3, 6, 7}) {
      file("sys/devices/system/cpu/cpu" + cpu + "/topology/core_id", "" + cpu % 4);
      file("sys/devices/system/cpu/cpu" + cpu + "/topology/physical_package_id", "0");
    }
    cache(2, 0, "1", "Data", "48K");
    cache(2, 1, "1", "Instruction", "32K");
    cache(2, 2, "2", "Unified", "2048K");
    cache(2, 3, "3", "Unified", "105M");
    CpuSpec spec = CpuSpec.read(root, 4, CpuLevel.AVX512);
    assertEquals(
        new CpuSpec("Test CPU @ 3 GHz: fast", 2, 4, 48 << 10, 2 << 20, 105 << 20, CpuLevel.AVX512),
        spec);
    assertEquals(
        1, CpuSpec.read(root, 1, CpuLevel.AVX2).cores(), "a quota of one CPU leaves one core");
  }

  @Test
  void coresComeFromCpuinfoWithoutTopology() throws IOException {
    StringBuilder info = new StringBuilder();
    for (int cpu = 0; cpu < 8; cpu++) {
      info.append(
          "processor\t: "
              + cpu
              + "\nphysical id\t: "
              + cpu / 4
              + "\ncore id\t\t: "
              + cpu % 2
              + "\n\n");
    }
    file("proc/cpuinfo", info.toString());
    assertEquals(4, CpuSpec.read(root, 8, CpuLevel.AVX2).cores());
    file("proc/self/status", "Cpus_allowed_list:\t0-3");
    assertEquals(2, CpuSpec.read(root, 4, CpuLevel.AVX2).cores());
  }

  @Test
  void missingOrOddFilesGiveUsualValues() throws IOException {
    CpuSpec bare = CpuSpec.read(root, 3, CpuLevel.X86_64);
    assertEquals(
        new CpuSpec("unknown CPU", 3, 3, 32 << 10, 512 << 10, 8 << 20, CpuLevel.X86_64), bare);
    file("proc/cpuinfo", "model name\t:\nnonsense\n:\nprocessor : x\ncore id : 7");
    file("proc/self/status", "Cpus_allowed_list:\tmany");
    cache(0, 0, "1", "Data", "lots");
    cache(0, 1, "2", "Unified", "1M");
    CpuSpec odd = CpuSpec.read(root, 3, CpuLevel.X86_64);
    assertEquals(new CpuSpec("unknown CPU", 3, 3, 32 << 10, 1 << 20, 0, CpuLevel.X86_64), odd);
    assertTrue(odd.describe().contains("L3 none"), odd.describe());
  }

  @Test
  void levelsAreLoweredNeverRaised() {
    assertEquals(CpuLevel.AVX2, CpuLevel.limit(CpuLevel.AVX512, "AVX2"));
    assertEquals(CpuLevel.X86_64, CpuLevel.limit(CpuLevel.AVX512, "x86-64"));
    assertEquals(CpuLevel.AVX2, CpuLevel.limit(CpuLevel.AVX2, "avx512"));
    assertEquals(CpuLevel.AVX512, CpuLevel.limit(CpuLevel.AVX512, " "));
    assertEquals(CpuLevel.AVX512, CpuLevel.limit(CpuLevel.AVX512, null));
    InvalidSpecException e =
        assertThrows(InvalidSpecException.class, () -> CpuLevel.limit(CpuLevel.AVX2, "sse9"));
    assertTrue(e.getMessage().contains("x86-64, avx2 or avx512"), e.getMessage());
    assertTrue(CpuLevel.detect().compareTo(CpuLevel.machine()) <= 0);
  }

  @Test
  void dtypeLabels() {
    for (DType dtype : DType.values()) {
      assertEquals(dtype, DType.parse(dtype.label()));
      assertEquals(dtype, DType.parse(dtype.name()));
    }
    assertThrows(InvalidSpecException.class, () -> DType.parse("f8"));
    assertThrows(InvalidSpecException.class, () -> DType.parse(null));
  }

  @Test
  void cudaNamesWhatIsMissingAndTheFix() {
    assertFalse(Cuda.isAvailable());
    String here = Cuda.unavailabilityCause();
    assertTrue(here.contains("libcuda.so.1") || here.contains("no CUDA device yet"), here);
    assertTrue(here.contains("Fix: "), here);

    String nothing =
        Cuda.cause("libcuda.so.1: cannot open shared object file", -1, "libcudart.so.13: no");
    assertTrue(
        nothing.contains("libcuda.so.1 (NVIDIA driver)") && nothing.contains("580"), nothing);
    assertTrue(nothing.contains("libcudart.so.13"), nothing);
    String old = Cuda.cause(null, 12080, null);
    assertTrue(old.contains("CUDA 12.8") && old.contains("too old") && old.contains("580"), old);
    String fine = Cuda.cause(null, 13010, null);
    assertTrue(fine.contains("CUDA 13.1") && fine.contains("no CUDA device yet"), fine);
    assertTrue(Cuda.cause(null, 13000, "libcudart.so.13: no").contains("libcudart.so.13"));
  }

  @Test
  void aLibraryThatDoesNotLoadSaysWhatToDo() {
    assertTrue(explain("any", "Mac OS X", "aarch64").contains("linux-x86_64 only"));
    assertTrue(
        explain("libstdc++.so.6: cannot open shared object file", "Linux", "amd64")
            .contains("libstdc++6"));
    assertTrue(
        explain("version `GLIBC_2.38' not found", "Linux", "amd64").contains("newer system"));
    assertTrue(
        explain("failed to map segment from shared object", "Linux", "amd64").contains("cachedir"));
    String missing = explain("no jniNative in java.library.path", "Linux", "amd64");
    assertTrue(missing.contains("libjniNative.so") && missing.contains("class path"), missing);
  }

  private static String explain(String message, String os, String arch) {
    return NativeLibrary.explain(new UnsatisfiedLinkError(message), os, arch);
  }
}
