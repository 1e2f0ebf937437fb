package dev.tilewright;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The arguments of a kernel, packed as a launch takes them. Filled once and changed in place, so
 * that a launch allocates nothing. Used by one thread at a time.
 */
public final class GpuArguments {
  private final String kernel;
  private final List<GpuKernel.Parameter> parameters;
  private final boolean[] set;
  private final ByteBuffer block;
  private final ByteBuffer view;

  /** None set yet, for a kernel. */
  public GpuArguments(GpuKernel kernel) {
    this.kernel = kernel.name();
    this.parameters = kernel.parameters();
    this.set = new boolean[parameters.size()];
    this.block = ByteBuffer.allocateDirect(kernel.argumentBytes()).order(ByteOrder.LITTLE_ENDIAN);
    this.view = block.asReadOnlyBuffer();
  }

  /**
   * All arguments of a kernel in order.
   *
   * @param values a {@link Tensor} for a pointer, or Long, Integer, Short, Byte, Float, Double, or
   *     byte[] for a struct by value
   * @throws InvalidSpecException when there are too few or too many, or one has the wrong size
   */
  public static GpuArguments of(GpuKernel kernel, Object... values) {
    GpuArguments arguments = new GpuArguments(kernel);
    if (values.length != arguments.parameters.size()) {
      throw new InvalidSpecException(
          "arguments of " + kernel.name(),
          values.length,
          arguments.parameters.size() + ": " + arguments.parameters);
    }
    for (int i = 0; i < values.length; i++) {
      arguments.set(i, values[i]);
    }
    return arguments;
  }

  private GpuArguments set(int index, Object value) {
    if (value instanceof Tensor tensor) {
      return set(index, tensor);
    } else if (value instanceof Long number) {
      return set(index, number.longValue());
    } else if (value instanceof Integer number) {
      return set(index, number.intValue());
    } else if (value instanceof Short number) {
      return set(index, number.shortValue());
    } else if (value instanceof Byte number) {
      return set(index, new byte[] {number});
    } else if (value instanceof Float number) {
      return set(index, number.floatValue());
    } else if (value instanceof Double number) {
      return set(index, number.doubleValue());
    } else if (value instanceof byte[] bytes) {
      return set(index, bytes);
    }
    throw new InvalidSpecException(
        "argument " + index + " of " + kernel,
        value == null ? null : value.getClass().getSimpleName(),
        "Tensor, Long, Integer, Short, Byte, Float, Double or byte[]");
  }

  private int place(int index, int bytes) {
    if (index < 0 || index >= parameters.size()) {
      throw new InvalidSpecException(
          "argument of " + kernel, index, "0 to " + (parameters.size() - 1));
    }
    GpuKernel.Parameter parameter = parameters.get(index);
    if (parameter.bytes() != bytes) {
      throw new InvalidSpecException(
          "argument " + index + " of " + kernel,
          bytes + " bytes",
          parameter.bytes() + " bytes for " + parameter.name());
    }
    set[index] = true;
    return parameter.offset();
  }

  /** A pointer to a tensor's memory. Keep the tensor open until the launch has run. */
  public GpuArguments set(int index, Tensor tensor) {
    return set(index, tensor.address());
  }

  /** A pointer, or an integer of 64 bits. */
  public GpuArguments set(int index, long value) {
    block.putLong(place(index, Long.BYTES), value);
    return this;
  }

  /** An integer of 32 bits. */
  public GpuArguments set(int index, int value) {
    block.putInt(place(index, Integer.BYTES), value);
    return this;
  }

  /** An integer of 16 bits, or a half. */
  public GpuArguments set(int index, short value) {
    block.putShort(place(index, Short.BYTES), value);
    return this;
  }

  /** A float. */
  public GpuArguments set(int index, float value) {
    block.putFloat(place(index, Float.BYTES), value);
    return this;
  }

  /** A double. */
  public GpuArguments set(int index, double value) {
    block.putDouble(place(index, Double.BYTES), value);
    return this;
  }

  /** The bytes of a struct by value. */
  public GpuArguments set(int index, byte[] value) {
    block.put(place(index, value.length), value);
    return this;
  }

  /**
   * The packed block, read-only.
   *
   * @throws InvalidSpecException when an argument was never set
   */
  public ByteBuffer block() {
    for (int i = 0; i < set.length; i++) {
      if (!set[i]) {
        throw new InvalidSpecException(
            "arguments of " + kernel,
            "no " + parameters.get(i).name() + " (argument " + i + ")",
            "all of " + Arrays.toString(parameters.toArray()));
      }
    }
    return view;
  }
}
