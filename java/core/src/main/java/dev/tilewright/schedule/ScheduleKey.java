package dev.tilewright.schedule;

import dev.tilewright.InvalidSpecException;
import dev.tilewright.MachineSpec;

/**
 * What a stored schedule is valid for. When one part differs, the schedule does not count.
 *
 * @param kernel name of the kernel
 * @param problem the problem, as {@link Kernel#problem} writes it
 * @param machine {@link MachineSpec#fingerprint}
 * @param kernelHash {@link Kernel#version}
 * @param rulesHash {@link TileSpace#hash}
 */
public record ScheduleKey(
    String kernel, String problem, String machine, String kernelHash, String rulesHash) {

  /**
   * Checks the parts, since they may come from a file.
   *
   * @throws InvalidSpecException when one is empty, too long or holds control characters
   */
  public ScheduleKey {
    check("kernel", kernel, 64);
    check("problem", problem, 400);
    check("machine", machine, 400);
    check("kernelHash", kernelHash, 128);
    check("rulesHash", rulesHash, 128);
    if (!kernel.matches("[A-Za-z0-9._-]+")) {
      throw new InvalidSpecException(
          "kernel", kernel, "letters, digits, dots, dashes, underscores");
    }
  }

  /** The key of a problem of a kernel on a machine. */
  public static <S> ScheduleKey of(Kernel<S> kernel, S spec, MachineSpec machine) {
    return new ScheduleKey(
        kernel.name(),
        kernel.problem(spec),
        machine.fingerprint(),
        kernel.version(),
        kernel.space().hash());
  }

  /** Whether the other is of the same problem on the same machine, whatever the versions. */
  boolean sameProblem(ScheduleKey other) {
    return kernel.equals(other.kernel)
        && problem.equals(other.problem)
        && machine.equals(other.machine);
  }

  private static void check(String name, String text, int most) {
    boolean fine = text != null && !text.isEmpty() && text.length() <= most;
    for (int i = 0; fine && i < text.length(); i++) {
      fine = text.charAt(i) >= ' ' && text.charAt(i) != 0x7f;
    }
    if (!fine) {
      String shown = text == null || text.length() < 80 ? text : text.substring(0, 80) + "…";
      throw new InvalidSpecException(name, shown, "1 to " + most + " printable characters");
    }
  }
}
