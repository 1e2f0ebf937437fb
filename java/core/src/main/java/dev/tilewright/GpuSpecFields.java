package dev.tilewright;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures of a {@link GpuSpec} while they are gathered from files and drivers. */
final class GpuSpecFields {
  private static final RecordComponent[] COMPONENTS = GpuSpec.class.getRecordComponents();

  private final Map<String, Object> values = new LinkedHashMap<>();

  static GpuSpecFields empty() {
    return new GpuSpecFields();
  }

  static GpuSpecFields of(GpuSpec spec) {
    GpuSpecFields fields = new GpuSpecFields();
    for (RecordComponent component : COMPONENTS) {
      try {
        fields.values.put(component.getName(), component.getAccessor().invoke(spec));
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(component + " of a public record", e);
      }
    }
    return fields;
  }

  static String keys() {
    List<String> names = new ArrayList<>();
    for (RecordComponent component : COMPONENTS) {
      names.add(component.getName());
    }
    return String.join(", ", names);
  }

  static boolean isKey(String key) {
    for (RecordComponent component : COMPONENTS) {
      if (component.getName().equals(key)) {
        return true;
      }
    }
    return false;
  }

  GpuSpecFields putAll(Map<String, ?> figures) {
    figures.forEach(this::put);
    return this;
  }

  /** Sets a figure; numbers may come as any {@link Number} that holds the value exactly. */
  GpuSpecFields put(String key, Object value) {
    for (RecordComponent component : COMPONENTS) {
      if (component.getName().equals(key)) {
        values.put(key, convert(key, component.getType(), value));
        shareSizesFollow(key);
        return this;
      }
    }
    throw new InvalidSpecException("key " + key, value, keys());
  }

  /** A changed size of the SM's shared memory changes the largest of its settings. */
  private void shareSizesFollow(String key) {
    if (key.equals("sharedPerSm") && values.get("sharedConfigsKb") instanceof List<?> configs) {
      long kib = ((Long) values.get("sharedPerSm")) >> 10;
      List<Integer> kept = new ArrayList<>();
      for (Object config : configs) {
        if (config instanceof Integer size && size < kib) {
          kept.add(size);
        }
      }
      kept.add((int) Math.min(kib, Integer.MAX_VALUE));
      values.put("sharedConfigsKb", List.copyOf(kept));
    }
  }

  private static Object convert(String key, Class<?> type, Object value) {
    if (type == String.class) {
      if (value instanceof String) {
        return value;
      }
      throw new InvalidSpecException(key, value, "a text");
    }
    if (type == List.class) {
      List<Integer> sizes = new ArrayList<>();
      if (!(value instanceof List<?> list)) {
        throw new InvalidSpecException(key, value, "a list of whole numbers");
      }
      for (Object item : list) {
        sizes.add((int) whole(key, item, Integer.MAX_VALUE));
      }
      return List.copyOf(sizes);
    }
    if (type == double.class) {
      if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
        return number.doubleValue();
      }
      throw new InvalidSpecException(key, value, "a number");
    }
    if (type == int.class) {
      return (int) whole(key, value, Integer.MAX_VALUE);
    }
    return whole(key, value, Long.MAX_VALUE);
  }

  private static long whole(String key, Object value, long most) {
    boolean exact =
        value instanceof Number number
            && number.doubleValue() == Math.rint(number.doubleValue())
            && number.doubleValue() >= 0
            && number.doubleValue() <= most;
    if (!exact) {
      throw new InvalidSpecException(key, value, "a whole number from 0 to " + most);
    }
    return ((Number) value).longValue();
  }

  GpuSpecFields putDriverAttributes(Map<String, Integer> attributes) {
    Map<String, Integer> known = new LinkedHashMap<>();
    attributes.forEach(
        (name, value) ->
            known.put(
                name.toUpperCase(Locale.ROOT).replaceFirst("^CU_DEVICE_ATTRIBUTE_", ""), value));
    copy(known, "MULTIPROCESSOR_COUNT", "sms");
    copy(known, "MAX_THREADS_PER_BLOCK", "maxThreadsPerBlock");
    copy(known, "MAX_BLOCKS_PER_MULTIPROCESSOR", "maxBlocksPerSm");
    copy(known, "MAX_REGISTERS_PER_MULTIPROCESSOR", "regsPerSm");
    copy(known, "MAX_SHARED_MEMORY_PER_MULTIPROCESSOR", "sharedPerSm");
    copy(known, "MAX_SHARED_MEMORY_PER_BLOCK_OPTIN", "sharedPerBlockOptin");
    copy(known, "RESERVED_SHARED_MEMORY_PER_BLOCK", "sharedReservedPerBlock");
    copy(known, "L2_CACHE_SIZE", "l2Bytes");
    Integer threads = known.get("MAX_THREADS_PER_MULTIPROCESSOR");
    if (threads != null) {
      put("maxWarpsPerSm", threads / GpuSpec.WARP);
    }
    Integer major = known.get("COMPUTE_CAPABILITY_MAJOR");
    Integer minor = known.get("COMPUTE_CAPABILITY_MINOR");
    if (major != null && minor != null) {
      put("computeCapability", 10 * major + minor);
    }
    Integer kiloHertz = known.get("CLOCK_RATE");
    if (kiloHertz != null && kiloHertz > 0) {
      put("clockMHz", kiloHertz / 1e3);
    }
    Integer memoryKiloHertz = known.get("MEMORY_CLOCK_RATE");
    Integer bits = known.get("GLOBAL_MEMORY_BUS_WIDTH");
    if (memoryKiloHertz != null && bits != null && memoryKiloHertz > 0 && bits > 0) {
      put("dramGBps", 2.0 * memoryKiloHertz * (bits / 8.0) / 1e6); // two transfers a clock
    }
    return this;
  }

  private void copy(Map<String, Integer> attributes, String attribute, String key) {
    Integer value = attributes.get(attribute);
    if (value != null && (value > 0 || key.equals("sharedReservedPerBlock"))) {
      put(key, value);
    }
  }

  /**
   * The machine.
   *
   * @throws InvalidSpecException when a figure is missing or out of its range
   */
  GpuSpec build() {
    Object[] arguments = new Object[COMPONENTS.length];
    Class<?>[] types = new Class<?>[COMPONENTS.length];
    for (int i = 0; i < COMPONENTS.length; i++) {
      arguments[i] = values.get(COMPONENTS[i].getName());
      types[i] = COMPONENTS[i].getType();
      if (arguments[i] == null) {
        throw new InvalidSpecException(
            COMPONENTS[i].getName(), "nothing", "the figure, or a \"base\" to take it from");
      }
    }
    try {
      return GpuSpec.class.getDeclaredConstructor(types).newInstance(arguments);
    } catch (java.lang.reflect.InvocationTargetException e) {
      if (e.getCause() instanceof InvalidSpecException cause) {
        throw cause;
      }
      throw new AssertionError("the constructor of GpuSpec throws only what it documents", e);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("GpuSpec is a public record", e);
    }
  }
}
