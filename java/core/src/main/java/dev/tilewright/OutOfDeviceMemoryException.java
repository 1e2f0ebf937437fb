package dev.tilewright;

/** A device has too little free memory for an allocation. */
public final class OutOfDeviceMemoryException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  private final long asked;
  private final long free;

  /**
   * Says the sizes and what helps.
   *
   * @param device name of the device
   * @param asked bytes asked for
   * @param free bytes free when it failed, or -1 when unknown
   */
  public OutOfDeviceMemoryException(String device, long asked, long free) {
    super(
        device
            + ": asked for "
            + asked
            + " bytes, free "
            + (free < 0 ? "unknown" : free + " bytes")
            + "; close tensors and plans that are no longer used, or split the batch");
    this.asked = asked;
    this.free = free;
  }

  /** Bytes asked for. */
  public long asked() {
    return asked;
  }

  /** Bytes free when the allocation failed, or -1 when unknown. */
  public long free() {
    return free;
  }
}
