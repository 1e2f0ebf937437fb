package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;

/** What every op asks of the tensors of a call. */
final class TensorCheck {
  private TensorCheck() {}

  /** Address of a tensor on {@code device} that must have this type and shape. */
  static long address(Device device, String name, Tensor tensor, DType type, long d0) {
    return address(device, name, tensor, type, 1, d0, 0, 0);
  }

  static long address(Device device, String name, Tensor tensor, DType type, long d0, long d1) {
    return address(device, name, tensor, type, 2, d0, d1, 0);
  }

  static long address(
      Device device, String name, Tensor tensor, DType type, long d0, long d1, long d2) {
    return address(device, name, tensor, type, 3, d0, d1, d2);
  }

  private static long address(
      Device device, String name, Tensor tensor, DType type, int rank, long d0, long d1, long d2) {
    if (tensor == null
        || tensor.dtype() != type
        || tensor.rank() != rank
        || tensor.dim(0) != d0
        || rank > 1 && tensor.dim(1) != d1
        || rank > 2 && tensor.dim(2) != d2) {
      String shape = d0 + (rank > 1 ? ", " + d1 : "") + (rank > 2 ? ", " + d2 : "");
      throw new InvalidSpecException(name, tensor, type.label() + "[" + shape + "]");
    }
    if (tensor.device() != device) {
      throw new InvalidSpecException(
          name, "a tensor of another device", "a tensor of the plan's device");
    }
    if (tensor.isClosed()) {
      throw new InvalidSpecException(name, tensor + ", closed", "an open tensor");
    }
    return tensor.address();
  }

  /** Refuses an output whose memory another tensor of the call shares. */
  static void apart(String name, Tensor out, String other, Tensor in) {
    if (out == null || in == null) {
      return;
    }
    long from = out.address();
    if (from < in.address() + in.bytes() && in.address() < from + out.bytes()) {
      throw new InvalidSpecException(name, "memory that overlaps " + other, "memory of its own");
    }
  }

  /** Refuses a tensor that the spec does not ask for. */
  static void absent(String name, Tensor tensor, String why) {
    if (tensor != null) {
      throw new InvalidSpecException(name, tensor, "null, as " + why);
    }
  }

  static void stream(Device device, Stream stream) {
    if (stream == null || stream.device() != device) {
      throw new InvalidSpecException(
          "stream",
          stream == null ? null : "a stream of another device",
          "one of the plan's device");
    }
  }
}
