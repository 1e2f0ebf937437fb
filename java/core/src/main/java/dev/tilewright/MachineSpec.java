package dev.tilewright;

/**
 * The numbers of a machine that schedules depend on; it may describe a machine that is not here.
 */
public interface MachineSpec {
  /** Name of the processor as its maker writes it. */
  String model();

  /** One line for people: model and the numbers that matter. */
  String describe();
}
