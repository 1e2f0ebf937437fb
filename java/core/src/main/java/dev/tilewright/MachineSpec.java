package dev.tilewright;

/**
 * The numbers of a machine that schedules depend on; it may describe a machine that is not here.
 */
public interface MachineSpec {
  /** Short name that command lines and files use: {@code h100}; for a CPU made of its model. */
  String name();

  /** Name of the processor as its maker writes it. */
  String model();

  /**
   * What a stored schedule is valid for: a text of at most 400 printable characters that changes
   * with every number that a time depends on.
   */
  String fingerprint();

  /** One line for people: model and the numbers that matter. */
  String describe();
}
