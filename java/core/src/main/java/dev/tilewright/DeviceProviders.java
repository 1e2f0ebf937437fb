package dev.tilewright;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The providers of devices, looked up once. */
final class DeviceProviders {
  private static final String SERVICE = "META-INF/services/" + DeviceProvider.class.getName();

  private static final List<DeviceProvider> ALL = load();

  private DeviceProviders() {}

  /** Why a device that this jar itself provides has no provider. */
  static String lost(String device) {
    return "device "
        + device
        + ": its provider is not registered; the file "
        + SERVICE
        + " got lost when jars were merged. Keep it (Maven Shade: ServicesResourceTransformer), or"
        + " use tilewright's own jar";
  }

  /** The one that handles this name, or null. */
  static DeviceProvider of(String name) {
    for (DeviceProvider provider : ALL) {
      if (provider.handles(name)) {
        return provider;
      }
    }
    return null;
  }

  /**
   * Those that our own class loader sees: a thread's context loader may know another Tilewright, or
   * none. A faulty provider costs its own devices only.
   */
  private static List<DeviceProvider> load() {
    List<DeviceProvider> providers = new ArrayList<>();
    Iterator<DeviceProvider> found =
        ServiceLoader.load(DeviceProvider.class, DeviceProvider.class.getClassLoader()).iterator();
    while (true) {
      try {
        if (!found.hasNext()) {
          return List.copyOf(providers);
        }
        providers.add(found.next());
      } catch (ServiceConfigurationError e) {
        System.getLogger("dev.tilewright")
            .log(Level.WARNING, "a device provider is left out: " + e.getMessage(), e);
      }
    }
  }
}
