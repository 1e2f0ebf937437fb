package dev.tilewright;

import java.lang.System.Logger.Level;
import java.util.Locale;

/**
 * Something that owns memory and runs kernels. Safe to share between threads.
 *
 * <p>Tensors of the CPU stay usable after their device is closed; plans and streams do not.
 */
public interface Device extends AutoCloseable {
  /**
   * Opens a device.
   *
   * @param name {@code cpu}; {@code cuda} or {@code cuda:N} for an NVIDIA GPU; {@code sim:GPU} for
   *     a simulated one of {@link GpuSpec#names}, with options as {@link
   *     dev.tilewright.sim.SimDevice} has them; in any case
   * @throws UnsupportedDeviceException when there is no such device, saying what is missing and
   *     what to do
   * @throws KernelLoadException when the native library cannot be loaded
   */
  static Device open(String name) {
    String wanted = name == null ? "" : name.strip().toLowerCase(Locale.ROOT);
    DeviceProvider provider = DeviceProviders.of(wanted);
    if (provider != null) {
      return provider.open(wanted);
    }
    if (wanted.equals("cpu")) {
      throw new UnsupportedDeviceException(DeviceProviders.lost(wanted));
    }
    if (wanted.matches("cuda(:[0-9]+)?")) {
      throw new UnsupportedDeviceException(
          "device " + wanted + " cannot be used: " + Cuda.unavailabilityCause());
    }
    if (wanted.startsWith("sim:") && wanted.length() > 4) {
      throw new UnsupportedDeviceException(DeviceProviders.lost(wanted));
    }
    throw new UnsupportedDeviceException(
        "no device is called '"
            + name
            + "'; valid names are cpu, cuda, cuda:N (such as cuda:0) and sim:GPU (such as"
            + " sim:h100)");
  }

  /**
   * Opens the fastest device that works here: CUDA if it can be used, else the CPU. Logs one line:
   * which, and why.
   */
  static Device best() {
    String cause = Cuda.unavailabilityCause();
    Device device = open("cpu");
    System.getLogger("dev.tilewright")
        .log(
            Level.INFO,
            "using cpu (" + device.spec().describe() + "); CUDA is not available: " + cause);
    return device;
  }

  /** The name that opens this device. */
  String name();

  /** The numbers of the machine. */
  MachineSpec spec();

  /** The default stream; it lives as long as the device. */
  Stream stream();

  /** A new stream, closed by its user. */
  Stream newStream();

  /**
   * An uninitialised tensor that starts on a 64-byte boundary.
   *
   * @throws InvalidSpecException when a dimension is below 1 or the size overflows
   * @throws OutOfDeviceMemoryException when there is not that much memory
   */
  Tensor empty(DType dtype, long... shape);

  /**
   * A tensor of these values in memory order, rounded to {@code dtype}.
   *
   * @throws InvalidSpecException unless there are as many values as the shape has elements
   */
  default Tensor of(float[] values, DType dtype, long... shape) {
    if (values == null) {
      throw new InvalidSpecException("values", null, "an array of the shape's elements");
    }
    Tensor tensor = empty(dtype, shape);
    try {
      tensor.copyFrom(values);
      return tensor;
    } catch (RuntimeException | Error e) {
      tensor.close();
      throw e;
    }
  }

  /**
   * A tensor over memory that stays the caller's: it must live as long as the tensor is used, and
   * is never freed here.
   *
   * @param address in this device's memory, a multiple of the element size
   * @throws InvalidSpecException when the address is not above 0 or not aligned, or the tensor
   *     would reach beyond 2^63 - 1
   */
  Tensor wrap(long address, DType dtype, long... shape);

  /** Lets the device go; closing again does nothing. */
  @Override
  void close();
}
