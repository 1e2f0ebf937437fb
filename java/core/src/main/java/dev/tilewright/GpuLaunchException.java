package dev.tilewright;

/** A device refuses a launch that asks for more than it or the kernel allows. */
public final class GpuLaunchException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  private final String kernel;

  /**
   * Says what was asked for and what is allowed.
   *
   * @param kernel the kernel's name
   * @param device the device's name
   * @param reason what does not fit
   */
  public GpuLaunchException(String kernel, String device, String reason) {
    super("launch of " + kernel + " on " + device + " is refused: " + reason);
    this.kernel = kernel;
  }

  /** The kernel that was to run. */
  public String kernel() {
    return kernel;
  }
}
