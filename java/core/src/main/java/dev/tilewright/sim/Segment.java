package dev.tilewright.sim;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A run of memory, little endian, with a note of each byte: written or not, a copy under way. */
final class Segment {
  /** The byte was written. */
  static final int WRITTEN = 1;

  /** An asynchronous copy to the byte was started and not waited for. */
  static final int PENDING = 2;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  final byte[] data;
  final byte[] state;

  /** Where it lies in the space that it belongs to. */
  final long base;

  /** What it is called in messages. */
  final String name;

  boolean freed;

  Segment(String name, long base, int bytes) {
    this.name = name;
    this.base = base;
    this.data = new byte[bytes];
    this.state = new byte[bytes];
  }

  int bytes() {
    return data.length;
  }

  /** Notes all bytes as never written. */
  void forget(int begin, int end) {
    Arrays.fill(state, begin, end, (byte) 0);
  }

  void write(int at, byte[] from) {
    System.arraycopy(from, 0, data, at, from.length);
    Arrays.fill(state, at, at + from.length, (byte) WRITTEN);
  }

  void fillWritten() {
    Arrays.fill(state, (byte) WRITTEN);
  }

  int getInt(int at) {
    return (int) INT.get(data, at);
  }

  /** The bytes at a place, zero-extended. */
  long load(int at, int bytes) {
    return switch (bytes) {
      case 1 -> data[at] & 0xFF;
      case 2 -> (short) SHORT.get(data, at) & 0xFFFF;
      case 4 -> (int) INT.get(data, at) & 0xFFFFFFFFL;
      default -> (long) LONG.get(data, at);
    };
  }

  /** Stores and notes the bytes as written, or as not when the value was not either. */
  void store(int at, int bytes, long value, boolean written) {
    int note = written ? 0x01010101 : 0;
    switch (bytes) {
      case 1 -> {
        data[at] = (byte) value;
        state[at] = (byte) note;
      }
      case 2 -> {
        SHORT.set(data, at, (short) value);
        SHORT.set(state, at, (short) note);
      }
      case 4 -> {
        INT.set(data, at, (int) value);
        INT.set(state, at, note);
      }
      default -> {
        LONG.set(data, at, value);
        LONG.set(state, at, note * 0x1_0000_0001L);
      }
    }
  }

  /** Whether all bytes are written and none waits for a copy. */
  boolean isPlain(int at, int bytes) {
    return switch (bytes) {
      case 1 -> state[at] == WRITTEN;
      case 2 -> (short) SHORT.get(state, at) == 0x0101;
      case 4 -> (int) INT.get(state, at) == 0x01010101;
      default -> (long) LONG.get(state, at) == 0x01010101_01010101L;
    };
  }

  /** Whether some of the bytes wait for an asynchronous copy. */
  boolean isPending(int at, int bytes) {
    for (int i = at; i < at + bytes; i++) {
      if ((state[i] & PENDING) != 0) {
        return true;
      }
    }
    return false;
  }
}
