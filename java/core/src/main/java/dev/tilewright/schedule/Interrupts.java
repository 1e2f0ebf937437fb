package dev.tilewright.schedule;

/**
 * Keeps an interrupt of the thread away from work that is short and must end: the solver and file
 * channels would give up half way. Closing restores it for the caller.
 */
final class Interrupts implements AutoCloseable {
  private boolean interrupted;

  private Interrupts() {}

  static Interrupts hold() {
    Interrupts held = new Interrupts();
    held.taken();
    return held;
  }

  /** Takes away an interrupt that came meanwhile; says whether there was one. */
  boolean taken() {
    boolean now = Thread.interrupted();
    interrupted |= now;
    return now;
  }

  @Override
  public void close() {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
