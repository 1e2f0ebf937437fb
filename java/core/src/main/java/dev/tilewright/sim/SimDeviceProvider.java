package dev.tilewright.sim;

import dev.tilewright.Device;
import dev.tilewright.DeviceProvider;
import dev.tilewright.GpuSpec;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.UnsupportedDeviceException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Opens the devices {@code sim:GPU}; made by the service loader. */
public final class SimDeviceProvider implements DeviceProvider {
  private static final String PREFIX = "sim:";
  private static final String PROPERTIES = "tilewright.sim.";
  private static final List<String> OPTIONS = List.of("checks", "seed", "limit", "counters");
  private static final double MOST_SECONDS = 1e9;

  /** Made by the service loader. */
  public SimDeviceProvider() {}

  @Override
  public boolean handles(String name) {
    return name.startsWith(PREFIX) && name.length() > PREFIX.length();
  }

  @Override
  public Device open(String name) {
    String[] words = name.substring(PREFIX.length()).split(",", -1);
    if (!GpuSpec.names().contains(words[0])) {
      throw new UnsupportedDeviceException(
          "device "
              + name
              + ": no GPU is called '"
              + words[0]
              + "'; there: sim:"
              + String.join(", sim:", GpuSpec.names()));
    }
    Map<String, String> set = new HashMap<>();
    for (String option : OPTIONS) {
      String value = System.getProperty(PROPERTIES + option, "");
      if (!value.isBlank()) {
        set.put(option, value.strip());
      }
    }
    for (int i = 1; i < words.length; i++) {
      String[] parts = words[i].strip().split("=", 2);
      if (parts.length != 2 || !OPTIONS.contains(parts[0].strip())) {
        throw new UnsupportedDeviceException(
            "device "
                + name
                + ": no option '"
                + words[i]
                + "'; there: checks=on|off, seed=NUMBER, limit=SECONDS, counters=on|off");
      }
      set.put(parts[0].strip(), parts[1].strip());
    }
    return new SimDevice(name, GpuSpec.of(words[0]), options(set));
  }

  private static Launch.Options options(Map<String, String> set) {
    Launch.Options all =
        Launch.Options.DEFAULT
            .checks(isOn("checks", set.getOrDefault("checks", "on")))
            .counters(isOn("counters", set.getOrDefault("counters", "off")));
    if (set.containsKey("seed")) {
      try {
        all = all.seed(Long.parseLong(set.get("seed")));
      } catch (NumberFormatException e) {
        throw new InvalidSpecException(PROPERTIES + "seed", set.get("seed"), "a whole number");
      }
    }
    return all.limits(Long.MAX_VALUE, limit(set.get("limit")));
  }

  private static boolean isOn(String option, String value) {
    if (!value.equals("on") && !value.equals("off")) {
      throw new InvalidSpecException(PROPERTIES + option, value, "on or off");
    }
    return value.equals("on");
  }

  private static Duration limit(String seconds) {
    try {
      double value = seconds == null ? 60 : Double.parseDouble(seconds);
      if (value > 0 && value <= MOST_SECONDS) {
        return Duration.ofNanos((long) (value * 1e9));
      }
    } catch (NumberFormatException e) {
      // Falls through to the same message.
    }
    throw new InvalidSpecException(PROPERTIES + "limit", seconds, "seconds, above 0");
  }
}
