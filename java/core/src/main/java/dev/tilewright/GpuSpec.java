package dev.tilewright;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The numbers of an NVIDIA GPU. Shipped machines come from the resource {@code machines.json},
 * which names a source for each figure; {@link #read} takes a user's own.
 *
 * @param name short name: {@code h100}
 * @param model name of the product as its maker writes it
 * @param computeCapability ten times the compute capability: 80 is 8.0, 120 is 12.0
 * @param sms streaming multiprocessors (SMs) that are enabled
 * @param maxThreadsPerBlock threads that one block may have
 * @param maxWarpsPerSm warps that one SM holds at once
 * @param maxBlocksPerSm blocks that one SM holds at once
 * @param regsPerSm 32-bit registers of one SM
 * @param sharedPerSm bytes of shared memory that one SM can give to its blocks
 * @param sharedPerBlockOptin bytes of shared memory that one block may have after opting in;
 *     without opting in it is 48 KiB
 * @param sharedGranularity bytes that a block's shared memory is rounded up to
 * @param sharedReservedPerBlock bytes of shared memory that the driver takes in each block
 * @param sharedConfigsKb sizes in KiB that the SM's shared memory can be set to, ascending; the
 *     rest is first-level cache
 * @param f32Lanes f32 fused multiply-adds that one SM starts in a clock
 * @param f16FmaPerClock fused multiply-adds of dense f16 or bf16 matrices with f32 accumulation
 *     that one SM does in a clock, at the best instruction of the architecture
 * @param clockMHz clock in MHz at which the published matrix throughput holds, close to boost
 * @param dramGBps peak bandwidth of device memory in 10^9 bytes a second
 * @param l2Bytes size of the second-level cache
 * @param l2BytesPerClock bytes that the second-level cache delivers to all SMs together in a clock
 *     in practice, which is less than its ports could; where nobody published a measurement, {@link
 *     #sources} says how it was estimated
 */
public record GpuSpec(
    String name,
    String model,
    int computeCapability,
    int sms,
    int maxThreadsPerBlock,
    int maxWarpsPerSm,
    int maxBlocksPerSm,
    int regsPerSm,
    long sharedPerSm,
    long sharedPerBlockOptin,
    int sharedGranularity,
    int sharedReservedPerBlock,
    List<Integer> sharedConfigsKb,
    int f32Lanes,
    int f16FmaPerClock,
    double clockMHz,
    double dramGBps,
    long l2Bytes,
    double l2BytesPerClock)
    implements MachineSpec {

  /** Threads of a warp, on every NVIDIA GPU. */
  public static final int WARP = 32;

  /** 32-bit registers that one thread can have, on every architecture from 7.0 on. */
  public static final int MAX_REGS_PER_THREAD = 255;

  /** Bytes of shared memory that a block may have without opting in. */
  public static final long SHARED_PER_BLOCK = 48 << 10;

  /**
   * Checks the figures.
   *
   * @throws InvalidSpecException when one is out of its range
   */
  public GpuSpec {
    check("name", name, name != null && name.matches("[a-z0-9][a-z0-9._-]{0,63}"), NAME_RULE);
    check(
        "model",
        model,
        model != null && model.matches("[\\x20-\\x7e]{1,64}"),
        "1 to 64 ASCII characters");
    range("computeCapability", computeCapability, 50, 999);
    range("sms", sms, 1, 4096);
    range("maxThreadsPerBlock", maxThreadsPerBlock, WARP, 1 << 16);
    range("maxWarpsPerSm", maxWarpsPerSm, 1, 1024);
    range("maxBlocksPerSm", maxBlocksPerSm, 1, 1024);
    range("regsPerSm", regsPerSm, 1 << 10, 1 << 24);
    range("sharedPerSm", sharedPerSm, 1 << 10, 1 << 30);
    range("sharedPerBlockOptin", sharedPerBlockOptin, 1 << 10, sharedPerSm);
    range("sharedGranularity", sharedGranularity, 1, 1 << 16);
    range("sharedReservedPerBlock", sharedReservedPerBlock, 0, 1 << 16);
    range("f32Lanes", f32Lanes, 1, 1 << 16);
    range("f16FmaPerClock", f16FmaPerClock, 1, 1 << 20);
    range("clockMHz", clockMHz, 1, 1e5);
    range("dramGBps", dramGBps, 0.1, 1e6);
    range("l2Bytes", l2Bytes, 1 << 10, 1L << 40);
    range("l2BytesPerClock", l2BytesPerClock, 1, 1e6);
    boolean ascending = sharedConfigsKb != null && !sharedConfigsKb.isEmpty();
    for (int i = 0; ascending && i < sharedConfigsKb.size(); i++) {
      ascending = sharedConfigsKb.get(i) >= 0;
      ascending &= i == 0 || sharedConfigsKb.get(i) > sharedConfigsKb.get(i - 1);
    }
    check(
        "sharedConfigsKb",
        sharedConfigsKb,
        ascending && sharedConfigsKb.get(sharedConfigsKb.size() - 1) * 1024L == sharedPerSm,
        "ascending sizes in KiB that end with sharedPerSm = " + sharedPerSm + " bytes");
    sharedConfigsKb = List.copyOf(sharedConfigsKb);
  }

  private static final String NAME_RULE =
      "1 to 64 lower-case letters, digits, dots, dashes and underscores";

  /**
   * A machine that Tilewright ships.
   *
   * @param name one of {@link #names}, in any case
   * @throws InvalidSpecException when there is none of this name
   */
  public static GpuSpec of(String name) {
    return GpuSpecFile.shipped(name);
  }

  /** Names of the shipped machines, in the order of their age. */
  public static List<String> names() {
    return GpuSpecFile.shippedNames();
  }

  /**
   * Where the figures of a shipped machine come from: figure to document, section or URL.
   *
   * @throws InvalidSpecException when there is none of this name
   */
  public static Map<String, String> sources(String name) {
    return GpuSpecFile.shippedSources(name);
  }

  /**
   * Reads a file that describes one machine.
   *
   * @throws InvalidSpecException that names the file and the key, when the file cannot be read, is
   *     not JSON, has an unknown key, lacks one, or describes several machines
   * @see #readAll
   */
  public static GpuSpec read(Path json) {
    return GpuSpecFile.readOne(json);
  }

  /**
   * Reads a file of machines. It holds one machine as an object, or {@code {"machines": {NAME:
   * {…}}}}. A machine's keys are the components of this record; {@code "base": NAME} starts from a
   * shipped machine or from one of the same file; without it, the figures of the SM come from
   * {@code computeCapability}.
   *
   * @return name to machine, in file order
   * @throws InvalidSpecException that names the file and the key
   */
  public static Map<String, GpuSpec> readAll(Path json) {
    return GpuSpecFile.readAll(json);
  }

  /**
   * This machine with other figures.
   *
   * @param figures component name to value: a number, a text or a list of whole numbers
   * @throws InvalidSpecException when a name is unknown or a value is of the wrong kind
   */
  public GpuSpec with(Map<String, ?> figures) {
    return GpuSpecFields.of(this).putAll(figures).build();
  }

  /**
   * This machine with the figures that its driver reports.
   *
   * @param attributes names of {@code CUdevice_attribute} without the prefix {@code
   *     CU_DEVICE_ATTRIBUTE_}, such as {@code MULTIPROCESSOR_COUNT}, to their values; names that
   *     have no figure here are ignored
   */
  public GpuSpec withDriverAttributes(Map<String, Integer> attributes) {
    return GpuSpecFields.of(this).putDriverAttributes(attributes).build();
  }

  /** Peak of the dense f16 matrix units with f32 accumulation, in 10^12 operations a second. */
  public double f16Tflops() {
    return 2e-6 * sms * f16FmaPerClock * clockMHz;
  }

  /** Peak of f32 arithmetic at {@link #clockMHz}, in 10^12 operations a second. */
  public double f32Tflops() {
    return 2e-6 * sms * f32Lanes * clockMHz;
  }

  @Override
  public String fingerprint() {
    return String.format(
        Locale.ROOT,
        "gpu %s cc%d %dsm %.0fMHz %.0fGB/s l2=%d/%.0f"
            + " smem=%d/%d/%d/%d regs=%d threads=%d warps=%d/%d lanes=%d/%d",
        name,
        computeCapability,
        sms,
        clockMHz,
        dramGBps,
        l2Bytes,
        l2BytesPerClock,
        sharedPerSm,
        sharedPerBlockOptin,
        sharedGranularity,
        sharedReservedPerBlock,
        regsPerSm,
        maxThreadsPerBlock,
        maxWarpsPerSm,
        maxBlocksPerSm,
        f32Lanes,
        f16FmaPerClock);
  }

  @Override
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%s, compute capability %d.%d, %d SMs at %.0f MHz, %.0f GB/s, L2 %d MiB,"
            + " %d KiB shared memory an SM",
        model,
        computeCapability / 10,
        computeCapability % 10,
        sms,
        clockMHz,
        dramGBps,
        l2Bytes >> 20,
        sharedPerSm >> 10);
  }

  private static void range(String key, double value, double low, double high) {
    check(key, plain(value), value >= low && value <= high, plain(low) + " to " + plain(high));
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static void check(String key, Object got, boolean fine, String allowed) {
    if (!fine) {
      throw new InvalidSpecException(key, got, allowed);
    }
  }
}
