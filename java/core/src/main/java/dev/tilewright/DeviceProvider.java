package dev.tilewright;

/**
 * A kind of device, found as a service by {@link Device#open}: a public class with a public
 * constructor without arguments, named in {@code META-INF/services/dev.tilewright.DeviceProvider}.
 *
 * <p>It exists so that the package of {@link Device} depends on no implementation. Providers are
 * made once per process, and cheaply: they load no library before {@link #open}.
 */
public interface DeviceProvider {
  /**
   * Whether {@link #open} understands this name; not whether the device is there.
   *
   * @param name in lower case, without spaces around it
   */
  boolean handles(String name);

  /**
   * Opens a device.
   *
   * @param name one that this provider handles
   * @throws UnsupportedDeviceException when there is no such device, saying what is missing and
   *     what to do
   * @throws KernelLoadException when the native library cannot be loaded
   */
  Device open(String name);
}
