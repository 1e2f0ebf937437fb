package dev.tilewright;

/** A CUDA driver call failed. */
public final class CudaException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final String call;

  /**
   * Says the call, where it ran and the code.
   *
   * @param code name of the error code, such as {@code CUDA_ERROR_ILLEGAL_ADDRESS}
   * @param call the driver function that returned it
   * @param device name of the device
   * @param stream name of the stream, or null when the call has none
   */
  public CudaException(String code, String call, String device, String stream) {
    super(call + " on " + device + (stream == null ? "" : ", stream " + stream) + ": " + code);
    this.code = code;
    this.call = call;
  }

  /** Name of the error code. */
  public String code() {
    return code;
  }

  /** The driver function that failed. */
  public String call() {
    return call;
  }
}
